"""The whole portal under its supervisor, in a place of its own: what the tests of faults start.

    python tests/bin/stack.py VAR PORT

PostgreSQL, Valkey, web, worker, beat and sweep run as bin/demo runs them, over the small city of the cast;
`VAR/stack.json` tells the tests where the database is.
"""

import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin"))

from _run.place import Place, own_secrets, write_json  # noqa: E402
from _run.portal import manage, prepare_static, services  # noqa: E402
from _run.say import line  # noqa: E402
from _run.servers import Run  # noqa: E402
from _run.steps import clean_env, run_logged  # noqa: E402


def main(var: Path, port: int) -> None:
    """Start everything, say "ready", and keep it running until a signal asks to stop."""
    place = Place(ROOT, var)
    address = f"http://127.0.0.1:{port}"
    with Run(place, "the tests of faults", address) as run, socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        env = environment(place, port, address) | run.start_servers()
        write_json(var / "stack.json", env, mode=0o600)
        once = env | {"DB_POOL": "0"}
        prepare_static(place, run.stamps, once, collect=True)
        manage(place, once, "migrate", "--noinput", "--verbosity", "0")
        manage(place, once, "load_categories")
        manage(place, once, "seed_calendar")
        city = [str(place.python), "-m", "tests.bin.city"]
        assert run_logged(city, log=place.log("city"), cwd=ROOT, env=clean_env(**once)) == 0
        listener.listen(512)
        for service in services(place, env, listener.fileno()):
            run.supervisor.start(service)
        line("ready")
        run.signals.note_only()
        run.supervisor.watch()


def environment(place: Place, port: int, address: str) -> dict[str, str]:
    """bin/demo's environment, with a gateway that a test can hold."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEMO": "1",
        "SECRET_KEY": own_secrets(place)["secret_key"],
        "SITE_URL": address,
        "WEB_PORT": str(port),
        "VAR_DIR": str(place.var),
        "SMS_GATEWAY": "tests.bin.holding.HoldingGateway",
        "PYTHONUNBUFFERED": "1",
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
