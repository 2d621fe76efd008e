from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Person
from core.workflow import Actor
from tests.things.models import Thing
from tests.things.steps import flow


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def owner(db) -> Person:
    return Person.objects.create(name="李晓梅", phone="13812342046")


@pytest.fixture
def other(db) -> Person:
    return Person.objects.create(name="王强", phone="13912342047")


@pytest.fixture
def thing(owner, now) -> Thing:
    """A thing that its owner made an hour ago."""
    return flow.begin("make", Thing(name="lamp", owner=owner), actor=Actor.of(owner), at=now - timedelta(hours=1))
