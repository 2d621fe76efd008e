"""A case on paper: for its reporter in plain words, for staff with every step."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import qr
from core.access import signed_in
from core.htmx import render_page
from core.workflow import Actor
from grievances import actions, queries, telling
from grievances.workflow import Relation


@signed_in
@require_safe
def print_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Number, state, words, steps and small photos on a page without navigation, for whoever may see the case."""
    person, now = request.user.person, timezone.now()
    found = queries.get_for(person, pk)
    steps = queries.steps_of(found)
    relations = actions.flow.relations(Actor.of(person), found, now)
    theirs = person.pk in (found.reporter_id, found.proxy_id)
    is_resident = theirs and not relations & {Relation.HOLDER, Relation.DISPATCHER}
    newest = {view.row.step: view for view in steps}
    context = {
        "case": found, "steps": steps, "newest": newest, "is_resident": is_resident, "now": now,
        "photos": [shot for view in steps for shot in view.photos], "call": queries.call_for(found),
        "told": telling.told(found, steps, person) if is_resident else [],
        "code": qr.draw(request.build_absolute_uri(reverse("case", args=[found.pk]))),
        "holder_words": telling.in_hands_and_place(found) if is_resident else queries.holder_words(found),
    }  # fmt: skip
    return render_page(request, "grievances/print_case.html", context)
