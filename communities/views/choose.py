"""Choosing the community, on the first visit and from the top bar."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from communities.access import keep_choice
from communities.forms.choose import ChooseForm, LookForm, next_address
from communities.models import Area
from communities.queries import (
    FOUND_AT_MOST,
    browse,
    chosen_community,
    find_communities,
    path_between,
)
from core.access import anyone
from core.htmx import render_page

PAGE = "communities/choose.html"


@dataclass(frozen=True)
class Choice:
    """What the page shows: the search and its finds, or one level of the tree."""

    chosen: Area | None
    next: str
    words: str
    found: list[Area]
    more: bool
    path: list[Area]
    level: list[Area]
    error: str = ""


@anyone
@require_GET
def choose_community(request: HttpRequest) -> HttpResponse:
    """Search communities, or list them by district and street."""
    return _page(request, LookForm(request.GET))


@anyone
@require_POST
def community_set(request: HttpRequest) -> HttpResponse:
    """Keep the chosen community in a signed cookie and go on."""
    form = ChooseForm(request.POST)
    if not form.is_valid():
        return _page(request, LookForm({}), " ".join(map(str, form.errors["community"])), 422)
    return keep_choice(redirect(next_address(request) or "home"), form.cleaned_data["community"])


def _page(request: HttpRequest, form: LookForm, error: str = "", status: int = 200) -> HttpResponse:
    words, place = form.words(), form.place()
    found = find_communities(words, FOUND_AT_MOST + 1)
    choice = Choice(
        chosen=chosen_community(request),
        next=next_address(request),
        words=words,
        found=found[:FOUND_AT_MOST],
        more=len(found) > FOUND_AT_MOST,
        path=[] if words or place is None else path_between(place),
        level=[] if words else browse(place),
        error=error,
    )
    return render_page(request, PAGE, {"choice": choice}, part="found", status=status)
