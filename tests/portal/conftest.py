import pytest
from django.urls import reverse
from django.utils import timezone

from core.outbox import OutboxRow
from notifications.models import Message
from tests.grievances.town import Town, build


@pytest.fixture
def town(db) -> Town:
    """Two communities with the people of tests/grievances/town.py."""
    return build(timezone.now())


@pytest.fixture
def browser(client, town):
    """A visitor who chose 滨河社区."""
    client.post(reverse("community_set"), {"community": town.areas["滨河社区"].pk})
    return client


@pytest.fixture
def at_home(browser):
    """A function that signs a person in where 滨河社区 was chosen."""

    def sign_in(person):
        browser.force_login(person.user)
        return browser

    return sign_in


@pytest.fixture
def write_to(town):
    """A function that puts one unread message into a person's inbox."""

    def write(person):
        row = OutboxRow.objects.filter(about=f"grievances.case:{town.report().pk}").latest("pk")
        return Message.objects.create(row=row, person=person, kind=row.kind, title="已收到", at=town.now)

    return write
