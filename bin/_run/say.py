"""Words for the person at the terminal: Chinese first, English in brackets."""

import sys
from typing import TextIO


class Stop(Exception):
    """The command cannot go on; one sentence tells the person what to do.

    Args:
        chinese: the sentence.
        english: the same in English.
        code: the exit code of the command.
    """

    def __init__(self, chinese: str, english: str, *, code: int = 1) -> None:
        super().__init__(f"{chinese} ({english})")
        self.code = code


def use_utf8() -> None:
    """Let Chinese through whatever the terminal's locale; what cannot be shown becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


def say(chinese: str, english: str) -> None:
    """Tell how far the work is."""
    line(f"{chinese} ({english})")


def warn(chinese: str, english: str) -> None:
    """Tell what does not stop the work but should be known."""
    line(f"! {chinese} ({english})", sys.stderr)


def line(text: str, stream: TextIO | None = None) -> None:
    """Print one line; a terminal that has been closed does not end a running portal."""
    try:
        print(text, file=stream or sys.stdout, flush=True)
    except OSError:
        return
