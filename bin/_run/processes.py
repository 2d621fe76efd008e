"""Processes: who is who (a number alone is given out again), how they die with their parent, how they end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")


@dataclass(frozen=True)
class Identity:
    """A process and when it was started, which tells it from a later one with the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """Return the identity of a process; `started` is empty where it is gone."""
        return cls(pid, started_at(pid))

    def alive(self) -> bool:
        """Say whether just this process still runs."""
        return bool(self.started) and started_at(self.pid) == self.started


def started_at(pid: int) -> str:
    """Return a mark of the moment a process was started, empty where it does not run (any more)."""
    if _PROC.joinpath("self/stat").exists():
        try:
            fields = (
                _PROC.joinpath(str(pid), "stat")
                .read_text(encoding="utf-8", errors="replace")
                .rpartition(")")[2]
                .split()
            )
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    state, _, moment = answer.partition(" ")
    return "" if not state or state.startswith("Z") else moment.strip()


def command_of(pid: int) -> str:
    """Return the command line of a process, empty where it is gone or cannot be read."""
    try:
        return _PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return (
            subprocess.run(
                ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
            ).stdout.strip()
            if not _PROC.joinpath("self").exists()
            else ""
        )


def dies_with_parent(with_signal: int) -> Callable[[], None] | None:
    """Return what a child runs before its program, so that the kernel signals it when its parent dies.

    Works on Linux, even for `kill -9` of the parent; elsewhere the next start ends what was left over.
    The parent must start the child from its main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_program() -> None:
        prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_program


def end(people: Iterable[tuple[Identity, int]], *, seconds: float) -> list[int]:
    """End processes that are not our children (left over by a killed run), with their process groups.

    Args:
        people: who, and the signal that asks them to stop.
        seconds: how long they may take before they are killed.

    Returns:
        The numbers of those that were still running.
    """
    left = [(who, ask) for who, ask in people if who.alive()]
    for who, ask in left:
        _signal(who.pid, ask)
    wait_until(lambda: not any(who.alive() for who, _ in left), seconds=seconds)
    for who, _ in left:
        kill_group(who.pid)
    wait_until(lambda: not any(who.alive() for who, _ in left), seconds=5)
    return [who.pid for who, _ in left]


def kill_group(leader: int) -> None:
    """Kill what is left of a process group at once; an empty group is fine."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_until(test: Callable[[], bool], *, seconds: float, pause: float = 0.03) -> bool:
    """Look again and again until a test holds; return whether it did in time."""
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
