"""Duty hours: the spans of each weekday at an area."""

from collections.abc import Iterable
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy

from communities.actions.changes import check_unmoved, keep_change
from communities.models import Area, DutyHours, Person
from communities.roles import roles_at
from communities.rules import NotAllowed, may_administer
from core import once as keys
from core import outbox

DUTY_CHANGED: Final = "communities.duty_changed"
Span = tuple[int, time, time]


def duty_subject(area_id: int) -> str:
    """How an area's duty hours are named among the changes of settings."""
    return f"duty:{area_id}"


def set_duty_hours(
    *, area: Area, spans: Iterable[Span], by: Person | None, at: datetime, expect: int | None = None,
    once: keys.Key | None = None, address: str = "",
) -> None:  # fmt: skip
    """Replace the duty hours of an area by ``spans`` (weekday 0 = Monday, start, end); none: inherited.

    Raises NotAllowed, SettingMoved, AlreadyDone; ValueError when spans of a day overlap or end before they begin.
    """
    if by is not None and not may_administer(roles_at(by, area)):
        raise NotAllowed
    wanted = checked_spans(spans)
    with transaction.atomic():
        keys.spend(once, address)
        Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area.pk)
        subject = duty_subject(area.pk)
        check_unmoved(subject=subject, expect=expect)
        held = DutyHours.objects.filter(area=area).order_by("weekday", "start")
        before = [(row.weekday, row.start, row.end) for row in held]
        held.delete()
        DutyHours.objects.bulk_create(
            DutyHours(area=area, weekday=day, start=start, end=end) for day, start, end in wanted
        )
        change = keep_change(subject=subject, area=area, before=_said(before), after=_said(wanted), by=by, at=at)
        if change is not None:
            kind = DUTY_CHANGED
            outbox.put(kind, about=f"communities.area:{area.pk}", key=f"{kind}:{change.pk}", at=at)


def checked_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; raises ValueError with the sentence of what does not fit."""
    wanted = sorted(spans)
    if any(end <= start for _day, start, end in wanted):
        raise ValueError(gettext_lazy("下班时间要晚于上班时间。"))
    for before, after in pairwise(wanted):
        if before[0] == after[0] and after[1] < before[2]:
            raise ValueError(gettext_lazy("同一天的两段时间不能重叠。"))
    return wanted


def _said(spans: list[Span]) -> dict[str, str] | None:
    """The spans by weekday as the changes of settings keep them; None where the area has none of its own."""
    said: dict[str, str] = {}
    for day, start, end in spans:
        said[str(day)] = " ".join(filter(None, [said.get(str(day), ""), f"{start:%H:%M}–{end:%H:%M}"]))
    return said or None


outbox.kinds.register(DUTY_CHANGED, gettext_lazy("值班时间变了"))
