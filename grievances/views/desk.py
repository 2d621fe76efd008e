"""The dispatcher's desk (派单台): the list, and the chosen case beside it; everything is in the URL."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.queries import plain_query, saved_views
from communities.access import holds
from communities.roles import Role
from communities.rules import NotAllowed, shadow_of
from core import once
from core.htmx import render_page
from core.pager import Pager
from grievances import actions, queries, rules
from grievances.forms.filters import FilterForm
from grievances.models import Case, DeskClaim, Person
from grievances.views.shown import Sent, page_context

ROWS = 50
DESK_ROLES = frozenset({str(role) for role in (Role.DISPATCHER, *rules.STAND_INS)})


@holds(*DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for dispatch (or what the filters ask for), and the chosen case with its proposal."""
    person, chosen = request.user.person, request.GET.get("case", "")
    number = rules.number_id(request.GET.get("q", ""))
    if number is not None:
        found = _by_number(request, number)
        if found is not None:
            return redirect(f"{reverse('desk')}?state=all&case={found.pk}")
        return desk_page(request, request.GET, None, Sent(), is_unknown=True)
    is_number = chosen.isascii() and chosen.isdecimal()
    return desk_page(request, request.GET, queries.get_for(person, int(chosen)) if is_number else None, Sent())


def desk_page(
    request: HttpRequest,
    query: QueryDict,
    found: Case | None,
    sent: Sent,
    *,
    is_unknown: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The desk as ``query`` asks for it, with ``found`` beside the list and what was just sent in its forms."""
    person = request.user.person
    request.GET = query  # type: ignore[assignment]
    form = FilterForm(query, mains=queries.main_categories())
    cases = queries.desk_of(person)
    counts = queries.desk_counts(cases)
    wanted = form.wanted()
    cases = cases.none() if is_unknown else queries.filtered(cases, wanted)
    pager = Pager(cases, order=("due_at", "id"), after=query.get("after"), size=ROWS)
    context: dict[str, Any] = {
        "pager": pager, "filters": form, "counts": counts, "is_unknown": is_unknown,
        "bulk_once": once.fresh_key(), "saved": saved_views(person, "desk"), "saved_now": plain_query(query.urlencode()),
        "chips": [(value, label, counts.get(value or "waiting")) for value, label in form.fields["state"].choices],
    }  # fmt: skip
    _mark_lookers(person, pager.items)
    if found is not None:
        context["claim"] = claim_of(person, found)
        context |= page_context(request, found, sent)
        context |= _addresses(query, pager.items, found)
    return render_page(request, "grievances/desk.html", context, part="side" if found else "list", status=status)


def _addresses(query: QueryDict, rows: list[Case], found: Case) -> dict[str, str]:
    """Where a refused form comes back to, and where a dispatched one leads: the case below it in the list."""
    ids = [row.pk for row in rows]
    place = ids.index(found.pk) if found.pk in ids else -1
    left = ids[place + 1 :] or ids[:place] if place >= 0 else ids
    here, following = query.copy(), query.copy()
    here["case"] = str(found.pk)
    following.pop("case", None)
    if left:
        following["case"] = str(left[0])
    return {"back_to": f"{reverse('desk')}?{here.urlencode()}", "next_to": f"{reverse('desk')}?{following.urlencode()}"}


def claim_of(person: Person, found: Case) -> DeskClaim | None:
    """Claim the case that stands open, softly; returns the claim of somebody else who was first."""
    if shadow_of(person) is not None:
        return None
    try:
        claim = actions.look_at(case_id=found.pk, by=person, at=timezone.now())
    except NotAllowed:
        return None
    return claim if claim is not None and claim.person_id != person.pk else None


def _mark_lookers(person: Person, rows: list[Case]) -> None:
    claims = queries.looking_at([row.pk for row in rows], asker=person, at=timezone.now())
    for row in rows:
        row.looker = claims.get(row.pk)  # type: ignore[attr-defined]


def _by_number(request: HttpRequest, number: int) -> Case | None:
    """A number finds its case whatever the filters say."""
    try:
        return queries.get_for(request.user.person, number)
    except Http404:
        return None
