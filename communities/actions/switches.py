"""Modules switched on, off or back to inherited; duty hours; the calendar of holidays."""

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from chinese_calendar import constants
from django.db import transaction

from communities.models import Area, CalendarDay, DutyHours, ModuleSwitch, ModuleSwitchLog, Person
from communities.modules import switches_at
from communities.roles import roles_at
from communities.rules import (
    BadOptions,
    ModuleLocked,
    ModuleRequired,
    NotAllowed,
    UnknownModule,
    may_administer,
    may_lock,
)
from core.modules import Module, modules

INHERIT = "inherit"


def switch_module(
    *, area: Area, module: str, state: str, by: Person | None, at: datetime, locked: bool = False,
    options: dict[str, Any] | None = None,
) -> ModuleSwitch | None:  # fmt: skip
    """Set a module "on", "off" or "inherit" at an area; what changed is logged, who and when.

    ``locked`` forbids other settings below. ``options`` are checked by the module's form; None keeps those
    set here before. Returns the switch, or None for inherited.
    Raises UnknownModule, ModuleLocked, ModuleRequired, BadOptions, NotAllowed.
    """
    if module not in modules:
        raise UnknownModule
    kind = modules.get(module)
    if by is not None:
        held = roles_at(by, area)
        if not (may_lock(held) if locked else may_administer(held)):
            raise NotAllowed
    with transaction.atomic():
        Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area.pk)
        above = switches_at(area).setting(module).locked_at
        if above is not None and above.pk != area.pk:
            raise ModuleLocked(str(kind.name), above.name)
        if state == ModuleSwitch.State.OFF and kind.policy == "required":
            raise ModuleRequired(str(kind.name))
        return _write(area, kind, state, locked, options, by, at)


def _write(
    area: Area, kind: Module, state: str, locked: bool, options: dict[str, Any] | None, by: Person | None,
    at: datetime,
) -> ModuleSwitch | None:  # fmt: skip
    row = ModuleSwitch.objects.filter(area=area, module=kind.key).first()
    before = _said(row)
    if state == INHERIT:
        if row is not None:
            row.delete()
        _log(area, kind, before, None, by, at)
        return None
    row = row or ModuleSwitch(area=area, module=kind.key)
    row.state, row.locked = ModuleSwitch.State(state).value, locked
    if options is not None:
        row.options = _checked(kind, options)
    row.changed_by, row.changed_at = by, at
    row.save()
    _log(area, kind, before, _said(row), by, at)
    return row


def _said(row: ModuleSwitch | None) -> dict[str, Any] | None:
    return None if row is None else {"state": row.state, "locked": row.locked, "options": dict(row.options)}


def _log(
    area: Area, kind: Module, before: dict[str, Any] | None, after: dict[str, Any] | None, by: Person | None,
    at: datetime,
) -> None:  # fmt: skip
    if before != after:
        ModuleSwitchLog.objects.create(area=area, module=kind.key, before=before, after=after, by=by, at=at)


def _checked(kind: Module, options: dict[str, Any]) -> dict[str, Any]:
    if kind.options is None:
        return {}
    form = kind.options(options)
    if not form.is_valid():
        raise BadOptions({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return dict(form.cleaned_data)


def set_duty_hours(*, area: Area, spans: Iterable[tuple[int, time, time]], by: Person | None) -> None:
    """Replace the duty hours of an area by ``spans`` (weekday 0 = Monday, start, end); none: inherited.

    Raises NotAllowed; ValueError when spans of a day overlap or end before they begin.
    """
    if by is not None and not may_administer(roles_at(by, area)):
        raise NotAllowed
    wanted = sorted(spans)
    for before, after in pairwise(wanted):
        if before[0] == after[0] and after[1] < before[2]:
            raise ValueError("duty hours of a day overlap")
    if any(end <= start for _day, start, end in wanted):
        raise ValueError("duty hours end before they begin")
    with transaction.atomic():
        Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area.pk)
        DutyHours.objects.filter(area=area).delete()
        DutyHours.objects.bulk_create(
            DutyHours(area=area, weekday=day, start=start, end=end) for day, start, end in wanted
        )


def seed_calendar(*, years: Iterable[int]) -> dict[int, int]:
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
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
        listed[year] = len(days)
    return listed


def _days_of(named: dict[date, str], year: int) -> list[tuple[date, str]]:
    """The package's days of a year with the holiday's Chinese name."""
    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    return [(day, chinese.get(name, name)) for day, name in sorted(named.items()) if day.year == year]
