"""The browser and the other Debian packages that the tests use: installed when root and missing."""

import os
import shutil
import subprocess

from _run.place import Place
from _run.say import Stop, line, say
from _run.steps import clean_env, reason, run_logged

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONT = "fonts-noto-cjk"


def prepare_browser(place: Place) -> str:
    """Return the path of a Chromium, after installing it where that can be done; empty where there is none.

    Raises:
        Stop: there is none although REQUIRE_BROWSER=1.
    """
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(place, missing)
    found = _browser()
    if found:
        return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise Stop(
            "没有浏览器，而这次必须做浏览器测试：运行 apt install chromium fonts-noto-cjk，再试一次",
            "this run requires a browser: run apt install chromium fonts-noto-cjk and try again",
        )
    line("!" * 100)
    say(
        "没有 chromium：浏览器测试这次不做。用 root 运行 bin/test，或者 apt install chromium fonts-noto-cjk",
        "no chromium: browser tests are SKIPPED; run as root or apt install chromium fonts-noto-cjk",
    )
    line("!" * 100)
    return ""


def _browser() -> str:
    return next((path for name in _NAMES if (path := shutil.which(name))), "")


def _missing() -> list[str]:
    missing = [] if _browser() else ["chromium"]
    if not _chinese_font():
        missing.append(_FONT)
    if not shutil.which("msgfmt"):
        missing.append("gettext")
    return missing


def _chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    answer = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(answer.stdout.strip())


def _install(place: Place, packages: list[str]) -> None:
    say(f"安装 {'、'.join(packages)}", "installing them with apt")
    env = clean_env(DEBIAN_FRONTEND="noninteractive")
    log = place.log("apt")
    run_logged(["apt-get", "update"], log=place.log("apt-update"), cwd=place.root, env=env)
    command = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=120",
        *packages,
    ]
    if run_logged(command, log=log, cwd=place.root, env=env) != 0:
        say(f"没装上：{reason(log, 'E:')}；全文在 {place.shown(log)}", f"apt failed, see {place.shown(log)}")
