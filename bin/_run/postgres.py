"""The embedded PostgreSQL: made once, started under the supervisor, reached through a socket only."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from _run.place import Place
from _run.postgres_files import PostgresFiles
from _run.processes import Identity, command_of, end
from _run.say import Stop, say
from _run.steps import clean_env, reason, run_logged
from _run.supervisor import Service
from _run.unprivileged import rights

NAME = "linli"
_LOCALE = "C.UTF-8"
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "jit": "off",
    "random_page_cost": "1.1",
    # Starting helpers takes longer than any answer that a page waits for.
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster and the sockets it listens on.

    Attributes:
        place: whose it is.
        files: where its programs and data lie and whom it runs as.
        sockets: folder of the socket.
        password: of the one user, who owns the one database.
        careless: for tests: nothing is kept through a power cut, in return it is quicker.
        more: settings beside or in place of the usual ones.
    """

    place: Place
    files: PostgresFiles
    sockets: Path
    password: str
    careless: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgresql://{NAME}:{self.password}@/{NAME}?host={self.sockets}&port={_SETTINGS['port']}"

    def create(self) -> bool:
        """Make the cluster if there is none; return whether it was made.

        Raises:
            Stop: initdb failed, or the data are of another version of PostgreSQL.
        """
        version = self.files.data / "PG_VERSION"
        if version.is_file():
            self._check_version(version.read_text(encoding="utf-8").strip())
            return False
        say("建立数据库", "making the database")
        secret = self.files.data.parent / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password, encoding="utf-8")
        self._own(secret)
        log = self.place.log("initdb")
        unfinished = self.files.data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            self.files.program("initdb"), "--pgdata", str(unfinished), "--username", NAME,
            "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", _LOCALE, "--locale", _LOCALE,
            "--text-search-config", "simple", *(["--no-sync"] if self.careless else []),
        ]  # fmt: skip
        try:
            with open(log, "wb") as file:
                code = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                    check=False,
                    cwd="/",
                    env=self._environment(),
                    **rights(self.files.user),
                ).returncode
        finally:
            secret.unlink(missing_ok=True)
        if code != 0:
            raise Stop(
                f"没能建立数据库：{reason(log, 'error', 'FATAL')}；全文在 {self.place.shown(log)}",
                f"the database could not be made, see {self.place.shown(log)}",
            )
        unfinished.rename(self.files.data)
        return True

    def service(self) -> Service:
        """Return the process for the supervisor. SIGINT is PostgreSQL's fast and clean stop."""
        settings = _SETTINGS | {"unix_socket_directories": str(self.sockets)}
        settings |= (_CARELESS if self.careless else {}) | dict(self.more)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            command=[self.files.program("postgres"), "-D", str(self.files.data), *options],
            cwd=Path("/"),
            env=self._environment(),
            stop=signal.SIGINT,
            orphan=signal.SIGINT,
            stop_seconds=20,
            user=self.files.user,
            before=self.clear_stale,
        )

    def clear_stale(self) -> None:
        """Clear away what a killed PostgreSQL left: its pid file, or the process itself."""
        file = self.files.data / "postmaster.pid"
        try:
            pid = int(file.read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return
        who = Identity.of(pid)
        if who.alive() and str(self.files.data) in command_of(pid):
            end([(who, signal.SIGINT)], seconds=15)
        if not who.alive() or str(self.files.data) not in command_of(pid):
            file.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Say whether it takes connections."""
        command = [self.files.program("pg_isready"), "-q", "-h", str(self.sockets), "-p", _SETTINGS["port"]]
        return subprocess.run(command, env=self._environment(), check=False).returncode == 0

    def create_database(self) -> None:
        """Make the one database if it is not there, and check that its text is UTF-8, in a locale of its own.

        Raises:
            Stop: the server refuses, or the database was made with another locale.
        """
        found = self._ask(
            "postgres", f"SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = '{NAME}'"
        )
        if not found:
            self._ask(
                "postgres",
                f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' "
                f"LOCALE_PROVIDER builtin BUILTIN_LOCALE '{_LOCALE}' LOCALE '{_LOCALE}'",
            )
        elif found != f"b{_LOCALE}":
            raise Stop(
                "这个数据库的文字排序设置不对：用 bin/demo --reset 重新建立",
                "the database has the wrong locale: make it anew with bin/demo --reset",
            )

    def _ask(self, database: str, statement: str) -> str:
        log = self.place.log("psql")
        words: list[str] = []
        command = [
            self.files.program("psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets),
            "-p", _SETTINGS["port"], "-U", NAME, "-d", database, "-c", statement,
        ]  # fmt: skip
        env = self._environment() | {"PGPASSWORD": self.password}
        if run_logged(command, log=log, cwd=Path("/"), env=env, heard=words.append) != 0:
            raise Stop(
                f"数据库拒绝了：{reason(log, 'ERROR', 'FATAL')}；旧数据可用 bin/demo --reset 重建",
                f"the database refuses, see {self.place.shown(log)}; if it is old, use bin/demo --reset",
            )
        return "".join(words).strip()

    def _check_version(self, found: str) -> None:
        answer = subprocess.run(
            [self.files.program("postgres"), "--version"],
            env=self._environment(), capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        if f" {found}." not in answer:
            raise Stop(
                f"数据库文件是 PostgreSQL {found} 的，程序已换了版本：用 bin/demo --reset 重新建立",
                f"the data are of PostgreSQL {found}: make them anew with bin/demo --reset",
            )

    def _environment(self) -> dict[str, str]:
        return clean_env(LANG=_LOCALE, LC_ALL=_LOCALE, TZ="UTC")

    def _own(self, path: Path) -> None:
        if self.files.user is not None:
            os.chown(path, self.files.user.uid, self.files.user.gid)
