"""The work log of a day (工作日志): one's own, and for a community's head those who work there."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities.access import holds
from communities.roles import Role
from core.htmx import render_page
from grievances import queries
from grievances.models import Person

STAFF = tuple(role for role in Role if role not in (Role.RESIDENT, Role.AUDITOR))


@holds(*STAFF)
@require_safe
def day_log(request: HttpRequest) -> HttpResponse:
    """What I did on a day, from the records."""
    person, day = request.user.person, _day(request)
    return _page(request, person, day, queries.day_of(person, day), reverse("day_log"))


@holds(Role.COMMUNITY_HEAD)
@require_safe
def crew_log(request: HttpRequest) -> HttpResponse:
    """Who works in the head's community, with how much each of them did on a day."""
    day = _day(request)
    communities, people = queries.crew_of(request.user.person)
    counts = queries.day_counts(list(people), day, communities) if people else {}
    rows = [(who, counts.get(pk, 0)) for pk, who in people.items()]
    return render_page(request, "grievances/crew_log.html", {"rows": rows, "day": day, "today": timezone.localdate()})


@holds(Role.COMMUNITY_HEAD)
@require_safe
def crew_day(request: HttpRequest, pk: int) -> HttpResponse:
    """The day of somebody who works in the head's community, as far as it was there."""
    communities, people = queries.crew_of(request.user.person)
    if pk not in people:
        raise Http404
    day = _day(request)
    entries = queries.day_of(people[pk], day, communities)
    return _page(request, people[pk], day, entries, reverse("crew_day", args=[pk]))


def _day(request: HttpRequest) -> date:
    """The day asked for; today where it cannot be read or is still to come."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("day", "")), today)
    except ValueError:
        return today


def _page(request: HttpRequest, person: Person, day: date, entries: list[queries.Entry], here: str) -> HttpResponse:
    context: dict[str, Any] = {
        "person": person, "day": day, "today": timezone.localdate(), "entries": entries, "here": here,
        "totals": queries.totals(entries), "own": person.pk == request.user.person.pk,  # type: ignore[union-attr]
        "full": len(entries) >= queries.DAY_MOST,
    }  # fmt: skip
    context["plain"] = render_to_string("grievances/day_log.txt", context)
    return render_page(request, "grievances/day_log.html", context)
