from datetime import datetime

import pytest
from django.utils import timezone

from core.media import actions as media
from tests.core.media.pictures import encoded, scene, sent
from tests.grievances.town import Town, build


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def town(db, now) -> Town:
    """Two communities with the people of tests/grievances/town.py."""
    return build(now)


@pytest.fixture
def at_work(client):
    """A function that signs a person in: ``at_work(town.zhao)`` gives their browser."""

    def sign_in(person):
        client.force_login(person.user)
        return client

    return sign_in


@pytest.fixture
def files(settings, tmp_path):
    """A private storage of the test's own."""
    storages = dict(settings.STORAGES)
    storages["private"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = storages
    return tmp_path


@pytest.fixture
def shoot(files, now):
    """A function that takes photos as drafts of a person and gives their ids."""

    def take(person, number=1):
        upload = encoded(scene())
        return [
            str(media.receive(owner=f"person:{person.pk}", upload=sent(upload, f"{index}.jpg"), at=now).pk)
            for index in range(number)
        ]

    return take
