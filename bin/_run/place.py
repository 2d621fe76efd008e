"""Where things lie: the checkout, its `var/`, and the stamps that say what need not be done again."""

import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _run.say import Stop

ROOT = Path(__file__).resolve().parent.parent.parent
_MARKING = threading.Lock()


@dataclass(frozen=True)
class Place:
    """One set of data of one checkout: `var/` for the demo, `var/test/` for the tests."""

    root: Path
    var: Path

    @property
    def logs(self) -> Path:
        """Folder of the log files, one per process or step."""
        return self.var / "logs"

    @property
    def lock(self) -> Path:
        """The file that says who is running here."""
        return self.var / "run.lock"

    @property
    def venv(self) -> Path:
        """The checkout's own Python environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Python of that environment."""
        return self.venv / "bin" / "python"

    def log(self, name: str) -> Path:
        """Return the log file of a process or step."""
        return self.logs / f"{name}.log"

    def shown(self, path: Path) -> str:
        """Return a path as a person in the checkout would write it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def make(self) -> None:
        """Make the folders.

        Raises:
            Stop: the checkout cannot be written.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            trial = self.var / f".write-{os.getpid()}"
            trial.write_bytes(b"")
            trial.unlink()
        except OSError as problem:
            raise Stop(
                f"不能写入文件夹 {self.var}：把项目放到可以写的地方，或者改它的权限，再运行一次",
                f"the folder {self.var} cannot be written ({problem.strerror}): "
                "put the project where it can be written, or change its permissions",
            ) from None


@dataclass(frozen=True)
class Stamps:
    """Remembers, in one small file, the fingerprint with which a step was done last."""

    file: Path

    def fresh(self, step: str, fingerprint: str) -> bool:
        """Say whether the step was last done with just this fingerprint."""
        return self._read().get(step) == fingerprint

    def set(self, step: str, fingerprint: str) -> None:
        """Remember that the step was done; steps that run beside each other do not lose each other's mark."""
        with _MARKING:
            write_json(self.file, {**self._read(), step: fingerprint})

    def forget(self, *steps: str) -> None:
        """Let the steps be done again."""
        write_json(self.file, {step: mark for step, mark in self._read().items() if step not in steps})

    def _read(self) -> dict[str, str]:
        return read_json(self.file)


def read_json(path: Path) -> dict[str, Any]:
    """Return what a small file of ours holds; a missing, cut-off or foreign file counts as empty."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any], *, mode: int = 0o644) -> None:
    """Put a new file in the place of the old one in a single move, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}-{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    new.replace(path)


def own_secrets(place: Place) -> dict[str, str]:
    """Return the installation's own secrets, made on the first start, in a file only its owner can read."""
    file = place.var / "secrets.json"
    known = read_json(file)
    wanted = ("secret_key", "postgres", "valkey")
    if not all(known.get(name) for name in wanted):
        known = {name: known.get(name) or secrets.token_urlsafe(48) for name in wanted}
        write_json(file, known, mode=0o600)
    return known


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a digest of the names and contents of files (folders: all below them) and of more words."""
    digest = hashlib.sha256()
    for path in sorted(_files(paths)):
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for word in more:
        digest.update(f"\0{word}".encode())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> set[Path]:
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found.update(below for below in path.rglob("*") if below.is_file() and "__pycache__" not in below.parts)
        elif path.is_file():
            found.add(path)
    return found
