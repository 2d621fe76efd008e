"""Opening a masked value: only with a right and a reason, and its owner can read it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts import actions, queries, rules
from accounts.actions.openings import MayNotOpen, NoReason
from accounts.models import OpeningLog, Person, User

from .conftest import PHONE

pytestmark = pytest.mark.django_db
SUBJECT = "tests.matter:7"


@pytest.fixture(autouse=True)
def matter() -> Iterator[None]:
    """A kind of subject whose number 7 opens everything."""
    rules.openings.register("tests.matter", _seven)
    yield
    rules.openings._items.pop("tests.matter")


def _seven(opener: Person, person: Person, number: int) -> bool:
    return number == 7


def opening(opener: Person, person: Person, at: datetime, **more: str) -> str:
    given = {"field": "phone", "subject": SUBJECT, "reason": "约上门时间"} | more
    return actions.open_value(opener=opener, person=person, at=at, **given)


def test_the_full_value_is_shown_and_the_opening_kept(person: Person, other: Person, at: datetime) -> None:
    assert opening(other, person, at) == PHONE
    row = queries.openings_of(person).get()
    assert (row.opener, row.field, row.subject, row.reason) == (other, "phone", SUBJECT, "约上门时间")


@pytest.mark.parametrize(
    "more",
    [
        {"subject": ""},
        {"subject": "tests.matter:8"},
        {"subject": "tests.matter:x"},
        {"subject": "unknown.thing:7"},
        {"field": "id_hash"},
        {"field": "user"},
        {"field": "pk"},
    ],
)
def test_without_a_right_nothing_is_shown(person: Person, other: Person, at: datetime, more: dict[str, str]) -> None:
    with pytest.raises(MayNotOpen):
        opening(other, person, at, **more)
    assert not OpeningLog.objects.exists()


def test_a_reason_is_needed(person: Person, other: Person, at: datetime) -> None:
    with pytest.raises(NoReason):
        opening(other, person, at, reason="  ")
    assert not OpeningLog.objects.exists()


def test_ones_own_value_needs_no_reason_and_leaves_no_row(person: Person, at: datetime) -> None:
    assert opening(person, person, at, reason="", subject="") == PHONE
    assert not OpeningLog.objects.exists()


def test_rows_cannot_be_changed_or_deleted_but_a_reason_can_be_blanked(
    person: Person, other: Person, at: datetime
) -> None:
    opening(other, person, at)
    for change in (
        lambda rows: rows.update(reason="x"),
        lambda rows: rows.delete(),
        lambda rows: rows.update(field=""),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(OpeningLog.objects.all())
    OpeningLog.objects.update(reason="")
    assert OpeningLog.objects.get().reason == ""


def test_the_view_answers_and_the_owner_reads_it(client: Client, visitor: Client, staff: User, user: User) -> None:
    client.force_login(staff)
    asked = {"person": user.person_id, "field": "phone", "subject": SUBJECT, "reason": "约上门时间"}
    assert PHONE in client.post("/people/open-value/", asked).content.decode()
    fragment = client.post("/people/open-value/", asked, headers={"HX-Request": "true"}).content.decode()
    assert PHONE in fragment
    assert "<html" not in fragment
    visitor.force_login(user)
    page = visitor.get("/me/security/").content.decode()
    assert "王建国 看了您的手机号" in page
    assert "约上门时间" in page


def test_the_view_refuses(client: Client, staff: User, user: User) -> None:
    asked = {"person": user.person_id, "field": "phone", "subject": "tests.matter:8", "reason": "x"}
    assert client.post("/people/open-value/", asked)["Location"].startswith("/sign-in/")
    client.force_login(staff)
    refused = client.post("/people/open-value/", asked)
    assert refused.status_code == 404
    assert PHONE not in refused.content.decode()
    assert client.get("/people/open-value/").status_code == 405
    assert client.post("/people/open-value/", {"person": "x"}).status_code == 422
