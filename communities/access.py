"""Access marks of roles, modules and the chosen community."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from communities.models import Area
from communities.modules import of_request
from communities.queries import COOKIE, COOKIE_SALT, children_of, chosen_community, open_area
from communities.roles import Role, areas_where, roles_of_request
from core.access import Mark, View, mark

__all__ = ["Place", "community_chosen", "expected", "holds", "keep_choice", "module_on", "settings_place"]

KEPT_SECONDS = 60 * 60 * 24 * 365


def holds(*roles: str) -> Callable[[View], View]:
    """Only people signed in who hold one of ``roles`` somewhere; the view then judges the place.

    Visitors are led to sign in, others get 403.
    """
    wanted = frozenset(str(role) for role in roles)
    return mark(
        f"holds:{','.join(sorted(wanted))}",
        f"people who are {' or '.join(sorted(wanted))} somewhere",
        lambda request: not wanted.isdisjoint(roles_of_request(request).anywhere),
    )


def module_on(key: str, *, closed: View | None = None) -> Callable[[View], View]:
    """Only where the module is on in the chosen community (404 where it is off).

    ``closed`` answers a form that was left open while the module was switched off, so that nothing typed is lost.
    """

    def is_on(request: HttpRequest) -> bool:
        if not of_request(request).is_on(key):
            raise Http404(f"the module {key} is off here")
        return True

    marked = mark(f"module:{key}", f"where the module {key} is on", is_on, sign_in=False)
    if closed is None:
        return marked

    def decorate(view: View) -> View:
        guarded = marked(view)

        @wraps(guarded)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not of_request(request).is_on(key):
                return closed(request, *args, **kwargs)
            return guarded(request, *args, **kwargs)

        return answered

    return decorate


@dataclass(frozen=True)
class Place:
    """Where a page of settings stands: the area, the way down to it from the asker's own, and what lies below."""

    area: Area
    path: list[Area]
    below: list[Area]


def settings_place(request: HttpRequest, roles: Collection[str]) -> Place:
    """The area that the request names (``area``), else the asker's first, for those who hold one of ``roles`` there.

    Raises Http404 outside the asker's tree, PermissionDenied within it without the role.
    """
    mine, wanted = roles_of_request(request), {str(role) for role in roles}
    if mine.person is None:
        raise PermissionDenied
    tops = areas_where(mine.person, wanted)
    sent = request.POST.get("area") or request.GET.get("area", "")
    if sent:
        area = _open_area(sent)
        held = mine.at(area) - {Role.RESIDENT.value}
        if not held:
            raise Http404
        if wanted.isdisjoint(held):
            raise PermissionDenied
    elif tops:
        area = tops[0]
    else:
        raise PermissionDenied
    own, path = {top.pk for top in tops}, area.path()
    first = next((number for number, step in enumerate(path) if step.pk in own), len(path) - 1)
    return Place(area, path[first:], list(children_of(area)))


def expected(request: HttpRequest) -> int:
    """The number of the change that a form of settings was drawn after; 0 where it sent none, so that it is stale."""
    sent = request.POST.get("expect", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 19 else 0


def _open_area(sent: str) -> Area:
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 18:
        raise Http404
    try:
        return open_area(int(sent))
    except Area.DoesNotExist:
        raise Http404 from None


def community_chosen(view: View) -> View:
    """Lead a visitor who has not chosen a community to the page to choose one, and back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if chosen_community(request) is None:
            here = request.get_full_path() if request.method == "GET" else "/"
            target = f"{reverse('choose_community')}?{urlencode({'next': here})}"
            if getattr(request, "htmx", None):
                return HttpResponse(status=204, headers={"HX-Redirect": target})
            return HttpResponseRedirect(target)
        return view(request, *args, **kwargs)

    marks = (*getattr(view, "access", ()), Mark("community_chosen", "after choosing a community"))
    guarded.access = marks  # type: ignore[attr-defined]
    return guarded


def keep_choice(answer: HttpResponse, community: Area) -> HttpResponse:
    """The answer, with the community kept as the visitor's choice in a signed cookie."""
    answer.set_signed_cookie(
        COOKIE, str(community.pk), salt=COOKIE_SALT, max_age=KEPT_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer
