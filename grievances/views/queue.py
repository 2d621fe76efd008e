"""The queue (待办) of whoever has work in hand: the most urgent case owns the screen."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core import once
from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager
from core.workflow import Actor
from grievances import actions, queries
from grievances.workflow import State

ROWS = 30


@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """My open work, nearest deadline first; what is late comes before everything."""
    person, now = request.user.person, timezone.now()
    wanted, after = request.GET.get("state", ""), request.GET.get("after")
    held = queries.held_by(person)
    pager = Pager(_shown(held, wanted), order=("next_due", "id"), after=after, size=ROWS)
    absent = queries.stood_in_for(person, pager.items)
    for case in pager.items:
        case.stands_in_for = absent.get(case.pk, "")
    first = pager.items[0] if pager.items and not pager.previous else None
    possible = actions.flow.possible(first, Actor.of(person), now) if first else []
    context = {
        "pager": pager, "first": first, "rest": pager.items[1:] if first else pager.items, "wanted": wanted,
        "counts": queries.queue_counts(held, now), "possible": {step.name for step in possible},
        "once": once.fresh_key(), "shifts": queries.shift_offers_to(person, now),
    }  # fmt: skip
    return render_page(request, "grievances/queue.html", context, part="rows")


def _shown(cases: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    if wanted == "late":
        return cases.filter(next_due__lt=timezone.now())
    state = {"new": State.DISPATCHED, "doing": State.HANDLING}.get(wanted)
    return cases.filter(state=state) if state else cases
