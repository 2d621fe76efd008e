"""Doors (专门渠道) as the city set them; where it set nothing yet, as they are delivered."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import Http404

from grievances.models import Case, Category, Door
from grievances.queries.calling import Call, call_at

AFTER_SETTLING = frozenset({"petition", "court"})
DELIVERED = Path(__file__).resolve().parents[1] / "doors.csv"


def door_subject(code: str) -> str:
    """How a door is named among the changes of settings."""
    return f"door:{code}"


@cache
def delivered_doors() -> tuple[dict[str, str], ...]:
    """The doors that come with the portal, as rows of text."""
    with DELIVERED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def delivered(row: dict[str, str], order: int) -> Door:
    """A delivered row as a door that is not saved."""
    return Door(**{**row, "is_danger": row["is_danger"] == "1", "order": order})


def all_doors() -> list[Door]:
    """Every door in order, those switched off too; one query. What the city changed goes before what was delivered."""
    kept = {door.code: door for door in Door.objects.all()}
    rows = [delivered(row, order) for order, row in enumerate(delivered_doors())]
    found = [kept.pop(door.code, door) for door in rows]
    return [*found, *kept.values()]


def open_doors() -> list[Door]:
    """The doors that residents are shown, dangers first."""
    return sorted((door for door in all_doors() if door.is_active), key=lambda door: not door.is_danger)


def door_by_code(code: str) -> Door:
    """A door that is shown; raises Http404."""
    found = next((door for door in open_doors() if door.code == code), None)
    if found is None:
        raise Http404
    return found


def door_set(code: str) -> Door:
    """A door for its settings, shown or not; raises Http404."""
    found = next((door for door in all_doors() if door.code == code), None)
    if found is None:
        raise Http404
    return found


def door_of(category: Category | None) -> Door | None:
    """The door at which a category ends, or its main one; None where it is for this portal."""
    if category is None:
        return None
    marked = Door.objects.filter(is_active=True, categories__in=[category.pk, category.parent_id or category.pk])
    return marked.order_by("order", "pk").first()


@dataclass(frozen=True)
class NextDoors:
    """Where a matter can still go: whom to call at the street, and the doors of the city."""

    street: Call | None
    doors: list[Door]


def next_doors(case: Case) -> NextDoors:
    """Where a resident may go who is not content with how a case was settled, or may not send it back again."""
    doors = [door for door in open_doors() if door.code in AFTER_SETTLING]
    return NextDoors(call_at(case.street) if case.street is not None else None, doors)
