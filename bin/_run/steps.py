"""Run one program to its end: its words go to a log, its reason into the sentence when it fails."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_FOREIGN = {
    "PYTHONPATH",
    "PYTHONHOME",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY_FILE",
    "DATABASE_URL_FILE",
    "REDIS_URL_FILE",
}


def clean_env(**more: str) -> dict[str, str]:
    """Return the environment for our children.

    What would lead them to another Python, another database or other settings is left out.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN and not name.startswith("PG")}
    return kept | more


def run_logged(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    heard: Callable[[str], None] | None = None,
) -> int:
    """Run a program, write all it says to a log file and return its exit code.

    Args:
        command: program and arguments.
        log: the file; what an earlier run wrote is replaced.
        cwd: folder to run in.
        env: environment; the cleaned one of this process where not given.
        heard: called with every line as it comes; what it says to stderr goes to the log alone.

    Raises:
        FileNotFoundError: no such program.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8", buffering=1) as file:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(env) if env is not None else clean_env(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file if heard else subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            for text in child.stdout or ():
                file.write(text)
                if heard:
                    heard(text.rstrip())
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
            if child.stdout:
                child.stdout.close()


def reason(log: Path, *marks: str) -> str:
    """Return the line of a log that says why a program failed: the last with a mark, else the last."""
    try:
        lines = [text.strip() for text in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    lines = [text for text in lines if text]
    marked = [text for text in lines if any(mark in text for mark in marks)]
    return (marked or lines or [""])[-1][:300]


def python_reason(log: Path) -> str:
    """Return the line that says why a Python program failed: that of its last exception, else its last line."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    _, found, trace = text.rpartition("Traceback (most recent call last):\n")
    exceptions = [line for line in trace.splitlines() if line and not line.startswith(" ")]
    return exceptions[0][:300] if found and exceptions else reason(log)


class Clock:
    """Seconds since it was made, in words for a progress line."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __str__(self) -> str:
        return f"{time.monotonic() - self._start:.1f} s"
