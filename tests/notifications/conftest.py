from datetime import datetime

import pytest
from django.utils import timezone

from accounts.actions import consent_to_privacy
from accounts.models import Person, User
from core.notices import Recipient
from tests.communities.make import small_linfen
from tests.notifications.bell import PHONE, Bell, ToldGateway


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def bell(monkeypatch) -> Bell:
    return Bell(monkeypatch)


@pytest.fixture
def gateway(settings, monkeypatch) -> type[ToldGateway]:
    """A gateway that does not know keys, and notes what it sent."""
    monkeypatch.setattr(ToldGateway, "sent", [])
    monkeypatch.setattr(ToldGateway, "answers", [])
    settings.SMS_GATEWAY = "tests.notifications.bell.ToldGateway"
    return ToldGateway


@pytest.fixture
def li(db) -> Person:
    """李晓梅, a resident with a phone."""
    return Person.objects.create(name="李晓梅", phone=PHONE)


@pytest.fixture
def wang(db) -> Person:
    """王建国, another resident."""
    return Person.objects.create(name="王建国", phone="13912342047")


@pytest.fixture
def linfen(db):
    return small_linfen()


@pytest.fixture
def both(li) -> Recipient:
    """李, by inbox and SMS."""
    return Recipient(as_role="both", person_id=li.pk, phone=li.phone)


@pytest.fixture
def browser(client):
    """Sign a person in: browser(person) is a client."""

    def signed_in(person: Person):
        if not User.objects.filter(person=person).exists():
            User.objects.create_user(f"user{person.pk}", person=person)
            consent_to_privacy(person=person, at=timezone.now())
        client.force_login(person.user)
        return client

    return signed_in
