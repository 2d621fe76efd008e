"""Categories and dispatch rules."""

from collections.abc import Sequence
from typing import Any

from grievances.models import Area, Category, DispatchRule


def load_categories(*, rows: Sequence[dict[str, str]], overwrite: bool = False) -> int:
    """Take in the catalogue's rows (mains before their subs); returns how many were new.

    A category that is there keeps what an administrator set, unless ``overwrite``.
    """
    made = 0
    for order, row in enumerate(rows):
        values: dict[str, Any] = {name: row[name] for name in ("name", "icon", "tier", "handler")}
        numbers = ("contact_hours", "done_hours", "photos_before", "photos_after", "least_text")
        values |= {name: int(row[name]) for name in numbers}
        values |= {"is_safety": row["is_safety"] == "1", "order": order}
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
