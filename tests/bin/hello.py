"""A page for the test of restarts: it answers when nobody holds the lock that LOCK names."""

import fcntl
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Say that the request came; wait; answer with the number of the process."""
    Path(os.environ["LOCK"]).with_suffix(".came").touch()
    with open(os.environ["LOCK"], "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getppid()).encode()]
