"""The locks of packages: whole, in step with each other, and free of anybody's machine or registry."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.bin.conftest import ROOT

LOCKS = ("base", "demo", "test")
COMMANDS = ("bin/demo", "bin/test", "bin/lock", ".ci/run")


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return package and condition → version of a lock."""
    found = re.findall(r"^([\w.\[\],-]+)==(\S+)( ; .*?)? \\$", lock(name), re.M)
    return {package + condition: version for package, version, condition in found}


@pytest.mark.parametrize("name", LOCKS)
def test_python_lock_names_no_host_and_no_path(name: str) -> None:
    text = lock(name)
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", text, re.M)
    assert not re.search(r"(?<![\w.])/(root|home|work|tmp|opt|usr)/", text)
    assert " @ " not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", lock(name).strip())
    assert len(entries) == len(pins(name)) > 10
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_larger_locks_hold_the_smaller_ones() -> None:
    assert pins("base").items() <= pins("demo").items() <= pins("test").items()


def test_npm_lock_names_no_host_and_no_path() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    assert "resolved" not in text
    packages = [facts for path, facts in json.loads(text)["packages"].items() if path]
    assert packages
    assert all(facts["integrity"].startswith("sha512-") for facts in packages)


def test_npm_lock_stays_without_hosts_and_names_what_package_json_asks_for() -> None:
    npmrc = (ROOT / ".npmrc").read_text(encoding="utf-8")
    assert "omit-lockfile-registry-resolved=true" in npmrc.splitlines()
    assert "://" not in npmrc
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked[""]["dependencies"] == wanted


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_can_be_run_and_are_whole(name: str) -> None:
    file = ROOT / name
    assert os.access(file, os.X_OK)
    shell = "bash" if "bash" in file.read_text(encoding="utf-8").splitlines()[0] else "sh"
    subprocess.run([shell, "-n", file], check=True)


def test_the_commands_need_only_the_standard_library() -> None:
    imported = {
        found
        for file in (ROOT / "bin" / "_run").glob("*.py")
        for found in re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.M)
    }
    import sys

    assert imported <= set(sys.stdlib_module_names) | {"_run"}


def test_what_the_commands_make_is_ignored(tmp_path: Path) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/var/", "/.venv/", "/node_modules/", "*.mo", "__pycache__/"} <= set(ignored)
