from datetime import UTC, datetime

import pytest


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def files(settings, tmp_path):
    """A private storage of the test's own; gives its folder."""
    storages = dict(settings.STORAGES)
    storages["private"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = storages
    return tmp_path


@pytest.fixture
def stored(files):
    """A function that lists the names of all stored photo files."""

    def names():
        return sorted(str(path.relative_to(files)) for path in (files / "photos").rglob("*") if path.is_file())

    return names
