"""The web's unit restarts without losing a request: what runs is finished, what comes waits at the socket."""

import fcntl
import os
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _run.processes import wait_until

from tests.bin.conftest import ROOT

UNIT = (ROOT / "deploy" / "portal-web.service").read_text("utf-8")
COMMAND = next(line.removeprefix("ExecStart=") for line in UNIT.splitlines() if line.startswith("ExecStart="))
HANDED_OVER = 'exec 3<&"$DOOR"; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """The listening socket that systemd would hold."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        yield door


@pytest.fixture
def start(door: socket.socket, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start the unit's own command over a page that can be held, at the door."""
    words = COMMAND.replace("/srv/portal", str(ROOT)).replace("config.wsgi", "tests.bin.hello").split()
    started: list[subprocess.Popen[bytes]] = []

    def run() -> "subprocess.Popen[bytes]":
        started.append(
            subprocess.Popen(
                ["bash", "-c", HANDED_OVER, "bash", *words],
                cwd=ROOT,
                env={**os.environ, "DOOR": str(door.fileno()), "LOCK": str(tmp_path / "lock")},
                pass_fds=(door.fileno(),),
                stderr=subprocess.DEVNULL,
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


class Asking(threading.Thread):
    """One request; ``master`` is the number of the gunicorn that answered."""

    def __init__(self, door: socket.socket) -> None:
        super().__init__(daemon=True)
        self.address = f"http://127.0.0.1:{door.getsockname()[1]}/"
        self.master = 0
        self.start()

    def run(self) -> None:
        with urllib.request.urlopen(self.address, timeout=30) as page:
            self.master = int(page.read())


def test_a_restart_loses_no_request(start, door, tmp_path):
    first = start()
    came = tmp_path / "lock.came"
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = [Asking(door) for _each in range(3)]
        assert wait_until(came.exists, seconds=20)
        first.terminate()
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert first.wait(timeout=20) == 0
    waiting = [Asking(door) for _each in range(10)]
    second = start()
    for asking in (*running, *waiting):
        asking.join(timeout=30)
    assert {asking.master for asking in running} <= {first.pid, second.pid}
    assert first.pid in {asking.master for asking in running}
    assert {asking.master for asking in waiting} == {second.pid}
