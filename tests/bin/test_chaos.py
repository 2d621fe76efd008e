"""Faults lose nothing and double nothing: processes killed under fifty reports, Valkey gone, PostgreSQL restarted."""

import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _run.place import Place
from _run.postgres_files import remove_files
from _run.processes import wait_until

from tests.bin.conftest import ROOT
from tests.bin.faults import NO_ANSWER, PATIENCE, Answer, Stack, Visitor, again

pytestmark = pytest.mark.long

KILLED = ("web", "beat", "valkey", "worker", "web", "sweep")
EACH = 7
OPEN_ATTEMPTS = "SELECT count(*) FROM notifications_deliveryattempt WHERE ended_at IS NULL AND answer = ''"
SOON = 2.0
SETTLED = 150


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The whole portal under its supervisor, in a folder of its own."""
    var = Path(tempfile.mkdtemp(prefix="linli-faults-"))
    stack = Stack(var)
    yield stack
    code = stack.stop()
    sys.stderr.write((var / "logs" / "web.log").read_text("utf-8", errors="replace")[-3000:])
    remove_files(Place(ROOT, var))
    shutil.rmtree(var)
    assert code == 0


@pytest.fixture(scope="module")
def people(stack: Stack) -> dict[str, int]:
    """The cast's ids by their key."""
    return {words.split(" · ")[1]: pk for pk, words in stack.ask("SELECT id, demo_words FROM accounts_person")}


class Crowd:
    """Visitors who report at the same time; each repeats an unanswered form with the same key.

    They send as many as they are let: what is killed right after ``let`` is killed under reports in flight.
    """

    def __init__(self, stack: Stack, people: list[int], name: str) -> None:
        self.stack, self.name = stack, name
        self.sent: dict[str, tuple[Visitor, dict[str, str], str]] = {}
        self.wrong: list[BaseException] = []
        self._work: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._told = threading.Condition()
        self._asked = 0
        self._threads = [threading.Thread(target=self._live, args=(pk,), daemon=True) for pk in people]
        for thread in self._threads:
            thread.start()

    def let(self, number: int) -> None:
        """Let the visitors send so many more."""
        for _each in range(number):
            self._asked += 1
            self._work.put(f"{self.name}第 {self._asked} 件：楼道灯不亮，晚上看不见路")

    def some_answered(self, more: int = 0) -> None:
        """Wait until all that were let were answered, but for ``more``."""
        with self._told:
            wanted = self._asked - more
            done = self._told.wait_for(lambda: len(self.sent) >= wanted or bool(self.wrong), timeout=PATIENCE)
        assert not self.wrong, self.wrong
        assert done, f"{len(self.sent)} of {wanted} were answered"

    def go_home(self) -> None:
        """Let nobody send any more."""
        for _thread in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _live(self, person_id: int) -> None:
        try:
            visitor = Visitor(self.stack.address)
            visitor.sign_in(person_id)
            while (text := self._work.get()) is not None:
                self._report(visitor, text)
        except BaseException as problem:
            with self._told:
                self.wrong.append(problem)
                self._told.notify_all()

    def _report(self, visitor: Visitor, text: str) -> None:
        fields = visitor.form() | {"text": text}
        answer = again(lambda: visitor.post("/report/", **fields))
        assert answer.status == 302, answer
        assert re.match(r"/cases/\d+/", answer.location), answer.location
        with self._told:
            self.sent[text] = (visitor, fields, answer.location.partition("?")[0])
            self._told.notify_all()


def cases_of(stack: Stack, name: str) -> tuple[int, int]:
    """How many cases a crowd made, and how many different ones."""
    found = stack.ask("SELECT count(*), count(DISTINCT title) FROM grievances_case WHERE title LIKE %s", f"{name}%")
    return int(found[0][0]), int(found[0][1])


def test_fifty_reports_exist_once_while_processes_are_killed(stack: Stack, people: dict[str, int]) -> None:
    crowd = Crowd(stack, [people[key] for key in ("li", "liu", "wang", "li", "liu")], "五十件")
    with stack.gateway_held():
        crowd.let(8)
        assert wait_until(lambda: stack.count(OPEN_ATTEMPTS) > 0, seconds=PATIENCE)
        back = [stack.kill("worker"), stack.kill("sweep")]
    for name in KILLED:
        crowd.let(EACH)
        crowd.some_answered(EACH - 1)
        back.append(stack.kill(name))
        crowd.some_answered()
    assert wait_until(lambda: all(stack.pid(name) for name in (*KILLED, "postgres")), seconds=PATIENCE)
    assert all(is_back() for is_back in back)
    crowd.go_home()
    assert len(crowd.sent) == 50
    assert cases_of(stack, "五十件") == (50, 50)
    for visitor, fields, address in crowd.sent.values():
        repeated = again(lambda: visitor.post("/report/", **fields))  # noqa: B023 - asked at once
        assert (repeated.status, repeated.location.partition("?")[0]) == (302, address)
    assert cases_of(stack, "五十件") == (50, 50)
    everything_was_told_once(stack)


@pytest.mark.parametrize("how", ["gone", "hanging"])
def test_without_valkey_reports_are_saved_soon_and_new_visitors_come_in(
    stack: Stack, people: dict[str, int], how: str
) -> None:
    reporter, visitor = Visitor(stack.address), Visitor(stack.address)
    reporter.sign_in(people["li"])
    fields = reporter.form()
    title = f"{how}：单元门关不上"
    phone = {"gone": "13811110001", "hanging": "13811110002"}[how]
    old = stack.pid("valkey")
    with stack.stopped("valkey") if how == "gone" else stack.frozen("valkey"):
        begun = time.monotonic()
        answer = reporter.post("/report/", **fields, text=title)
        assert time.monotonic() - begun < SOON
        assert answer.status == 302, answer
        page = visitor.get("/sign-in/")
        token = {"csrfmiddlewaretoken": page.field("csrfmiddlewaretoken")}
        begun = time.monotonic()
        assert visitor.post("/sign-in/", **token, phone=phone).location == "/sign-in/code/"
        assert time.monotonic() - begun < SOON
        code = sent_code(stack, phone)
        page = visitor.get("/sign-in/code/")
        fields = {name: page.field(name) for name in ("csrfmiddlewaretoken", "ticket")}
        assert visitor.post("/sign-in/code/", **fields, code=code).status == 302
        assert visitor.get("/inbox/").status in (200, 302)
    assert wait_until(lambda: stack.pid("valkey") != 0 and (how == "hanging" or stack.pid("valkey") != old), seconds=30)
    assert wait_until(lambda: told(stack, title) == (2, 1), seconds=SETTLED), told(stack, title)


def sent_code(stack: Stack, phone: str) -> str:
    """The code that the demo's gateway got for a phone."""
    found: list[str] = []

    def came() -> bool:
        texts = stack.ask("SELECT text FROM notifications_demosms WHERE phone = %s", phone)
        found.extend(re.findall(r"\b\d{6}\b", texts[-1][0]) if texts else [])
        return bool(found)

    assert wait_until(came, seconds=PATIENCE)
    return found[0]


def told(stack: Stack, title: str) -> tuple[int, int]:
    """How many messages lie in inboxes and how many texts at the gateway about a report."""
    about = "(SELECT 'grievances.case:' || id FROM grievances_case WHERE title = %s)"
    rows = f"SELECT id FROM core_outboxrow WHERE kind = 'grievances.reported' AND about IN {about}"
    messages = stack.count(f"SELECT count(*) FROM notifications_message WHERE row_id IN ({rows})", title)
    keys = f"SELECT key FROM notifications_delivery WHERE row_id IN ({rows})"
    return messages, stack.count(f"SELECT count(*) FROM notifications_demosms WHERE key IN ({keys})", title)


class Readers:
    """People who read pages all the time; every answer is kept."""

    def __init__(self, stack: Stack, people: list[int]) -> None:
        self.answers: list[Answer] = []
        self.unanswered: list[BaseException] = []
        self._over = threading.Event()
        self._threads = []
        for pk in people:
            visitor = Visitor(stack.address)
            visitor.sign_in(pk)
            self._threads.append(threading.Thread(target=self._read, args=(visitor,), daemon=True))
        for thread in self._threads:
            thread.start()

    def _read(self, visitor: Visitor) -> None:
        while not self._over.is_set():
            for path in ("/", "/my-cases/", "/inbox/"):
                try:
                    self.answers.append(visitor.get(path))
                except NO_ANSWER as problem:
                    self.unanswered.append(problem)

    def next(self, wanted: Callable[[Answer], bool], number: int = 1) -> None:
        """Wait until so many answers of a sort came from now on."""
        begun = len(self.answers)
        assert wait_until(lambda: sum(map(wanted, self.answers[begun:])) >= number, seconds=PATIENCE)

    def stop(self) -> None:
        """Let them read no more."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)


def fine(answer: Answer) -> bool:
    """Whether the page came."""
    return answer.status == 200


def busy(answer: Answer) -> bool:
    """Whether the page said to wait a moment."""
    return answer.status == 503


def test_postgresql_restarted_under_load_is_a_pause(stack: Stack, people: dict[str, int]) -> None:
    web = stack.pid("web")
    readers = Readers(stack, [people["li"], people["sun"]])
    crowd = Crowd(stack, [people["liu"], people["wang"]], "重启时")
    for with_signal in (signal.SIGINT, signal.SIGKILL):
        crowd.let(6)
        crowd.some_answered(5)
        with stack.stopped("postgres", with_signal):
            readers.next(busy)
        readers.next(fine, 12)
        crowd.some_answered()
    crowd.go_home()
    readers.stop()
    assert readers.unanswered == []
    assert {answer.status for answer in readers.answers} == {200, 503}
    for answer in filter(busy, readers.answers):
        assert answer.retry_after
        assert "邻里正在重新连接" in answer.text
    assert stack.pid("web") == web
    assert cases_of(stack, "重启时") == (12, 12)
    walked = stack.manage("verify_history")
    assert walked.returncode == 0, walked.stderr
    everything_was_told_once(stack)


def waiting(stack: Stack) -> tuple[int, int]:
    """How many effects and how many texts are not done yet."""
    return (
        stack.count("SELECT count(*) FROM core_outboxwork WHERE done_at IS NULL"),
        stack.count("SELECT count(*) FROM notifications_delivery WHERE state = 'waiting'"),
    )


def everything_was_told_once(stack: Stack) -> None:
    """Wait until nothing waits; then every notice is once in each inbox and once at the gateway."""
    assert wait_until(lambda: waiting(stack) == (0, 0), seconds=SETTLED), waiting(stack)
    states = dict(stack.ask("SELECT state, count(*) FROM notifications_delivery GROUP BY state"))
    assert set(states) == {"sent"}, states
    keys = stack.ask("SELECT key FROM notifications_delivery ORDER BY key")
    assert stack.ask("SELECT key FROM notifications_demosms ORDER BY key") == keys
    texts = stack.count("SELECT count(DISTINCT text) FROM notifications_demosms WHERE text LIKE %s", "%已收到%")
    cases = stack.count("SELECT count(*) FROM grievances_case")
    assert texts == cases
    inboxes = stack.ask(
        "SELECT row_id, count(*), count(DISTINCT person_id) FROM notifications_message"
        " WHERE kind = 'grievances.reported' GROUP BY row_id"
    )
    assert len(inboxes) == cases
    assert {(messages, people) for _row, messages, people in inboxes} == {(2, 2)}
    page = stack.manage("doctor")
    assert page.returncode == 0, page.stdout
