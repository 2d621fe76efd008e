"""The supervisor: what dies comes back, what is asked to stop stops, and nothing is left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _run.processes import Identity, started_at, wait_until
from _run.runlock import RunLock

STANDIN = Path(__file__).with_name("standin.py")
FOREVER = "import signal; signal.pause()"
ALL = ("web", "worker", "beat", "sweep", "valkey", "postgres")


class Standin:
    """A running supervisor of stand-ins."""

    def __init__(self, root: Path, services: dict[str, dict[str, object]], healthy_after: float) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, STANDIN, root, json.dumps(services), str(healthy_after)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            # Under nohup the hang-up is ignored on purpose: these processes start as from a terminal.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
        self.said: list[str] = []

    def until(self, words: str) -> str:
        """Read on until a line holds the words; return it."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.said.append(text.rstrip())
            if words in text:
                return text
        raise AssertionError(f"{words!r} was never said: {self.said}")

    def pids(self) -> dict[str, int]:
        """Return what supervisor.json tells."""
        try:
            return dict(json.loads((self.root / "var" / "supervisor.json").read_text()))
        except FileNotFoundError:
            return {}

    def new_pid(self, name: str, old: int) -> int:
        """Wait until a process has been started again; return its number."""
        assert wait_until(lambda: self.pids().get(name, old) != old, seconds=20), self.said
        return self.pids()[name]

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(with_signal)
        self.said += (self.process.communicate(timeout=30)[0] or "").splitlines()
        return self.process.returncode


Start = Callable[..., Standin]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor over programs (Python text by name) and wait until it is ready."""
    made: list[Standin] = []

    def run(*, healthy_after: float = 30.0, stop_seconds: float = 5.0, **programs: str) -> Standin:
        services: dict[str, dict[str, object]] = {
            name: {"command": [sys.executable, "-u", "-c", text], "stop_seconds": stop_seconds}
            for name, text in programs.items()
        }
        standin = Standin(tmp_path, services, healthy_after)
        made.append(standin)
        standin.until("ready")
        return standin

    yield run
    for standin in made:
        if standin.process.poll() is None:
            standin.end()
        if standin.process.stdout:
            standin.process.stdout.close()


def gone(*pids: int) -> bool:
    """Wait until none of the processes runs."""
    return wait_until(lambda: not any(started_at(pid) for pid in pids), seconds=10)


def test_each_killed_process_comes_back(start: Start) -> None:
    standin = start(**dict.fromkeys(ALL, FOREVER))
    for name in ALL:
        old = standin.pids()[name]
        os.kill(old, signal.SIGKILL)
        new = standin.new_pid(name, old)
        assert started_at(new)
        assert f"{name} 停了（-9）" in standin.until(name)
    assert set(standin.pids()) == {"supervisor", *ALL}


def test_a_process_that_keeps_dying_waits_longer_each_time(start: Start) -> None:
    standin = start(worker="raise SystemExit(3)")
    pauses = [re.search(r"again in ([\d.]+) s", standin.until("worker ended with 3")) for _ in range(4)]
    assert [found and found[1] for found in pauses] == ["0.2", "0.4", "0.8", "1.6"]


def test_the_pause_is_short_again_after_a_healthy_time(start: Start) -> None:
    standin = start(healthy_after=0.0, worker="raise SystemExit(3)")
    pauses = [re.search(r"again in ([\d.]+) s", standin.until("worker ended with 3")) for _ in range(3)]
    assert [found and found[1] for found in pauses] == ["0.2", "0.2", "0.2"]


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_is_clean_and_in_order(start: Start, tmp_path: Path, with_signal: signal.Signals) -> None:
    note = tmp_path / "order"
    program = (
        "import signal, sys\n"
        "def bye(*_):\n"
        f"    open({str(note)!r}, 'a').write('NAME ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, bye)\n"
        "print('up')\n"
        "signal.pause()\n"
    )
    standin = start(**{name: program.replace("NAME", name) for name in reversed(ALL)})
    logs = [tmp_path / "var" / "logs" / f"{name}.log" for name in ALL]
    assert wait_until(lambda: all(log.is_file() and "up" in log.read_text() for log in logs), seconds=20)
    pids = standin.pids()
    assert standin.end(with_signal) == 0
    assert note.read_text().split() == list(ALL)
    assert gone(*pids.values())
    assert not (tmp_path / "var" / "supervisor.json").exists()
    assert (tmp_path / "var" / "run.lock").read_text() == ""


def test_a_process_that_does_not_listen_is_killed(start: Start, tmp_path: Path) -> None:
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf')\nwhile 1: signal.pause()"
    standin = start(stop_seconds=0.3, web=program)
    assert wait_until(lambda: "deaf" in (tmp_path / "var" / "logs" / "web.log").read_text(), seconds=20)
    pid = standin.pids()["web"]
    assert standin.end() == 0
    assert gone(pid)


def test_what_a_process_has_started_goes_with_it(start: Start, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    program = (
        "import signal, subprocess, sys, os\n"
        f"child = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        f"open('{note}.new', 'w').write(str(child.pid)); os.replace('{note}.new', '{note}')\n"
        "signal.pause()\n"
    )
    standin = start(worker=program)
    assert wait_until(note.exists, seconds=20)
    grandchild = int(note.read_text())
    os.kill(standin.pids()["worker"], signal.SIGKILL)
    assert gone(grandchild)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of a parent's death")
def test_children_die_with_a_killed_supervisor_and_the_next_start_takes_over(start: Start, tmp_path: Path) -> None:
    standin = start(**dict.fromkeys(ALL, FOREVER))
    children = [pid for name, pid in standin.pids().items() if name != "supervisor"]
    standin.process.kill()
    standin.process.wait()
    assert gone(*children)
    again = start(web=FOREVER)
    assert any(f"上一次运行（进程 {standin.process.pid}）没有正常结束" in text for text in again.said)
    assert again.end() == 0


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of nobody's."""
    process = subprocess.Popen([sys.executable, "-c", FOREVER], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def stale_lock(root: Path, child: int, started: str) -> RunLock:
    """Write the lock of a killed run that had one child."""
    facts = {
        "pid": 2**22 + 1,
        "started": "1",
        "children": {"worker": {"pid": child, "started": started, "stop": 15}},
    }
    (root / "run.lock").write_text(json.dumps(facts))
    return RunLock(root / "run.lock")


def test_an_orphan_of_a_killed_run_is_ended(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    lock = stale_lock(tmp_path, sleeper.pid, Identity.of(sleeper.pid).started)
    lock.take(what="bin/demo", address="")
    assert not started_at(sleeper.pid)
    lock.release()


def test_a_stranger_with_an_orphans_number_is_left_alone(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]", capsys: pytest.CaptureFixture[str]
) -> None:
    lock = stale_lock(tmp_path, sleeper.pid, "another moment")
    lock.take(what="bin/demo", address="")
    assert started_at(sleeper.pid)
    assert "没有正常结束" in capsys.readouterr().out
    lock.release()


def test_a_lock_file_cut_off_in_the_middle_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text('{"pid": 12, "chil')
    lock = RunLock(tmp_path / "run.lock")
    lock.take(what="bin/demo", address="http://127.0.0.1:8000")
    assert json.loads((tmp_path / "run.lock").read_text())["pid"] == os.getpid()
    lock.release()
