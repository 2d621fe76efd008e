"""bin/bench: a city of many cases in a PostgreSQL of its own, measured; writes docs/benchmarks.md."""

import subprocess
from collections.abc import Sequence

from _run.messages import compile_messages
from _run.node import prepare_node
from _run.place import ROOT, Place
from _run.portal import prepare_static
from _run.prepare import one_at_a_time
from _run.python_env import prepare_python
from _run.servers import Run
from _run.steps import clean_env

# As a small server of its own would be set; every write reaches the disk.
_SETTINGS = {"shared_buffers": "1GB", "fsync": "on", "synchronous_commit": "on", "max_wal_size": "4GB"}


def main(words: Sequence[str]) -> int:
    """Start PostgreSQL and Valkey with data of their own (kept in var/bench), and run the bench.

    Args:
        words: the arguments of the command line, as bench takes them.

    Returns:
        The exit code of the bench.

    Raises:
        Stop: it cannot be started.
    """
    place = Place(ROOT, ROOT / "var" / "bench")
    with Run(place, "bin/bench") as run:
        with one_at_a_time(place):
            prepare_python(place, lock="test")
            prepare_node(place)
            compile_messages(place)
        env = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev", "DEMO": "1", "DEBUG": "0", "VAR_DIR": str(place.var),
            "SECRET_KEY": "only-for-the-bench-" + "x" * 40, "BENCH": "1", **run.start_servers(more=_SETTINGS),
        }  # fmt: skip
        prepare_static(place, run.stamps, env, collect=True)
        command = [str(place.python), "-m", "bench", *words]
        return subprocess.run(
            command, cwd=place.root, env=clean_env(**env), stdin=subprocess.DEVNULL, check=False
        ).returncode
