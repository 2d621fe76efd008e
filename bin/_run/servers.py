"""PostgreSQL and Valkey for one run: the given ones, or embedded ones under the run's supervisor."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

from _run.place import Place, Stamps, own_secrets, write_json
from _run.postgres import Postgres
from _run.postgres_files import find_files, socket_folder
from _run.runlock import RunLock
from _run.say import line, say
from _run.signals import Asked, Signals
from _run.supervisor import Supervisor
from _run.valkey import Valkey, free_port

STOP_ORDER = ("web", "worker", "beat", "sweep", "valkey", "postgres")


@dataclass
class Run(AbstractContextManager["Run"]):
    """One command at work in one place: holds the lock, and stops and removes what it started when it ends.

    Args:
        place: whose data.
        what: the command's name, for the sentence that another start gets.
        address: where the portal will answer; may be empty.
    """

    place: Place
    what: str
    address: str = ""
    signals: Signals = field(default_factory=Signals)

    def __post_init__(self) -> None:
        self.lock = RunLock(self.place.lock)
        self.supervisor = Supervisor(self.place.logs, self.signals, self._changed)
        self.stamps = Stamps(self.place.var / "stamps.json")

    def __enter__(self) -> "Run":
        self.place.make()
        self.signals.install()
        self.lock.take(what=self.what, address=self.address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.signals.note_only()
        if self.supervisor.any():
            say("正在停止", "stopping")
        self.supervisor.stop(STOP_ORDER)
        (self.place.var / "supervisor.json").unlink(missing_ok=True)
        self.lock.release()
        if isinstance(problem, Asked):
            line("")
            say("已停止", "stopped")

    def start_servers(self, *, careless: bool = False, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Start what is not given by DATABASE_URL and REDIS_URL and wait until it answers.

        Args:
            careless: for tests: quicker, and nothing is kept through a power cut.
            more: settings of PostgreSQL in place of the usual ones.

        Returns:
            The environment with both addresses.
        """
        found = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
        if "REDIS_URL" not in found:
            found["REDIS_URL"] = self._start_valkey(careless)
        if "DATABASE_URL" not in found:
            found["DATABASE_URL"] = self._start_postgres(careless, more or {})
        return found

    def _start_valkey(self, careless: bool) -> str:
        server = Valkey(self.place, free_port(), own_secrets(self.place)["valkey"])
        self.supervisor.start(server.service(careless=careless))
        log = self.place.shown(self.place.log("valkey"))
        self.supervisor.wait_for("valkey", server.answers, seconds=60, log=log)
        return server.url

    def _start_postgres(self, careless: bool, more: Mapping[str, str]) -> str:
        files = find_files(self.place)
        sockets = socket_folder(files.user)
        self.lock.note_folder(sockets)
        server = Postgres(self.place, files, sockets, own_secrets(self.place)["postgres"], careless, more)
        if server.create():
            self.stamps.forget("migrate", "load")
        self.supervisor.start(server.service())
        log = self.place.shown(self.place.log("postgres"))
        self.supervisor.wait_for("postgres", server.answers, seconds=120, log=log)
        server.create_database()
        return server.url

    def _changed(self, children: dict[str, tuple[int, int]]) -> None:
        """Write down who runs: for another start that has to clear up, and for people and tests."""
        self.lock.note_children(children)
        if children:
            numbers = {"supervisor": os.getpid()} | {name: pid for name, (pid, _) in children.items()}
            write_json(self.place.var / "supervisor.json", numbers)
