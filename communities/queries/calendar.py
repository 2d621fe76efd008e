"""The calendar as its page shows it."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from communities.models import CalendarDay, SettingChange
from communities.queries.places import unknown_calendar_years
from communities.queries.settings import Told, plain_words

WARNED_FROM_MONTH = 11


@dataclass(frozen=True)
class Cell:
    """A day of a month's table; ``listed`` is the row that makes it differ from its weekday."""

    date: date
    listed: CalendarDay | None
    in_month: bool

    @property
    def mark(self) -> str:
        """ "off" for a holiday, "work" for a make-up workday, "weekend", or ""."""
        if self.listed is not None:
            return "work" if self.listed.is_working else "off"
        return "weekend" if self.date.weekday() > 4 else ""


@dataclass(frozen=True)
class Month:
    """A month by weeks (Monday first), and its days that are listed."""

    first: date
    weeks: list[list[Cell]]
    listed: list[CalendarDay]


def year_of_days(year: int) -> list[Month]:
    """The twelve months of a year; one query."""
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=year).order_by("date")}
    months = []
    for number in range(1, 13):
        weeks = [
            [Cell(day, rows.get(day) if day.month == number else None, day.month == number) for day in week]
            for week in calendar.Calendar().monthdatescalendar(year, number)
        ]
        months.append(Month(date(year, number, 1), weeks, [row for day, row in rows.items() if day.month == number]))
    return months


def years_to_warn(today: date) -> list[int]:
    """The years whose make-up days an administrator should list now: this one, and from 1 November the next."""
    wanted = [today.year, *([today.year + 1] if today.month >= WARNED_FROM_MONTH else [])]
    return unknown_calendar_years(wanted)


def told_days(changes: Collection[SettingChange]) -> list[Told]:
    """Changes of the calendar in words: each day from what to what."""
    return [
        Told(
            who=str(change.by) if change.by is not None else _("系统"), at=change.at, place="", what="",
            lines=[
                (day, _day_words((change.before or {}).get(day)), _day_words((change.after or {}).get(day)))
                for day in sorted({*(change.before or {}), *(change.after or {})})
            ],
        )
        for change in changes
    ]  # fmt: skip


def _day_words(said: list[object] | None) -> str:
    if said is None:
        return plain_words(None)
    works, note = said
    return " ".join(filter(None, [_("上班") if works else _("休息"), str(note)]))


def moved_day(day: date, is_working: bool, note: str) -> list[tuple[str, str, str]]:
    """(day, as it is listed now, as typed), for who was slower than another administrator."""
    row = CalendarDay.objects.filter(date=day).first()
    now = _day_words([row.is_working, row.note]) if row is not None else _day_words(None)
    return [(day.isoformat(), now, _day_words([is_working, note]))]
