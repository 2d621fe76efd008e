"""`.venv`: made by `python -m venv`, filled from a lock, again only when the lock changed."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

from _run.place import Place, Stamps, fingerprint
from _run.say import Stop, say
from _run.steps import Clock, clean_env, reason, run_logged

_STEP = 20


def prepare_python(place: Place, *, lock: str) -> None:
    """Make the checkout's Python environment hold what a lock names.

    Args:
        place: where.
        lock: name of the lock in requirements/, without its ending: "demo" or "test".

    Raises:
        Stop: no venv module, or pip could not install (no network, no room).
    """
    requirements = place.root / "requirements" / f"{lock}.txt"
    mark = fingerprint([requirements], sys.version, str(place.venv))
    stamps = Stamps(place.venv / "linli-stamps.json")
    if stamps.fresh(lock, mark) and _works(place.python):
        return
    clock = Clock()
    if not _works(place.python):
        _make(place)
    _install(place, requirements)
    stamps.set(lock, mark)
    say(f"Python 包装好了，用了 {clock}", f"Python packages installed in {clock}")


def site_packages(place: Place) -> Path:
    """Return the folder in which the environment keeps its packages."""
    return place.venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _works(python: Path) -> bool:
    """Say whether the environment's Python starts and is of the version that we run on."""
    test = "import sys; sys.exit(list(sys.version_info[:2]) != list(map(int, sys.argv[1:])))"
    version = [str(sys.version_info.major), str(sys.version_info.minor)]
    try:
        return subprocess.run([python, "-c", test, *version], env=clean_env(), check=False).returncode == 0
    except OSError:
        return False


def _make(place: Place) -> None:
    say("建立 Python 环境 .venv", "making the Python environment .venv")
    try:
        importlib.import_module("venv")
        importlib.import_module("ensurepip")
    except ImportError:
        raise _no_venv() from None
    if place.venv.exists():
        shutil.rmtree(place.venv)
    log = place.log("venv")
    if run_logged([sys.executable, "-m", "venv", place.venv], log=log, cwd=place.root) != 0:
        if "ensurepip" in log.read_text(encoding="utf-8"):
            raise _no_venv()
        raise Stop(
            f"没能建立 .venv：{reason(log)}；全文在 {place.shown(log)}",
            f"the environment .venv could not be made, see {place.shown(log)}",
        )


def _no_venv() -> Stop:
    return Stop(
        "这台机器的 Python 缺少 venv 模块：先运行 apt install python3-venv，再运行一次",
        "this Python has no venv module: run apt install python3-venv or your system's like, then try again",
    )


def _install(place: Place, requirements: Path) -> None:
    names = [text for text in requirements.read_text(encoding="utf-8").splitlines() if "==" in text[:80]]
    say(
        f"安装 Python 包，最多 {len(names)} 个，第一次要几分钟",
        "installing Python packages, minutes on the first start",
    )
    seen = 0

    def heard(text: str) -> None:
        nonlocal seen
        if text.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            if seen % _STEP == 0:
                say(f"  已找到 {seen} 个", f"{seen} found")
        elif text.startswith("Installing collected"):
            say("  正在写入", "writing them")

    log = place.log("pip")
    command = [str(place.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    code = run_logged([*command, "--require-hashes", "-r", str(requirements)], log=log, cwd=place.root, heard=heard)
    if code != 0:
        raise Stop(
            f"没能安装 Python 包，请检查网络或 pip 的镜像设置后再运行一次；pip 说：{reason(log, 'ERROR:')}；"
            f"全文在 {place.shown(log)}",
            f"pip could not install the packages: check the network or pip's mirror setting and try again, "
            f"its words are in {place.shown(log)}",
        )
