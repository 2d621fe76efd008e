"""Codes on walls: each place has an address that opens the report with the place filled in, and a poster with it."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities.access import holds, keep_choice
from communities.queries import places_to_report, standing_area
from core import qr
from core.access import anyone
from core.htmx import render_page
from grievances import queries
from grievances.models import Area
from grievances.rules import WORKS_HERE
from grievances.views.where import where_i_work

STAFF = tuple(str(role) for role in sorted(WORKS_HERE))
MOST_POSTERS = 60


@anyone
@never_cache
@require_safe
def at_place(request: HttpRequest, pk: int) -> HttpResponse:
    """What a code on a wall opens: the report form of that community, with the place filled in.

    A place that is no more leads to its community, because posters hang for years.
    """
    place = standing_area(pk)
    community = next((step for step in place.path() if step.kind == "community"), None) if place is not None else None
    if place is None or community is None:
        raise Http404
    return keep_choice(redirect(f"{reverse('report')}?{urlencode({'area': place.pk})}"), community)


@holds(*STAFF)
@require_safe
def posters(request: HttpRequest) -> HttpResponse:
    """The places of a community, to choose for which to print a poster."""
    community, communities = where_i_work(request)
    places = places_to_report(community) if community is not None else []
    context = {"community": community, "communities": communities, "places": places, "most": MOST_POSTERS}
    return render_page(request, "grievances/posters.html", context)


@holds(*STAFF)
@require_safe
def print_posters(request: HttpRequest) -> HttpResponse:
    """Sheets with two posters each: the place, its code, and what to do."""
    community, _communities = where_i_work(request)
    asked = {int(pk) for pk in request.GET.getlist("area") if pk.isascii() and pk.isdecimal() and len(pk) < 19}
    places = places_to_report(community) if community is not None else []
    chosen = [place for place in places if place.pk in asked][:MOST_POSTERS]
    if community is None or not chosen:
        raise Http404(_("请至少选一个地方。"))
    call = queries.call_at(community)
    context = {"community": community, "posters": [_poster(place) for place in chosen], "call": call}
    return render_page(request, "grievances/print_posters.html", context)


def _poster(place: Area) -> dict[str, Any]:
    address = settings.SITE_URL + reverse("at_place", args=[place.pk])
    return {"place": place, "address": address, "code": qr.draw(address)}
