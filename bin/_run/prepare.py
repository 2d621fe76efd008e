"""Preparing `.venv` and `node_modules`, which bin/demo and bin/test share: one command at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from _run.place import Place
from _run.say import say


@contextmanager
def one_at_a_time(place: Place) -> Iterator[None]:
    """Wait for another command that is installing in this checkout; then be the one."""
    file = place.root / "var" / "prepare.lock"
    file.parent.mkdir(exist_ok=True)
    with open(file, "a", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个命令正在安装，等它做完", "another command is installing, waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
