"""The run: the portal under gunicorn as deploy/ starts it, its pages asked one by one and eight at a time."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import get_cookie_signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageChops

from bench.client import Browser, one_by_one, together
from communities.models import RoleGrant
from communities.queries import COOKIE, COOKIE_SALT
from core import figures, outbox
from core.media.queries import for_owner
from grievances.models import Case
from notifications.models import Message

CLIENTS: Final = 8
ASKED: Final = 30
ROUNDS: Final = 3
SECONDS: Final = 2.0
PHOTOS: Final = 8
NOTICES: Final = 1000
WORDS: Final = "楼道的灯又不亮了，晚上回家看不见台阶，请来看一看。"
TABLES: Final = ("grievances_case", "grievances_casehistory", "grievances_caseholder", "core_steptext")


@dataclass(frozen=True)
class Measured:
    """One line of the report: milliseconds at one client, answers a second at eight, queries (GET only)."""

    name: str
    p50: float
    p95: float
    rate: float
    queries: int | None


@dataclass(frozen=True)
class Who:
    """The people who ask: a resident with a case of theirs, and the official of its street."""

    case: Case
    resident: Any
    official: Any

    @classmethod
    def find(cls) -> "Who":
        """Raises ValueError where no street with cases has an official."""
        grants = RoleGrant.objects.filter(role="street_official", area__kind="street").select_related("area")
        for grant in grants.order_by("pk"):
            cases = Case.objects.filter(street=grant.area_id, reporter__user__isnull=False, closed_at__isnull=False)
            case = cases.order_by("-pk").select_related("reporter__user").first()
            if case is not None and case.reporter is not None:
                return cls(case, case.reporter.user, get_user_model().objects.get(person=grant.person_id))
        raise ValueError("no street with cases has an official: load the demo city first")


def measure() -> list[Measured]:
    """Ask every page and form, the floor first, in three rounds of the same run; the median of each number."""
    rounds = [_round() for _number in range(ROUNDS)]
    return [_middle(lines) for lines in zip(*rounds, strict=True)]


def _middle(lines: tuple[Measured, ...]) -> Measured:
    p50, p95, rate = (median(getattr(line, name) for line in lines) for name in ("p50", "p95", "rate"))
    return Measured(lines[0].name, p50, p95, rate, lines[0].queries)


def _round() -> list[Measured]:
    who = Who.find()
    pages = (
        ("trivial view", who.resident, "/bench/nothing/"),
        ("plain page of 50 rows", who.resident, "/bench/fifty/"),
        ("one case", who.resident, f"/cases/{who.case.pk}/"),
        ("my cases", who.resident, "/my-cases/"),
        ("list of a street × state", who.official, "/desk/?state=doing"),
        ("list behind a number", who.official, "/staff/cases/?figure=open"),
        ("street board", who.official, "/staff/board/"),
    )
    with _served() as port:
        figures.fold_all()  # as the sweeper does all the time
        found = [_page(port, who, name, user, path) for name, user, path in pages]
        return [*found, *_writes(port, who), _photo(port, who), _notices()]


def _photo(port: int, who: Who) -> Measured:
    """A photo of 12 megapixels sent from a phone: checked to its last byte and kept (a worker makes its copies)."""
    browser = _browser(port, _signed_in(who.resident, who.case))
    browser.get("/report/")
    photo = _of_twelve_megapixels()
    p50, p95 = one_by_one(lambda: browser.send("/media/photos", photo), PHOTOS)
    for_owner(f"person:{who.resident.person_id}").update(expires_at=timezone.now())  # the next round's are not too many
    return Measured("a photo of 12 megapixels", p50, p95, 0, None)


def _of_twelve_megapixels() -> bytes:
    """A picture with as much in it as a phone's: soft shapes, fine grain."""
    soft = Image.effect_mandelbrot((1000, 750), (-2, -1.2, 1, 1.2), 60).resize((4000, 3000))
    grain = Image.effect_noise((4000, 3000), 12)
    file = BytesIO()
    Image.merge("RGB", [ImageChops.add(soft, grain, 2), soft, ImageChops.invert(soft)]).save(file, "JPEG", quality=88)
    return file.getvalue()


def _notices() -> Measured:
    """Messages that one worker makes of what happened, by its own processor time: waiting, it leaves the core to others."""
    before, began = Message.objects.count(), time.process_time()
    done = 0
    while done < NOTICES:
        taken = outbox.drain(at=timezone.now(), limit=100)
        done += taken
        if not taken:
            break
    seconds = time.process_time() - began
    return Measured("notices (a second and core)", 0, 0, (Message.objects.count() - before) / seconds, None)


def sizes() -> dict[str, float]:
    """Bytes per case of each table with its indexes."""
    cases = Case.objects.count()
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
            found[table] = cursor.fetchone()[0] / cases
    return found


def _page(port: int, who: Who, name: str, user: Any, path: str) -> Measured:
    cookies = _signed_in(user, who.case)
    takes = [_getting(_browser(port, cookies), path) for _client in range(CLIENTS)]
    p50, p95 = one_by_one(takes[0], ASKED)
    return Measured(name, p50, p95, together(takes, SECONDS), None if "/bench/" in path else _queries(cookies, path))


def _getting(browser: Browser, path: str) -> Callable[[], float]:
    return lambda: browser.get(path)


def _writes(port: int, who: Who) -> Iterator[Measured]:
    """Reporting without a photo, and withdrawing what was reported: a step with history, figures and notices."""
    cookies = _signed_in(who.resident, who.case)
    made: list[str] = []
    takes = [_reporting(_browser(port, cookies), who, made) for _client in range(CLIENTS)]
    p50, p95 = one_by_one(takes[0], ASKED)
    yield Measured("create a case", p50, p95, together(takes, SECONDS), None)
    browsers = [_browser(port, cookies) for _client in range(CLIENTS)]
    for browser in browsers:
        browser.get("/report/")
    p50, p95 = one_by_one(lambda: _withdraw(browsers[0], made), min(ASKED, len(made) - 3))
    yield Measured("a step (withdraw)", p50, p95, _rest(browsers, made), None)


def _rest(browsers: list[Browser], made: list[str]) -> float:
    """Steps a second at eight clients, over what is left to withdraw."""
    seconds = min(SECONDS, len(made) / 400)

    def taking(browser: Browser) -> Callable[[], float]:
        return lambda: _withdraw(browser, made)

    return together([taking(browser) for browser in browsers], seconds) if seconds else 0.0


def _reporting(browser: Browser, who: Who, made: list[str]) -> Callable[[], float]:
    browser.get("/report/")
    said = {"text": WORDS, "area": str(who.case.area_id), "kind": "help", "visibility": "not_public", "address": ""}

    def take() -> float:
        took, address = browser.post("/report/", said | {"once": str(uuid.uuid4())})
        made.append(address.split("?")[0])
        return took

    return take


def _withdraw(browser: Browser, made: list[str]) -> float:
    return browser.post(f"{made.pop(0)}withdraw/", {"once": str(uuid.uuid4())})[0]


def _browser(port: int, cookies: dict[str, str]) -> Browser:
    return Browser(port, dict(cookies))


def _signed_in(user: Any, case: Case) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return cookies | {COOKIE: get_cookie_signer(salt=COOKIE + COOKIE_SALT).sign(str(case.community_id))}


def _queries(cookies: dict[str, str], path: str) -> int:
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies.load(cookies)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


@contextmanager
def _served() -> Iterator[int]:
    """The portal on a free port of this machine, with the workers and threads of deploy/."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "python:bench.serving"]
    command += ["--worker-class", "gthread", "--workers", "2"]
    command += ["--threads", "4", "--keep-alive", "75", "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "warning"]
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | {"DEBUG": "0"})
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=40)


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise TimeoutError("the portal did not start within a minute")
