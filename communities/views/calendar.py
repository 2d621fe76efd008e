"""The city's calendar: a year with its holidays and make-up workdays."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities import actions, queries
from communities.access import expected, holds
from communities.forms.calendar import DayForm, PasteForm, YearForm
from communities.roles import Role, roles_of_request
from communities.rules import SettingMoved, reckoned
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused

ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """A year's days; the city's administrators add, change and remove one, the others look."""
    if request.method != "POST":
        return _page(request, _year(request))
    _city_only(request)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, _year(request), form=form, status=422)
    day, person = form.chosen(), request.user.person
    here = _address(day.date.year)
    options: dict[str, Any] = {
        "by": person, "at": timezone.now(), "expect": expected(request) if day.date.year == _year(request) else None,
        "once": once.from_request(request, f"person:{person.pk}"), "address": here,
    }  # fmt: skip
    try:
        if "remove" in request.POST:
            actions.remove_day(day=day.date, **options)
        else:
            actions.set_days(days=[day], **options)
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = queries.moved_day(day.date, day.is_working, day.note) if isinstance(why, SettingMoved) else ()
        return _page(request, day.date.year, form=form, refusal=why.sentence(), moved=moved, status=why.status)
    said = _("%(day)s 从名单里去掉了，按星期几算。") if "remove" in request.POST else _("%(day)s 存好了。")
    messages.success(request, said % {"day": day.date.isoformat()})
    return redirect(here)


@holds(*ADMINS)
@require_POST
def calendar_paste(request: HttpRequest) -> HttpResponse:
    """Many days at once, pasted as lines."""
    _city_only(request)
    form, person = PasteForm(request.POST), request.user.person
    if not form.is_valid():
        return _page(request, _year(request), paste=form, status=422)
    days = form.cleaned_data["lines"]
    here = _address(min(day.date for day in days).year)
    try:
        changed = actions.set_days(
            days=days, by=person, at=timezone.now(), once=once.from_request(request, f"person:{person.pk}"),
            address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        return _page(request, _year(request), paste=form, refusal=why.sentence(), status=why.status)
    messages.success(request, _("%(n)s 天存好了，其余的和原来一样。") % {"n": changed})
    return redirect(here)


def _city_only(request: HttpRequest) -> None:
    if Role.CITY_ADMIN not in roles_of_request(request).anywhere:
        raise PermissionDenied


def _address(year: int) -> str:
    return f"{reverse('calendar')}?year={year}"


def _year(request: HttpRequest) -> int:
    """The year asked for, else the one in which the city lives."""
    form = YearForm(request.POST or request.GET)
    form.is_valid()
    return form.cleaned_data.get("year") or timezone.localdate().year


def _page(
    request: HttpRequest, year: int, *, form: DayForm | None = None, paste: PasteForm | None = None,
    refusal: str = "", moved: Collection[tuple[str, str, str]] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = YearForm(request.GET)
    asked.is_valid()
    day = asked.cleaned_data.get("day")
    months, subject = queries.year_of_days(year), actions.calendar_subject(year)
    listed = {cell.date: cell for month in months for cell in month.listed}
    drawn: dict[str, Any] = {"day": day, "is_working": "0"}
    if day in listed:
        drawn |= {"is_working": "1" if listed[day].is_working else "0", "note": listed[day].note}
    context = {
        "year": year, "months": months, "is_known": not queries.unknown_calendar_years([year]), "day": day,
        "is_listed": day in listed, "form": form or DayForm(initial=drawn), "paste": paste or PasteForm(),
        "may_set": Role.CITY_ADMIN in roles_of_request(request).anywhere, "refusal": refusal,
        "moved": moved, "running": [ask(None) for ask in reckoned.all()],
        "once": once.fresh_key(), "paste_once": once.fresh_key(), "expect": queries.newest_change(subject),
        "count": len(listed), "changes": queries.told_days(queries.changes_of([subject])),
    }  # fmt: skip
    return render_page(request, "communities/calendar.html", context, status=status)
