"""The city's calendar: holidays and make-up workdays (调休)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from chinese_calendar import constants
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.actions.changes import check_unmoved, keep_change
from communities.models import CalendarDay, Person, Role
from communities.roles import roles_anywhere
from communities.rules import NotAllowed
from core import once as keys
from core import outbox

# Two numbers that nothing else in the database locks.
CALENDAR_LOCK: Final = (7301, 2)
CALENDAR_CHANGED: Final = "communities.calendar_changed"


@dataclass(frozen=True)
class Day:
    """A day that differs from its weekday."""

    date: date
    is_working: bool
    note: str = ""


def calendar_subject(year: int) -> str:
    """How a year of the calendar is named among the changes of settings."""
    return f"calendar:{year}"


def set_days(
    *, days: Iterable[Day], by: Person, at: datetime, expect: int | None = None, once: keys.Key | None = None,
    address: str = "",
) -> int:  # fmt: skip
    """List days, or change what is listed; returns how many are new or differ from before.

    What counts in working time is worked out anew afterwards. Raises NotAllowed, AlreadyDone, and SettingMoved when the year
    of the first day was changed after change number ``expect``.
    """
    wanted = {day.date: day for day in days}
    with transaction.atomic():
        _begin(by, once, address, _year(wanted), expect)
        held = {row.date: row for row in CalendarDay.objects.filter(date__in=wanted)}
        changed = [day for day in wanted.values() if _said(held.get(day.date)) != _said(day)]
        for day in changed:
            CalendarDay.objects.update_or_create(
                date=day.date, defaults={"is_working": day.is_working, "note": day.note}
            )
        _keep([(day.date, held.get(day.date), day) for day in changed], by, at)
    return len(changed)


def remove_day(
    *, day: date, by: Person, at: datetime, expect: int | None = None, once: keys.Key | None = None,
    address: str = "",
) -> None:  # fmt: skip
    """Take a day off the list: its weekday decides again. Raises NotAllowed, SettingMoved, AlreadyDone."""
    with transaction.atomic():
        _begin(by, once, address, day.year, expect)
        row = CalendarDay.objects.filter(date=day).first()
        if row is not None:
            row.delete()
            _keep([(day, row, None)], by, at)


@transaction.atomic
def seed_calendar(*, years: Iterable[int], at: datetime | None = None) -> dict[int, int]:
    """Add the holidays and make-up workdays of ``years`` that the package knows; edited days stay.

    Returns year → days listed, 0 for a year that nobody has published yet.
    Source: the notices of the State Council on holidays, as kept by the package chinesecalendar.
    """
    listed: dict[int, int] = {}
    for year in years:
        days = [
            CalendarDay(date=day, is_working=works, note=f"{name}调休" if works else name)
            for works, named in ((False, constants.holidays), (True, constants.workdays))
            for day, name in _days_of(named, year)
        ]
        if not any(day.date == date(year, 10, 1) for day in days):
            days = []
        known = CalendarDay.objects.filter(date__year=year).count()
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
        listed[year] = len(days)
        now = CalendarDay.objects.filter(date__year=year).count()
        if now > known:
            _tell(year, f"{year}:{known}:{now}", at or timezone.now())
    return listed


def _days_of(named: dict[date, str], year: int) -> list[tuple[date, str]]:
    """The package's days of a year with the holiday's Chinese name."""
    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    return [(day, chinese.get(name, name)) for day, name in sorted(named.items()) if day.year == year]


def _begin(by: Person, once: keys.Key | None, address: str, year: int | None, expect: int | None) -> None:
    """Rights, the form's key, and one change of the calendar at a time."""
    if Role.CITY_ADMIN not in roles_anywhere(by):
        raise NotAllowed
    keys.spend(once, address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", CALENDAR_LOCK)
    if year is not None:
        check_unmoved(subject=calendar_subject(year), expect=expect)


def _year(days: Iterable[date]) -> int | None:
    first = min(days, default=None)
    return first.year if first is not None else None


def _said(day: Day | CalendarDay | None) -> list[Any] | None:
    return None if day is None else [day.is_working, day.note]


def _keep(changed: list[tuple[date, CalendarDay | None, Day | None]], by: Person, at: datetime) -> None:
    """One row of change for each year."""
    for year in sorted({day.year for day, _before, _after in changed}):
        mine = [(day.isoformat(), _said(before), _said(after)) for day, before, after in changed if day.year == year]
        change = keep_change(
            subject=calendar_subject(year), before={day: before for day, before, _after in mine if before} or None,
            after={day: after for day, _before, after in mine if after} or None, by=by, at=at,
        )  # fmt: skip
        if change is not None:
            _tell(year, str(change.pk), at)


def _tell(year: int, key: str, at: datetime) -> None:
    """What counts in working time hears of it."""
    about, kind = f"communities.calendar:{year}", CALENDAR_CHANGED
    outbox.put(kind, about=about, key=f"{kind}:{key}", at=at)


outbox.kinds.register(CALENDAR_CHANGED, _("日历变了"))
