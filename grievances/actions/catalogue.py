"""Categories and dispatch rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from communities.actions import check_unmoved, keep_change
from communities.rules import NotAllowed
from core import once as keys
from grievances.models import Area, Category, DispatchRule, Person
from grievances.queries import category_subject
from grievances.rules import may_set_categories

URGENT = ("urgent_contact_hours", "urgent_done_hours")
SET = ("name", "tier", "contact_hours", "done_hours", *URGENT, "round_the_clock", "photos_before", "photos_after",
       "least_text", "handler", "is_safety", "needs_check")  # fmt: skip
KEPT = (*SET, "order", "is_active")


def load_categories(*, rows: Sequence[dict[str, str]], overwrite: bool = False) -> int:
    """Take in the catalogue's rows (mains before their subs); returns how many were new.

    A category that is there keeps what an administrator set, unless ``overwrite``.
    """
    made = 0
    for order, row in enumerate(rows):
        values: dict[str, Any] = {name: row[name] for name in ("name", "icon", "tier", "handler", "round_the_clock")}
        numbers = ("contact_hours", "done_hours", "photos_before", "photos_after", "least_text")
        values |= {name: int(row[name]) for name in numbers}
        values |= {name: int(row[name]) if row[name] else None for name in URGENT}
        values |= {"is_safety": row["is_safety"] == "1", "needs_check": row["needs_check"] == "1", "order": order}
        values["parent"] = Category.objects.get(code=row["parent"]) if row["parent"] else None
        _category, is_new = Category.objects.update_or_create(
            code=row["code"], defaults=values if overwrite else {}, create_defaults=values
        )
        made += is_new
    return made


def add_rule(
    *, area: Area, category: Category | None, role: str = "", organisation_kind: str = "", at_once: bool = False,
    order: int = 100,
) -> DispatchRule:  # fmt: skip
    """Add a dispatch rule at an area, aimed at a role or at the nearest organisation of a kind."""
    return DispatchRule.objects.create(
        area=area, category=category, role=role, organisation_kind=organisation_kind, at_once=at_once, order=order
    )


def add_category(
    *, parent_id: int, values: Mapping[str, Any], by: Person, at: datetime, once: keys.Key | None = None,
    address: str = "",
) -> Category:  # fmt: skip
    """Add a sub category at the end of a main one, with the next code of its own.

    ``values`` are the fields of SET. Raises NotAllowed, AlreadyDone.
    """
    with transaction.atomic():
        _begin(by, once, address)
        parent = Category.objects.select_for_update(no_key=True).get(pk=parent_id, parent=None)
        subs = list(parent.subs.all())
        category = Category(parent=parent, code=_next_code(parent), order=max((sub.order for sub in subs), default=0))
        for name in SET:
            setattr(category, name, values[name])
        category.save()
        keep_change(subject=category_subject(category.pk), before=None, after=said_of(category), by=by, at=at)
    return category


def change_category(
    *, category_id: int, values: Mapping[str, Any], by: Person, at: datetime, expect: int | None = None,
    once: keys.Key | None = None, address: str = "",
) -> Category:  # fmt: skip
    """Change a category's words, deadlines and demands. Deadlines of open cases keep their dates.

    ``values`` are the fields of SET. Raises NotAllowed, SettingMoved, AlreadyDone.
    """
    with transaction.atomic():
        _begin(by, once, address)
        category = Category.objects.select_for_update(no_key=True).get(pk=category_id)
        check_unmoved(subject=category_subject(category_id), expect=expect)
        before = said_of(category)
        for name in SET:
            setattr(category, name, values[name])
        _keep(category, before, by, at)
    return category


def set_category_active(
    *, category_id: int, active: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> Category:
    """Offer a category, or offer it no more; open cases of it go on. Raises NotAllowed, AlreadyDone."""
    with transaction.atomic():
        _begin(by, once, address)
        category = Category.objects.select_for_update(no_key=True).get(pk=category_id)
        before = said_of(category)
        category.is_active = active
        _keep(category, before, by, at)
    return category


def move_category(
    *, category_id: int, up: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> Category:
    """List a category before (or after) its neighbour of the same level. Raises NotAllowed, AlreadyDone."""
    with transaction.atomic():
        _begin(by, once, address)
        category = Category.objects.get(pk=category_id)
        line = list(
            Category.objects.select_for_update(no_key=True).filter(parent=category.parent_id).order_by("order", "pk")
        )
        place = next(index for index, one in enumerate(line) if one.pk == category_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(line):
            return category
        orders = [one.order for one in line]
        if len(set(orders)) < len(orders):
            orders = list(range(orders[0], orders[0] + len(orders)))
        line[place], line[other] = line[other], line[place]
        for one, order in zip(line, orders, strict=True):
            before, one.order = said_of(one), order
            _keep(one, before, by, at)
    return category


def said_of(category: Category) -> dict[str, Any]:
    """A category as the changes of settings keep it."""
    return {name: getattr(category, name) for name in KEPT}


def _begin(by: Person, once: keys.Key | None, address: str) -> None:
    if not may_set_categories(by):
        raise NotAllowed
    keys.spend(once, address)


def _keep(category: Category, before: dict[str, Any], by: Person, at: datetime) -> None:
    after = said_of(category)
    if after != before:
        category.save()
        keep_change(subject=category_subject(category.pk), before=before, after=after, by=by, at=at)


def _next_code(parent: Category) -> str:
    taken = set(Category.objects.filter(code__startswith=f"{parent.code}-").values_list("code", flat=True))
    number = len(taken) + 1
    while f"{parent.code}-{number:02d}" in taken:
        number += 1
    return f"{parent.code}-{number:02d}"
