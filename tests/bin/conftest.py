"""What the tests of the commands share: the checkout, copies of it, and an environment of no one's own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin"))

OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "VAR_DIR",
    "DEMO",
    "DB_POOL",
    "PYTHONPATH",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}


@pytest.fixture
def plain_env() -> dict[str, str]:
    """The environment without what points at the database, settings and Python of this test run."""
    return {name: value for name, value in os.environ.items() if name not in OURS}


@pytest.fixture
def bare_checkout() -> Iterator[Path]:
    """A folder with the commands and the locks and nothing else, which every user may read."""
    folder = Path(tempfile.mkdtemp(prefix="linli-test-"))
    folder.chmod(0o755)
    shutil.copytree(ROOT / "bin", folder / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    yield folder
    shutil.rmtree(folder)


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(bare_checkout: Path, plain_env: dict[str, str]) -> Command:
    """Run a command of the bare checkout; keyword arguments are variables of its environment."""

    def run(*words: str, user: int | None = None, **variables: str) -> "subprocess.CompletedProcess[str]":
        rights = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        return subprocess.run(
            [bare_checkout / words[0], *words[1:]],
            cwd=bare_checkout,
            env=plain_env | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
            **rights,
        )

    return run
