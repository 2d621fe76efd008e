"""Choosing a place inside one's own part of the tree, step by step or by name; everything is in the URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest

from communities import queries, roles


@dataclass(frozen=True)
class Pick:
    """What the picker shows: the tops of one's tree, the area chosen with the way to it, what lies below, finds."""

    tops: Sequence[Any]
    area: Any
    path: Sequence[Any]
    below: Sequence[Any]
    words: str
    found: Sequence[Any]


def tops_of(request: HttpRequest) -> list[Any]:
    """The tops of what the request's person administers."""
    return roles.admin_areas(request.user.person)  # type: ignore[union-attr]


def area_of(request: HttpRequest, tops: Sequence[Any]) -> Any:
    """The area that the request names, inside ``tops``; raises Http404 outside."""
    sent = request.POST.get("area") or request.GET.get("area", "")
    if not sent:
        return None
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 18:
        raise Http404
    try:
        return queries.area_under(int(sent), tops)
    except ObjectDoesNotExist:
        raise Http404 from None


def pick(request: HttpRequest, tops: Sequence[Any]) -> Pick:
    """The picker as the URL asks for it; with one top only, that is where it begins."""
    area = area_of(request, tops)
    words = request.GET.get("place", "").strip()[:40]
    path = [] if area is None else [step for step in queries.ancestors_of(area) if roles.is_inside(step, tops)]
    below = list(queries.children_of(area)) if area is not None else list(tops)
    return Pick(tops, area, path, below, words, queries.areas_named(words, tops))
