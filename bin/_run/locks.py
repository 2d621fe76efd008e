"""bin/lock: write the locks anew from requirements/*.in and package.json, naming no registry."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from _run.node import npm_command
from _run.place import ROOT, Place
from _run.python_env import prepare_python
from _run.say import Stop, say
from _run.steps import clean_env, reason, run_logged

_LOCKS = ("base", "demo", "test")
_HOSTLESS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
    "--no-emit-find-links", "--no-header", "--no-annotate",
)  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Write requirements/*.txt and package-lock.json; pins stay unless --upgrade asks for newer ones."""
    parser = argparse.ArgumentParser(prog="bin/lock", description="重写依赖锁 (write the locks of packages anew)")
    parser.add_argument("--upgrade", action="store_true", help="取最新的版本 (take the newest versions)")
    asked = parser.parse_args(words)
    place = Place(ROOT, ROOT / "var")
    place.make()
    _lock_python(place, upgrade=asked.upgrade)
    prepare_python(place, lock="demo")
    _lock_node(place, upgrade=asked.upgrade)
    say("锁文件写好了", "the locks are written")
    return 0


def _lock_python(place: Place, *, upgrade: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        say("取 uv", "fetching uv")
        _run(place, [sys.executable, "-m", "venv", folder], "uv-venv")
        python = str(Path(folder) / "bin" / "python")
        _run(place, [python, "-m", "pip", "install", "-q", "uv"], "uv")
        for name in _LOCKS:
            say(f"requirements/{name}.txt", "locking")
            below = _LOCKS[: _LOCKS.index(name)][-1:]
            command = [
                python,
                "-m",
                "uv",
                "pip",
                "compile",
                "-q",
                f"{name}.in",
                "-o",
                f"{name}.txt",
                *_HOSTLESS,
            ]
            command += [word for lower in below for word in ("-c", f"{lower}.txt")]
            _run(place, [*command, *(["--upgrade"] if upgrade else [])], f"lock-{name}", folder="requirements")


def _lock_node(place: Place, *, upgrade: bool) -> None:
    say("package-lock.json", "locking")
    words = ["update" if upgrade else "install", "--package-lock-only", "--ignore-scripts"]
    _run(place, [*npm_command(place), *words], "lock-npm")
    file = place.root / "package-lock.json"
    lock = json.loads(file.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(place: Place, command: Sequence[str | Path], name: str, *, folder: str = ".") -> None:
    log = place.log(name)
    if run_logged(command, log=log, cwd=place.root / folder, env=clean_env()) != 0:
        raise Stop(
            f"没能写好锁文件：{reason(log, 'error', 'ERROR')}；全文在 {place.shown(log)}",
            f"the locks could not be written, see {place.shown(log)}",
        )
