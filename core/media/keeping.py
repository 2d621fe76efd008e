"""Where the files of photos lie: the private storage, under random names in a folder per day."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils import timezone

from core.media.models import Photo

ROOT = "photos"
CHECKED = "photos-checked"
GRACE = timedelta(days=1)
LOOK_BACK_DAYS = 30


def private() -> Storage:
    """The storage that no web address leads to."""
    return storages["private"]


def new_key(at: datetime, suffix: str) -> str:
    """Return a name nobody can guess, in the folder of the day of `at`."""
    return f"{ROOT}/{timezone.localtime(at):%Y%m%d}/{secrets.token_hex(20)}.{suffix}"


def keep(key: str, content: File) -> str:
    """Store a file and return the name it got."""
    content.seek(0)
    return private().save(key, content)


def throw_away(keys: Iterable[str]) -> None:
    """Delete files; a name that is empty or gone already is no error."""
    store = private()
    for key in keys:
        if key:
            store.delete(key)


def delete_orphans(*, at: datetime) -> int:
    """Delete files that no photo names: what a transaction that failed after storing left behind.

    New files only go into the folder of their day, so a folder is final two days later and is looked
    through once; a mark file remembers it. A file younger than a day is left alone, with its folder.

    Args:
        at: now.

    Returns:
        How many files were deleted.
    """
    today = timezone.localtime(at).date()
    deleted = 0
    for days in range(2, LOOK_BACK_DAYS):
        deleted += _look_through(today - timedelta(days=days), at)
    private().delete(f"{CHECKED}/{today - timedelta(days=LOOK_BACK_DAYS):%Y%m%d}")
    return deleted


def _look_through(day: date, at: datetime) -> int:
    store, folder, mark = private(), f"{ROOT}/{day:%Y%m%d}", f"{CHECKED}/{day:%Y%m%d}"
    if store.exists(mark):
        return 0
    try:
        names = store.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    keys = {f"{folder}/{name}" for name in names}
    orphans = keys - _named_keys(keys)
    old = {key for key in orphans if store.get_modified_time(key) <= at - GRACE}
    throw_away(old)
    if old == orphans:
        store.save(mark, ContentFile(b""))
    return len(old)


def _named_keys(keys: set[str]) -> set[str]:
    """Return those of the given names that a photo has as one of its three files."""
    found: set[str] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), 1000):
        part = ordered[start : start + 1000]
        for column in ("original_key", "shown_key", "thumb_key"):
            found.update(Photo.objects.filter(**{f"{column}__in": part}).values_list(column, flat=True))
    return found
