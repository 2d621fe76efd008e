"""One supervisor for all processes of a run: starts them, starts again what dies, stops them in order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from _run.processes import dies_with_parent, kill_group
from _run.say import Stop, line, say
from _run.signals import Signals
from _run.unprivileged import User, rights

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 30.0
_LOG_LIMIT = 5_000_000


@dataclass(frozen=True)
class Service:
    """A process that should run until the end.

    Attributes:
        name: its name in words, logs and `supervisor.json`.
        command: program and arguments.
        cwd: folder it runs in.
        env: its whole environment.
        stop: the signal that asks it to stop.
        orphan: the signal the kernel sends it when the supervisor dies.
        stop_seconds: how long it may take to stop before it is killed.
        user: whom it runs as; as ourselves where None.
        fds: open files it keeps.
        before: called before every start, to clear what a killed one left.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    stop: signal.Signals = signal.SIGTERM
    orphan: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    user: User | None = None
    fds: tuple[int, ...] = ()
    before: Callable[[], None] | None = None


@dataclass
class _Child:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0


@dataclass
class Supervisor:
    """Starts services, keeps them running, stops them.

    Args:
        logs: folder of the logs.
        signals: who asks us to stop.
        changed: called with name → (number, stop signal) whenever a process was started or has died.
        healthy_after: seconds after which a process counts as well, so that its next death is its first.
    """

    logs: Path
    signals: Signals
    changed: Callable[[dict[str, tuple[int, int]]], None]
    healthy_after: float = HEALTHY_AFTER
    _children: list[_Child] = field(default_factory=list)

    def start(self, service: Service) -> None:
        """Start a service and keep it running from now on."""
        child = _Child(service)
        self._children.append(child)
        self._start(child)

    def running(self, name: str) -> bool:
        """Say whether a service's process runs at this moment."""
        return any(child.service.name == name and not _ended(child) for child in self._children)

    def any(self) -> bool:
        """Say whether anything was started."""
        return bool(self._children)

    def watch_for(self, seconds: float) -> None:
        """Start again whatever dies, for so long or until a signal asks to stop."""
        end = time.monotonic() + seconds
        while not self.signals.asked and (left := end - time.monotonic()) > 0:
            self._look()
            pending = [child.again_at - time.monotonic() for child in self._children if child.process is None]
            self.signals.wait(max(0.0, min([left, *pending])))

    def watch(self) -> None:
        """Start again whatever dies, until a signal asks to stop.

        A process that dies again soon waits twice as long each time, up to half a minute.
        """
        while not self.signals.asked:
            self._look()
            pending = [child.again_at for child in self._children if child.process is None]
            self.signals.wait(max(0.0, min(pending) - time.monotonic()) if pending else None)

    def wait_for(self, name: str, ready: Callable[[], bool], *, seconds: float, log: str) -> None:
        """Wait until a service answers.

        Args:
            name: the service.
            ready: says whether it does.
            seconds: how long it may take.
            log: the path of its log as a person would write it, for the sentence.

        Raises:
            Stop: it died or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running(name) or time.monotonic() > deadline:
                raise Stop(f"{name} 没有起来：原因在 {log} 末尾", f"{name} did not come up: see the end of {log}")
            self.signals.wait(0.05)
            self.signals.check()

    def stop(self, order: Sequence[str] = ()) -> None:
        """Ask every process to stop, one after the other, and kill what does not listen.

        Args:
            order: names in the order to stop them; those not named come last, newest first.
        """
        rank = {name: place for place, name in enumerate(order)}
        newest_first = list(reversed(self._children))
        for child in sorted(newest_first, key=lambda child: rank.get(child.service.name, len(rank))):
            self._stop(child)
        self._children.clear()
        self.changed({})

    def _start(self, child: _Child) -> None:
        service = child.service
        if service.before:
            service.before()
        with self.signals.held(), open(_log(self.logs, service.name), "ab") as log:
            child.process = subprocess.Popen(
                service.command,
                cwd=service.cwd,
                env=dict(service.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=service.fds,
                preexec_fn=dies_with_parent(service.orphan),
                **rights(service.user),
            )
            child.started = time.monotonic()
        self._tell()

    def _look(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and _ended(child):
                self._died(child, now)
            elif child.process is None and now >= child.again_at:
                self._again(child)

    def _died(self, child: _Child, now: float) -> None:
        code = _buried(child)
        child.failures = 1 if now - child.started >= self.healthy_after else child.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (child.failures - 1), LONGEST_PAUSE)
        child.again_at = now + pause
        name = child.service.name
        say(
            f"{name} 停了（{code}），{pause:.1f} 秒后重新启动",
            f"{name} ended with {code}, starting it again in {pause:.1f} s",
        )
        self._tell()

    def _again(self, child: _Child) -> None:
        try:
            self._start(child)
        except OSError as problem:
            child.failures += 1
            child.again_at = time.monotonic() + min(FIRST_PAUSE * 2 ** (child.failures - 1), LONGEST_PAUSE)
            line(f"! {child.service.name}: {problem}")

    def _stop(self, child: _Child) -> None:
        if child.process is None:
            return
        if not _ended(child):
            child.process.send_signal(child.service.stop)
            deadline = time.monotonic() + child.service.stop_seconds
            while not _ended(child) and time.monotonic() < deadline and not self.signals.hurry:
                self.signals.wait(min(0.5, max(0.0, deadline - time.monotonic())))
        _buried(child, kill=True)

    def _tell(self) -> None:
        self.changed(
            {
                child.service.name: (child.process.pid, int(child.service.stop))
                for child in self._children
                if child.process is not None
            }
        )


def _ended(child: _Child) -> bool:
    """Say whether a process has ended; it stays unburied, so that nobody gets its group's number."""
    if child.process is None or child.process.returncode is not None:
        return True
    return os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _buried(child: _Child, *, kill: bool = False) -> int:
    """End what is left of the process's group and return its exit code."""
    process = child.process
    if process is None:
        return 0
    if kill or _ended(child):
        kill_group(process.pid)
    code = process.wait()
    child.process = None
    return code


def _log(folder: Path, name: str) -> Path:
    path = folder / f"{name}.log"
    if path.is_file() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path
