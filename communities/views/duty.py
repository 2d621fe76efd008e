"""Duty hours of a place (值班时间): its own, or those of the nearest place above that has any."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities import actions, queries
from communities.access import Place, expected, holds, settings_place
from communities.forms.duty import DutyForm
from communities.models import DutyHours
from communities.roles import Role
from communities.rules import SettingMoved, reckoned
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused

ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """The week's hours at a place, where they come from, and what follows from them."""
    place = settings_place(request, ADMINS)
    hours = queries.hours_at(place.area)
    if request.method != "POST":
        return _page(request, place, DutyForm(hours=hours))
    form, here = DutyForm(request.POST, hours=hours), f"{reverse('duty')}?area={place.area.pk}"
    inherit = "inherit" in request.POST
    if not inherit and not form.is_valid():
        return _page(request, place, form, status=422)
    person = request.user.person
    try:
        actions.set_duty_hours(
            area=place.area, spans=() if inherit else form.chosen(), by=person, at=timezone.now(),
            expect=expected(request), once=once.from_request(request, f"person:{person.pk}"), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = isinstance(why, SettingMoved)
        return _page(request, place, form, refusal=why.sentence(), moved=moved, status=why.status)
    saved = _("已改回跟随上级。") if inherit else _("值班时间存好了，在办的和新来的诉求都按它算时限。")
    messages.success(request, saved)
    return redirect(here)


def _page(
    request: HttpRequest, place: Place, form: DutyForm, *, refusal: str = "", moved: bool = False, status: int = 200
) -> HttpResponse:
    subject = actions.duty_subject(place.area.pk)
    context: dict[str, Any] = {
        "place": place, "form": form, "refusal": refusal, "once": once.fresh_key(),
        "expect": queries.newest_change(subject), "source": queries.hours_from(place.area),
        "effect": queries.duty_effect(place.area, timezone.now()), "page_url": reverse("duty"),
        "moved": _moved(place, form) if moved else (), "running": [ask(place.area) for ask in reckoned.all()],
        "changes": queries.told(queries.changes_of([subject]), _days(), _span_words),
    }  # fmt: skip
    return render_page(request, "communities/duty.html", context, status=status)


def _days() -> dict[str, str]:
    return {str(day): str(words) for day, words in DutyHours.Weekday.choices}


def _span_words(_name: str, value: Any) -> str:
    return value or _("不值班")


def _moved(place: Place, form: DutyForm) -> list[tuple[str, str, str]]:
    """(weekday, as it is now, as typed) where the two differ."""
    now = queries.spans_words(queries.hours_at(place.area))
    typed = queries.spans_words(form.hours()) if form.is_valid() else {}
    return queries.differing(now, typed, _days(), _span_words)
