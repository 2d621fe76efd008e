"""Django's part of a run: migrations, static files, the demo city, and the processes that serve."""

import os
import subprocess
from collections.abc import Mapping
from signal import SIGQUIT

from _run.place import Place, Stamps, fingerprint
from _run.say import Stop, line, say
from _run.steps import Clock, clean_env, python_reason, run_logged
from _run.supervisor import Service

_NOT_SOURCE = {"tests", "docs", "bench", "deploy", "requirements", "locale", "var", "node_modules"}


def prepare_static(place: Place, stamps: Stamps, env: Mapping[str, str], *, collect: bool) -> None:
    """Join the CSS, make the sprite and, for the demo, collect the static files, if anything changed.

    Raises:
        Stop: a command failed.
    """
    sources = [folder for folder in place.root.iterdir() if folder.is_dir() and folder.name not in _NOT_SOURCE]
    sources = [folder for folder in sources if not folder.name.startswith((".", "__"))]
    locks = [place.root / "package-lock.json", place.root / "requirements" / "demo.txt"]
    mark = fingerprint([*sources, *locks], str(collect))
    made = (place.var / ("collected" if collect else "static")).is_dir()
    if made and stamps.fresh("static", mark):
        return
    say("准备样式、图标", "preparing styles and icons")
    manage(place, env, "build_static")
    if collect:
        manage(place, env, "collectstatic", "--noinput", "--verbosity", "0")
    stamps.set("static", mark)


def prepare_database(place: Place, stamps: Stamps, env: Mapping[str, str], *, own: bool) -> None:
    """Migrate, and load the demo city once.

    Args:
        place: where.
        stamps: what was done before.
        env: environment of the portal.
        own: whether the database is our embedded one, so that the stamps tell the truth about it.

    Raises:
        Stop: a command failed.
    """
    mark = fingerprint([*place.root.glob("*/migrations"), place.root / "requirements" / "demo.txt"])
    if not own or not stamps.fresh("migrate", mark):
        say("更新数据库结构", "migrating the database")
        manage(place, env, "migrate", "--noinput", "--verbosity", "0")
        if own:
            stamps.set("migrate", mark)
    if own and stamps.fresh("load", "once"):
        return
    clock = Clock()
    say("载入演示城市，只需一次", "loading the demo city, once")
    manage(place, env, "load_demo", loud=True)
    if own:
        stamps.set("load", "once")
    say(f"演示城市载入好了，用了 {clock}", f"demo city loaded in {clock}")


def manage(place: Place, env: Mapping[str, str], *words: str, loud: bool = False) -> None:
    """Run a command of manage.py.

    Args:
        place: where.
        env: environment of the portal.
        words: the command and its arguments.
        loud: print its lines as they come.

    Raises:
        Stop: it failed; its reason is in the sentence, all of it in the log.
    """
    log = place.log(words[0])
    heard = (lambda text: line(f"  {text}")) if loud else None
    command = [str(place.python), "manage.py", *words]
    if run_logged(command, log=log, cwd=place.root, env=clean_env(**env), heard=heard) != 0:
        raise Stop(
            f"manage.py {words[0]} 失败：{python_reason(log)}；全文在 {place.shown(log)}，改好后再运行一次",
            f"manage.py {words[0]} failed, see {place.shown(log)}, mend it and try again",
        )


def demo_people(place: Place, env: Mapping[str, str]) -> list[str]:
    """Return the lines of `manage.py demo_people`: who can sign in; empty where it cannot tell."""
    answer = subprocess.run(
        [place.python, "manage.py", "demo_people"],
        cwd=place.root, env=clean_env(**env), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        place.log("demo_people").write_text(answer.stderr, encoding="utf-8")
        return []
    return answer.stdout.rstrip().splitlines()


def services(place: Place, env: Mapping[str, str], listener: int) -> list[Service]:
    """Return the portal's processes in the order of their start, the web first: the others may follow its first page.

    Args:
        place: where.
        env: environment of the portal.
        listener: number of the open, listening socket. The supervisor keeps it, so that a visitor who comes
            while the web process is being started again waits instead of being refused.
    """
    python = str(place.python)
    memory = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
    web = [
        python, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{listener}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5",
        "--no-control-socket", *memory,
    ]  # fmt: skip
    celery = [python, "-m", "celery", "-A", "config"]
    worker = [*celery, "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel=INFO", "--pidfile="]
    sweep = [python, "manage.py", "sweep_outbox"]
    everyone = clean_env(**env)
    unpooled = everyone | {"DB_POOL": "0"}
    return [
        Service("web", web, place.root, everyone, fds=(listener,)),
        Service("worker", worker, place.root, unpooled, orphan=SIGQUIT),
        Service("beat", beat, place.root, unpooled),
        Service("sweep", sweep, place.root, unpooled),
    ]
