"""A case on paper: for its reporter in plain words, for staff with every step."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities.access import holds
from core import qr
from core.access import signed_in
from core.htmx import render_page
from core.workflow import Actor
from grievances import actions, queries, telling
from grievances.models import Case
from grievances.views.desk import DESK_ROLES
from grievances.workflow import Relation

MOST_ON_PAPER = 50


@signed_in
@require_safe
def print_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Number, state, words, steps and small photos on a page without navigation, for whoever may see the case."""
    found = queries.get_for(request.user.person, pk)
    return render_page(request, "grievances/print_case.html", _sheet(request, found) | {"now": timezone.now()})


@holds(*DESK_ROLES)
@require_safe
def print_cases(request: HttpRequest) -> HttpResponse:
    """A selection of the desk on paper, each case from a new page on; at most MOST_ON_PAPER."""
    sent = [pk for pk in request.GET.get("cases", "").split(",") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    chosen = queries.selected(request.user.person, [int(pk) for pk in sent[:MOST_ON_PAPER]])
    if not chosen:
        raise Http404
    context = {"sheets": [_sheet(request, found) for found in chosen], "now": timezone.now()}
    return render_page(request, "grievances/print_cases.html", context)


def _sheet(request: HttpRequest, found: Case) -> dict[str, Any]:
    """What a case's page on paper shows to the asker."""
    person = request.user.person
    steps = queries.steps_of(found)
    relations = actions.flow.relations(Actor.of(person), found, timezone.now())
    theirs = person.pk in (found.reporter_id, found.proxy_id)
    is_resident = theirs and not relations & {Relation.HOLDER, Relation.DISPATCHER}
    return {
        "case": found, "steps": steps, "newest": {view.row.step: view for view in steps}, "is_resident": is_resident,
        "photos": [shot for view in steps for shot in view.photos], "call": queries.call_for(found),
        "told": telling.told(found, steps, person) if is_resident else [],
        "code": qr.draw(request.build_absolute_uri(reverse("case", args=[found.pk]))),
        "holder_words": telling.in_hands_and_place(found) if is_resident else queries.holder_words(found),
    }  # fmt: skip
