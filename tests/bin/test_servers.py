"""The embedded servers: theirs alone, with passwords, and with what was written still there after a kill."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis
from _run.place import Place
from _run.postgres_files import remove_files
from _run.processes import wait_until
from _run.servers import Run
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.bin.conftest import ROOT

# pytest's workers have threads; the commands themselves have none when they fork
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


class QuietSignals:
    """In the place of the command's signals: pytest keeps its own."""

    asked = False
    hurry = False

    def install(self) -> None:
        """Leave them."""

    note_only = check = install

    def held(self) -> "QuietSignals":
        return self

    def __enter__(self) -> None:
        """Nothing to hold."""

    def __exit__(self, *problem: object) -> None:
        """Nothing was held."""

    def wait(self, seconds: float | None) -> None:
        """Go on after a moment, as a signal would make it."""
        wait_until(lambda: False, seconds=min(seconds or 0.05, 0.05))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    place = Place(ROOT, tmp_path_factory.mktemp("servers"))
    with Run(place, "bin/test", signals=QuietSignals()) as run:  # type: ignore[arg-type]
        yield run
    remove_files(place)


@pytest.fixture(scope="module")
def urls(run: Run) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        return run.start_servers()


def restart(run: Run, name: str) -> None:
    """Kill a server as the machine would, and let the supervisor bring it back."""
    child = next(child for child in run.supervisor._children if child.service.name == name)
    assert child.process
    before = child.process.pid
    os.kill(before, signal.SIGKILL)

    def back() -> bool:
        run.supervisor._look()
        return child.process is not None and child.process.pid != before

    assert wait_until(back, seconds=20)


def test_database_is_utf8_in_a_locale_of_its_own(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["DATABASE_URL"]) as link:
        asked = (
            "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s"
        )
        assert link.execute(asked, ["linli"]).fetchone() == ("b", "C.UTF-8", "UTF8")
        assert link.execute("SELECT lower('ÄÖ'), '社' < '邻'").fetchone() == ("äö", True)


def test_database_answers_on_its_socket_only_and_wants_the_password(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["DATABASE_URL"]) as link:
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)
    parts = urlsplit(urls["DATABASE_URL"])
    folder = parse_qs(parts.query)["host"][0]
    assert len(folder) < 60
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(urls["DATABASE_URL"].replace(f":{parts.password}@", ":wrong@"))


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary person's server runs as that person")
def test_root_lends_the_database_a_user_without_rights(run: Run, urls: dict[str, str]) -> None:
    child = next(child for child in run.supervisor._children if child.service.name == "postgres")
    assert child.process
    assert Path(f"/proc/{child.process.pid}").stat().st_uid != 0
    data = Path(child.service.command[2])
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.place.var.parent.stat().st_mode) == 0o700


def test_database_keeps_its_rows_when_it_is_killed(run: Run, urls: dict[str, str]) -> None:
    with psycopg.connect(urls["DATABASE_URL"]) as link:
        link.execute("CREATE TABLE kept (words text)")
        link.execute("INSERT INTO kept VALUES ('邻里')")
    restart(run, "postgres")

    def answers() -> bool:
        run.supervisor._look()
        try:
            with psycopg.connect(urls["DATABASE_URL"]) as link:
                return link.execute("SELECT words FROM kept").fetchone() == ("邻里",)
        except psycopg.OperationalError:
            return False

    assert wait_until(answers, seconds=20)


def test_broker_wants_the_password_and_evicts_nothing(urls: dict[str, str]) -> None:
    with redis.Redis.from_url(urls["REDIS_URL"]) as link:
        assert link.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    port, once = urlsplit(urls["REDIS_URL"]).port or 0, Retry(NoBackoff(), 0)
    with redis.Redis(port=port, retry=once) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_secrets_are_their_owners_alone(run: Run, urls: dict[str, str]) -> None:
    for name in ("secrets.json", "valkey/valkey.conf"):
        assert stat.S_IMODE((run.place.var / name).stat().st_mode) == 0o600
    assert not list(run.place.var.rglob("password"))
