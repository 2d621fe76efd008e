"""Being asked to stop: Ctrl-C, `kill`, a closed terminal; and waiting for that or for a child's death."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(Exception):
    """A signal asked to stop while something was being prepared."""


class Signals:
    """Installed once by a command. While things are prepared a signal ends the work at once (`Asked`);
    while the supervisor watches it is only noted, so that no bookkeeping is cut in half.
    """

    def __init__(self) -> None:
        self.count = 0
        self._interrupts = True
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def install(self) -> None:
        """Take over the signals of this process; call from the main thread.

        A hang-up that is ignored already (nohup) stays ignored.
        """
        for number in _ASKING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._asked)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    @property
    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self.count > 0

    @property
    def hurry(self) -> bool:
        """Whether somebody asked again while we were stopping."""
        return self.count > 1

    def check(self) -> None:
        """Raise `Asked` if somebody asked to stop."""
        if self.asked:
            raise Asked

    def note_only(self) -> None:
        """From now on signals are noted, not raised."""
        self._interrupts = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let a few lines run whole; a signal that came meanwhile is raised after them."""
        before, self._interrupts = self._interrupts, False
        try:
            yield
        finally:
            self._interrupts = before
        if before:
            self.check()

    def wait(self, seconds: float | None) -> None:
        """Wait for a signal (a child's death is one), at most so many seconds; None: as long as it takes."""
        select.select([self._reader], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._reader, 512):
                continue

    def _asked(self, number: int, frame: object) -> None:
        self.count += 1
        if self._interrupts:
            raise Asked
