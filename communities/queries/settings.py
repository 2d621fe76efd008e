"""Reading settings: who changed what, whom a setting may name."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.models import (
    Area,
    DutyHours,
    ModuleSwitchLog,
    Organisation,
    Person,
    Role,
    RoleGrant,
    SettingChange,
    ids_above,
)
from communities.queries.places import calendar_for
from core.saying import weekday_words
from core.worktime import CITY, Hours

CHANGES_SHOWN = 20
NAMED_AT_MOST = 200
EXAMPLE_WEEKDAY, EXAMPLE_TIME, EXAMPLE_HOURS = 4, time(17), 4


def newest_change(subject: str) -> int:
    """The number of the newest change of a setting, 0 before the first: a form carries it as ``expect``."""
    return SettingChange.objects.filter(subject=subject).order_by("-id").values_list("pk", flat=True).first() or 0


def changes_of(subjects: Collection[str], limit: int = CHANGES_SHOWN) -> list[SettingChange]:
    """The newest changes of these settings, each with who made it and where; one query."""
    changes = SettingChange.objects.filter(subject__in=subjects).select_related("by", "area")
    return list(changes.order_by("-id")[:limit])


def organisations_within(area: Area, limit: int = NAMED_AT_MOST) -> list[Organisation]:
    """Open organisations that serve the area, one above it or one below it, by name; at most ``limit``."""
    near = Q(lft__gte=area.lft, rght__lte=area.rght) | Q(lft__lte=area.lft, rght__gte=area.rght)
    areas = Area.objects.filter(near, tree_id=area.tree_id, valid_until=None)
    serving = Organisation.objects.filter(closed_at=None, areas__in=areas.order_by().values("pk"))
    return list(serving.order_by("name", "pk").distinct()[:limit])


def people_within(area: Area, limit: int = NAMED_AT_MOST) -> list[Person]:
    """People who can sign in and hold a role at the area or below it, the highest place first; at most ``limit``."""
    now = timezone.now()
    grants = RoleGrant.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=now), valid_from__lte=now, person__user__is_active=True,
        area__tree_id=area.tree_id, area__lft__gte=area.lft, area__rght__lte=area.rght,
    ).exclude(role=Role.AUDITOR)  # fmt: skip
    found = grants.select_related("person").order_by("area__level", "area__lft", "pk")[: limit * 2]
    return list({grant.person_id: grant.person for grant in found}.values())[:limit]


@dataclass(frozen=True)
class Told:
    """A change as people read it: who, when, where, what sort of change, and (what, from, to) of each field."""

    who: str
    at: datetime
    place: str
    what: str
    lines: list[tuple[str, str, str]]


def told(
    changes: Collection[SettingChange], labels: Mapping[str, Any], words: Callable[[str, Any], str],
    names: Mapping[str, str] | None = None,
) -> list[Told]:  # fmt: skip
    """The changes in words: ``labels`` names the fields to show, ``words`` says a field's value.

    ``names`` says what each subject is, where several are listed together.
    """
    return [
        Told(
            who=str(change.by) if change.by is not None else _("系统"), at=change.at,
            place=change.area.name if change.area is not None else "",
            what=" · ".join(filter(None, [(names or {}).get(change.subject, ""), _sort(change)])),
            lines=differing(change.before or {}, change.after or {}, labels, words),
        )
        for change in changes
    ]  # fmt: skip


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, Any], words: Callable[[str, Any], str]
) -> list[tuple[str, str, str]]:
    """(label, from, to) of each labelled field that differs."""
    return [
        (str(label), words(name, before.get(name)), words(name, after.get(name)))
        for name, label in labels.items()
        if before.get(name) != after.get(name)
    ]


def plain_words(value: Any) -> str:
    """A value as people read it: 是, 否, — for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def _sort(change: SettingChange) -> str:
    if change.before is None:
        return _("新加")
    return _("去掉") if change.after is None else _("修改")


def hours_from(area: Area) -> Area | None:
    """The nearest area up the tree whose duty hours are used here; None: those every place begins with."""
    held = DutyHours.objects.filter(area__in=ids_above(area.pk)).select_related("area").order_by("-area__level")
    row = held.first()
    return row.area if row is not None else None


def spans_words(hours: Mapping[int, Hours]) -> dict[str, str]:
    """The spans of each weekday as words: {"0": "08:30–12:00 14:30–18:00"}."""
    return {
        str(day): " ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)
        for day, spans in hours.items()
        if spans
    }


def duty_effect(area: Area, now: datetime) -> dict[str, str]:
    """What the hours mean for a report of next Friday 17:00 whose first contact is due within 4 working hours.

    Returns the words of the example: ``start``, ``hours`` and ``due`` ("周一 11:00").
    """
    local = now.astimezone(CITY)
    friday = local.date() + timedelta((EXAMPLE_WEEKDAY - local.weekday()) % 7)
    start = datetime.combine(friday, EXAMPLE_TIME, CITY)
    due = calendar_for(area).add(start, EXAMPLE_HOURS * 60)
    day = weekday_words(due)
    if due.date() - friday > timedelta(6):
        day = f"{due:%m-%d} {day}"
    return {"start": f"{weekday_words(start)} {start:%H:%M}", "hours": str(EXAMPLE_HOURS), "due": f"{day} {due:%H:%M}"}


def newest_switch_change(area: Area, module: str) -> ModuleSwitchLog | None:
    """The newest change of a module's switch at exactly this area."""
    changes = ModuleSwitchLog.objects.filter(area=area, module=module).select_related("by")
    return changes.order_by("-at", "-pk").first()


def switch_changes(area: Area, module: str = "", limit: int = CHANGES_SHOWN) -> list[ModuleSwitchLog]:
    """The newest changes of switches at exactly this area: of all modules, or of one."""
    changes = ModuleSwitchLog.objects.filter(area=area).select_related("by", "area")
    return list((changes.filter(module=module) if module else changes).order_by("-at", "-pk")[:limit])


def told_switches(
    changes: Collection[ModuleSwitchLog], labels: Mapping[str, Any], words: Callable[[str, Any], str],
    names: Mapping[str, Any],
) -> list[Told]:  # fmt: skip
    """Changes of switches in words; ``names`` are the modules' names, ``labels`` name switch, lock and options."""
    return [
        Told(
            who=str(change.by) if change.by is not None else _("系统"), at=change.at, place=change.area.name,
            what=str(names.get(change.module, change.module)),
            lines=differing(flat_switch(change.before), flat_switch(change.after), labels, words),
        )
        for change in changes
    ]  # fmt: skip


def flat_switch(said: dict[str, Any] | None) -> dict[str, Any]:
    """A switch with its options beside it; no switch is inherited."""
    if said is None:
        return {"state": "inherit"}
    return {"state": said["state"], "locked": said["locked"], **said["options"]}
