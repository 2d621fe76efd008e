"""Access marks of roles, modules and the chosen community."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from communities.modules import of_request
from communities.queries import chosen_community
from communities.roles import roles_of_request
from core.access import Mark, View, mark

__all__ = ["community_chosen", "holds", "module_on"]


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


def module_on(key: str) -> Callable[[View], View]:
    """Only where the module is on in the chosen community (404 where it is off)."""

    def is_on(request: HttpRequest) -> bool:
        if not of_request(request).is_on(key):
            raise Http404(f"the module {key} is off here")
        return True

    return mark(f"module:{key}", f"where the module {key} is on", is_on, sign_in=False)


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
