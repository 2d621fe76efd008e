"""What the tests of faults hold in their hands: the running stack, and visitors who try again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from _run.processes import wait_until

from tests.bin.conftest import OURS

T = TypeVar("T")
STACK = Path(__file__).with_name("stack.py")
LOCK = "gateway.lock"  # the file that tests.bin.holding.HoldingGateway waits for
PATIENCE = 60.0
NO_ANSWER = (OSError, HTTPException)


@dataclass(frozen=True)
class Answer:
    """What a page answered: status, text, where it leads, and how long to wait before trying again."""

    status: int
    text: str
    location: str = ""
    retry_after: str = ""

    def field(self, name: str) -> str:
        """The value of a hidden or chosen field of the form on the page."""
        found = re.search(rf'<input[^>]*\bname="{name}"[^>]*\bvalue="([^"]*)"', self.text)
        assert found, f"no field {name} on the page: {self.text[:500]}"
        return found[1]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Visitor:
    """A browser without a page: keeps cookies, follows nothing."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str, timeout: float = 30) -> Answer:
        """Ask for a page; raises OSError or HTTPException where no answer comes."""
        return self._send(urllib.request.Request(self.address + path), timeout)

    def post(self, path: str, timeout: float = 30, **fields: str) -> Answer:
        """Send a form; raises OSError or HTTPException where no answer comes."""
        body = urllib.parse.urlencode(fields).encode()
        return self._send(urllib.request.Request(self.address + path, data=body), timeout)

    def _send(self, request: urllib.request.Request, timeout: float) -> Answer:
        try:
            with self._open(request, timeout=timeout) as page:
                return _answer(page)
        except urllib.error.HTTPError as page:
            with page:
                return _answer(page)

    def sign_in(self, person_id: int) -> None:
        """Sign in as one of the cast and choose where to be."""
        page = again(lambda: self.get("/demo/people/"))
        token = page.field("csrfmiddlewaretoken")
        again(lambda: self.post(f"/demo/people/{person_id}/sign-in/", csrfmiddlewaretoken=token))

    def form(self) -> dict[str, str]:
        """The fields of a fresh report: its token and its key."""
        page = again(lambda: self.get("/report/"))
        area = re.search(r'name="area"[^>]*>\s*(?:<[^>]*>\s*)*?<option value="(\d+)"', page.text)
        found = area[1] if area else page.field("area")
        names = ("csrfmiddlewaretoken", "once")
        return {name: page.field(name) for name in names} | {
            "area": found, "kind": "help", "visibility": "not_public",
        }  # fmt: skip


def _answer(page: Any) -> Answer:
    text = page.read().decode("utf-8", "replace")
    return Answer(page.status, text, page.headers.get("Location", ""), page.headers.get("Retry-After", ""))


def again(ask: Callable[[], Answer]) -> Answer:
    """Ask until there is an answer that is no trouble of the server's, as a patient person would."""
    answers: list[Answer] = []

    def asked() -> bool:
        try:
            answers.append(ask())
        except NO_ANSWER:
            return False
        return answers[-1].status < 500

    assert wait_until(asked, seconds=PATIENCE, pause=0.1), answers[-1:]
    return answers[-1]


class Stack:
    """The running portal: its processes by name, its database, its gateway's lock."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        self.var = var
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, STACK, var, str(port)],
            env={name: value for name, value in os.environ.items() if name not in OURS},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        said = []
        for text in self.process.stdout or ():
            said.append(text.rstrip())
            if text.strip() == "ready":
                break
        else:
            raise AssertionError("\n".join(said))
        # Read on, so that the supervisor never waits for a full pipe.
        threading.Thread(target=lambda: [None for _ in self.process.stdout or ()], daemon=True).start()
        self.env = json.loads((var / "stack.json").read_text("utf-8"))

    def stop(self) -> int:
        """Press Ctrl-C and wait for the clean end."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def pid(self, name: str) -> int:
        """The number of a process, 0 while it is down."""
        try:
            return int(json.loads((self.var / "supervisor.json").read_text("utf-8")).get(name, 0))
        except (OSError, ValueError):
            return 0

    def kill(self, name: str) -> Callable[[], bool]:
        """Kill -9 a process as soon as it runs; returns a test whether another stands in its place."""
        assert wait_until(lambda: self.pid(name) != 0, seconds=PATIENCE), name
        old = self.pid(name)
        os.kill(old, signal.SIGKILL)
        return lambda: self.pid(name) not in (0, old)

    @contextmanager
    def stopped(self, name: str, with_signal: signal.Signals = signal.SIGKILL) -> Iterator[None]:
        """Keep a process down for the length of the block: the supervisor is frozen meanwhile."""
        self.process.send_signal(signal.SIGSTOP)
        os.kill(self.pid(name), with_signal)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Let a process hang: it takes connections and says nothing."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def gateway_held(self) -> Iterator[None]:
        """Let the gateway take texts and not answer."""
        with (self.var / LOCK).open("a") as lock:
            flock(lock, LOCK_EX)
            yield

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the portal's database, read with a connection of one's own."""
        with psycopg.connect(self.env["DATABASE_URL"]) as link:
            return link.execute(statement, values).fetchall()  # type: ignore[call-overload]

    def count(self, statement: str, *values: Any) -> int:
        """The one number a statement gives."""
        return int(self.ask(statement, *values)[0][0])

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of manage.py beside the stack."""
        return subprocess.run(
            [sys.executable, STACK.parent.parent.parent / "manage.py", *words],
            env={**os.environ, **self.env, "DB_POOL": "0"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
