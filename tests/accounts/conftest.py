"""What the tests of sign-in share: people, and the code that lies ready to be sent."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from accounts import actions
from accounts.models import Person, SignInCode, User

PHONE = "13812342046"
OTHER_PHONE = "13912342047"
PASSWORD = "windy-harbour-42"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def waiting_code(phone: str = PHONE, purpose: str = "sign_in") -> str:
    """The digits that wait to be sent to a phone."""
    newest = SignInCode.objects.filter(phone=phone, purpose=purpose).order_by("-id").first()
    assert newest is not None
    return newest.sendable


def wrong(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
def at() -> datetime:
    """A fixed noon."""
    return NOON


@pytest.fixture
def person(db: None) -> Person:
    """李晓梅, a resident with a phone."""
    return actions.register_person(name="李晓梅", phone=PHONE, at=NOON)


@pytest.fixture
def other(db: None) -> Person:
    """王建国, another resident."""
    return actions.register_person(name="王建国", phone=OTHER_PHONE, at=NOON)


@pytest.fixture
def user(person: Person) -> User:
    """The sign-in of 李晓梅: code only, consent given."""
    actions.consent_to_privacy(person=person, at=NOON)
    return actions.make_user(person=person, at=NOON)


@pytest.fixture
def staff(other: Person) -> User:
    """The sign-in of 王建国: staff name and password, consent given."""
    actions.consent_to_privacy(person=other, at=NOON)
    return actions.make_user(person=other, at=NOON, login="wangjg", password=PASSWORD)


@pytest.fixture
def ask(client: Client, db: None) -> Callable[[str, str], None]:
    """Ask for a code in the browser."""

    def asking(phone: str = PHONE, next_address: str = "/privacy/") -> None:
        response = client.post("/sign-in/", {"phone": phone, "next": next_address})
        assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/code/")

    return asking


@pytest.fixture
def visitor() -> Client:
    """A second browser."""
    return Client()


def session_key(client: Client) -> str:
    """The session key that a browser holds, "" without one."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""
