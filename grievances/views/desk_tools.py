"""What several dispatchers at one queue need: who looks at what, and the next case that nobody has open."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.access import holds
from communities.rules import NotAllowed
from core.access import signed_in
from core.htmx import render_page
from grievances import actions, queries, rules
from grievances.models import Case
from grievances.views.desk import DESK_ROLES, ROWS


@holds(*DESK_ROLES)
@require_POST
def desk_next(request: HttpRequest) -> HttpResponse:
    """Open the first case that waits and that nobody else looks at; behind the one that stands open."""
    person, shown = request.user.person, _query(request)
    found = actions.next_case(by=person, at=timezone.now(), after=_open_case(request, shown.get("case", "")))
    if found is None:
        messages.info(request, _("等着派单的都有人在看了，或者已经派完。"))
        shown.pop("case", None)
        return redirect(f"{reverse('desk')}?{shown.urlencode()}")
    shown["case"] = str(found)
    return redirect(f"{reverse('desk')}?{shown.urlencode()}")


@holds(*DESK_ROLES)
@require_POST
def desk_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the claim of the case that stands open (asked every minute), or take over somebody else's."""
    person, now = request.user.person, timezone.now()
    found = queries.get_for(person, pk)
    is_taken = bool(request.POST.get("take"))
    try:
        claim = actions.look_at(case_id=pk, by=person, at=now, take_over=is_taken, leave=is_taken)
    except NotAllowed:
        raise PermissionDenied from None
    if is_taken:
        shown = _query(request)
        shown["case"] = str(pk)
        return redirect(f"{reverse('desk')}?{shown.urlencode()}")
    other = claim if claim is not None and claim.person_id != person.pk else None
    here = getattr(request.htmx, "current_url_abs_path", None) or reverse("desk")
    return render_page(request, "grievances/_claim.html", {"case": found, "claim": other, "desk_here": here})


@holds(*DESK_ROLES)
@require_safe
def desk_lookers(request: HttpRequest) -> HttpResponse:
    """Who else looks at the rows of a list now: one mark per row, each put in its place by htmx."""
    asked = request.GET.get("rows", "").split(",")[:ROWS]
    ids = [int(pk) for pk in asked if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    person = request.user.person
    mine = queries.desk_of(person).filter(pk__in=ids).values_list("pk", flat=True)
    claims = queries.looking_at(list(mine), asker=person, at=timezone.now())
    rows = [(pk, claims.get(pk)) for pk in ids]
    return render_page(request, "grievances/_lookers.html", {"rows": rows})


@signed_in
@require_safe
def find_case(request: HttpRequest) -> HttpResponse:
    """Open a case by its number, as people type it; a number that one may not see is not found."""
    number = rules.number_id(request.GET.get("q", ""))
    try:
        if number is None:
            raise Http404
        return redirect("case", queries.get_for(request.user.person, number).pk)
    except Http404:
        messages.info(request, _("没有找到这个编号，看看是不是少了一位，比如 LF2611-004213。"))
        return redirect("queue")


def _query(request: HttpRequest) -> QueryDict:
    """The desk's address that a form came from, as its query; empty where it came from elsewhere."""
    sent = urlsplit(request.POST.get("back", ""))
    found = QueryDict(sent.query if sent.path == reverse("desk") else "", mutable=True)
    for name in ("turn", "after", "q"):
        found.pop(name, None)
    return found


def _open_case(request: HttpRequest, chosen: str) -> Case | None:
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 18:
        return None
    return queries.desk_of(request.user.person).filter(pk=int(chosen)).first()
