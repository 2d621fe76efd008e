"""bin/demo --wait: progress in words until every case is made."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from _run import waiting
from _run.runlock import RunLock, address_of_run
from _run.say import Stop


class Portal(BaseHTTPRequestHandler):
    """Answers with what its server was told to say."""

    def do_GET(self) -> None:
        body = json.dumps(self.server.facts if self.path == "/demo/progress/" else {}).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Keep quiet."""


@pytest.fixture
def portal() -> Iterator[HTTPServer]:
    """A portal on a port of its own whose ``facts`` a test sets."""
    server = HTTPServer(("127.0.0.1", 0), Portal)
    server.facts = {"done": 300, "total": 2000, "finished": False}  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(portal: HTTPServer) -> str:
    return f"http://127.0.0.1:{portal.server_port}"


class Time:
    """A clock that moves by the pauses, and changes what the portal says at moments."""

    def __init__(self, portal: HTTPServer, **at: dict[str, object]) -> None:
        self.portal, self.at, self.seconds = portal, at, 0.0

    def now(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        for moment, facts in self.at.items():
            if self.seconds >= float(moment.strip("s")):
                self.portal.facts = facts  # type: ignore[attr-defined]


def test_it_tells_how_far_it_is_and_ends_when_all_is_there(
    portal: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    time = Time(
        portal, s15={"done": 900, "total": 2000, "finished": False}, s31={"done": 2000, "total": 2000, "finished": True}
    )
    waiting.wait_for_cases(address(portal), pause=time.pause, now=time.now)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in said[:-1]] == [
        "演示数据还在生成 300/2000", "演示数据还在生成 300/2000", "演示数据还在生成 900/2000", "演示数据还在生成 900/2000",
    ]  # fmt: skip
    assert "2000" in said[-1]
    assert "都齐了" in said[-1]


def test_without_progress_it_says_where_to_look(portal: HTTPServer) -> None:
    time = Time(portal)
    with pytest.raises(Stop) as stop:
        waiting.wait_for_cases(address(portal), pause=time.pause, now=time.now)
    assert "var/logs/worker.log" in str(stop.value)
    assert time.seconds > waiting.PATIENCE_SECONDS


def test_asked_to_stop_it_returns(portal: HTTPServer) -> None:
    time = Time(portal)
    waiting.wait_for_cases(address(portal), asked=lambda: time.seconds > 5, pause=time.pause, now=time.now)


def test_a_portal_that_is_not_there_tells_nothing() -> None:
    assert waiting.cases_made("http://127.0.0.1:1") is None


def test_the_address_of_a_run_is_known_while_it_lasts(tmp_path: Path) -> None:
    file = tmp_path / "run.lock"
    assert address_of_run(file) == ""
    lock = RunLock(file)
    lock.take(what="bin/demo", address="http://127.0.0.1:8000")
    assert address_of_run(file) == "http://127.0.0.1:8000"
    lock.release()
    assert address_of_run(file) == ""
