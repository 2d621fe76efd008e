"""Doors: the city sets their words, numbers, and which categories end there."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from communities.actions import check_unmoved, keep_change
from communities.rules import NotAllowed
from core import once as keys
from grievances.models import Door, Person
from grievances.queries import delivered, delivered_doors, door_subject
from grievances.rules import DangerStays, may_set_categories

DOOR_FIELDS = ("name", "matter", "words", "phone", "address", "is_active")


def load_doors() -> int:
    """Take in the delivered doors; what the city set stays. Returns how many were new."""
    made = 0
    for order, row in enumerate(delivered_doors()):
        if not Door.objects.filter(code=row["code"]).exists():
            delivered(row, order).save()
            made += 1
    return made


def change_door(
    *, code: str, values: Mapping[str, Any], category_ids: Collection[int], by: Person, at: datetime,
    expect: int | None = None, once: keys.Key | None = None, address: str = "",
) -> Door:  # fmt: skip
    """Change a door's words and numbers (``values``: DOOR_FIELDS) and the categories that end there.

    Raises NotAllowed, SettingMoved, DangerStays, AlreadyDone.
    """
    if not may_set_categories(by):
        raise NotAllowed
    with transaction.atomic():
        keys.spend(once, address)
        load_doors()
        door = Door.objects.select_for_update(no_key=True).get(code=code)
        check_unmoved(subject=door_subject(code), expect=expect)
        before = said_of_door(door)
        for name in DOOR_FIELDS:
            setattr(door, name, values[name])
        if door.is_danger and not (door.is_active and door.phone):
            raise DangerStays
        door.save()
        door.categories.set(category_ids)
        keep_change(subject=door_subject(code), before=before, after=said_of_door(door), by=by, at=at)
    return door


def said_of_door(door: Door) -> dict[str, Any]:
    """A door as the changes of settings keep it."""
    ids = sorted(door.categories.values_list("pk", flat=True)) if door.pk else []
    return {name: getattr(door, name) for name in DOOR_FIELDS} | {"categories": ids}
