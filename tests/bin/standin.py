"""A supervisor with stand-in processes, run by the tests as its own process: `standin.py ROOT SERVICES HEALTHY`.

SERVICES is JSON: name → {"command": […], "stop_seconds": …}.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bin"))

from _run.place import Place
from _run.say import line
from _run.servers import Run
from _run.supervisor import Service


def main(root: Path, services: dict[str, dict[str, object]], healthy_after: float) -> None:
    """Start the stand-ins, say "ready", and watch over them until a signal comes."""
    with Run(Place(root, root / "var"), "bin/demo", "http://127.0.0.1:1") as run:
        run.supervisor.healthy_after = healthy_after
        for name, facts in services.items():
            service = Service(
                name=name,
                command=[str(word) for word in facts["command"]],
                cwd=root,
                env=dict(os.environ),
                stop_seconds=float(facts.get("stop_seconds", 5)),
            )
            run.supervisor.start(service)
        run.signals.note_only()
        line("ready")
        run.supervisor.watch()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), float(sys.argv[3]))
