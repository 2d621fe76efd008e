"""The promise of the README, kept: a fresh clone, an empty HOME, one command, and a portal that survives kills."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from _run.place import Place
from _run.postgres_files import remove_files
from _run.processes import started_at, wait_until

from tests.bin.conftest import ROOT

pytestmark = pytest.mark.long

FIRST_START = 360
SECOND_START = 15
OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "VAR_DIR",
    "DB_POOL",
    "PYTHONPATH",
}
PROCESSES = ("web", "worker", "beat", "sweep", "valkey", "postgres")


class Demo:
    """bin/demo of a clone, as a person would run it."""

    process: "subprocess.Popen[str] | None" = None

    def __init__(self, clone: Path, env: dict[str, str]) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.clone = clone
        self.env = env
        self.address = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []

    def start(self) -> float:
        """Start it and return how many seconds the portal took to open."""
        start = time.monotonic()
        process = self.process = subprocess.Popen(
            [self.clone / "bin" / "demo", "--port", str(self.port)],
            cwd=self.clone,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.said = []
        for text in process.stdout or ():
            self.said.append(text.rstrip())
            if "Ctrl-C" in text:
                return time.monotonic() - start
        raise AssertionError("\n".join(self.said))

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def pids(self) -> dict[str, int]:
        """Return what supervisor.json tells."""
        return dict(json.loads((self.clone / "var" / "supervisor.json").read_text()))

    def is_back(self, name: str, before: int) -> bool:
        """Wait until a process has another number than before."""
        return wait_until(lambda: self.pids().get(name, before) != before, seconds=40)

    def answers(self) -> bool:
        """Say whether the home page is there."""
        try:
            with urllib.request.urlopen(self.address, timeout=10) as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """bin/demo of a fresh clone, with an empty HOME; what it put elsewhere goes at the end."""
    clone, home = tmp_path / "clone", tmp_path / "home"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    demo = Demo(clone, env | {"HOME": str(home)})
    yield demo
    if demo.process and demo.process.poll() is None:
        demo.stop()
    remove_files(Place(clone, clone / "var"))


def test_a_fresh_clone_opens_survives_kills_and_opens_again(demo: Demo) -> None:
    assert demo.start() < FIRST_START
    assert demo.answers()
    assert any(demo.address in text for text in demo.said)

    for name in PROCESSES:
        before = demo.pids()[name]
        os.kill(before, signal.SIGKILL)
        assert demo.is_back(name, before), name
        assert wait_until(demo.answers, seconds=40), name
        assert all(demo.answers() for _ in range(20)), name

    pids = demo.pids().values()
    assert demo.stop() == 0
    assert not any(started_at(pid) for pid in pids)

    assert demo.start() < SECOND_START
    assert demo.answers()
    assert demo.stop() == 0
