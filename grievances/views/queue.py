"""The queue (待办) of whoever has work in hand: the most urgent case owns the screen."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core import once
from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager
from core.workflow import Actor
from grievances import actions, queries
from grievances.workflow import State

SHOWN = {"": None, "new": State.DISPATCHED, "doing": State.HANDLING}


@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """My open work, nearest deadline first."""
    person = request.user.person
    wanted = request.GET.get("state", "")
    cases = queries.held_by(person)
    if SHOWN.get(wanted):
        cases = cases.filter(state=SHOWN[wanted])
    pager = Pager(cases, order=("due_at", "id"), after=request.GET.get("after"), size=30)
    first = pager.items[0] if pager.items and not request.GET.get("after") else None
    context = {
        "pager": pager,
        "first": first,
        "rest": pager.items[1:] if first else pager.items,
        "possible": {step.name for step in actions.flow.possible(first, Actor.of(person), timezone.now())}
        if first
        else set(),
        "wanted": wanted,
        "once": once.fresh_key(),
    }
    return render_page(request, "grievances/queue.html", context, part="rows")
