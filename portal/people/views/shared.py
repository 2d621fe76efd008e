"""What the pages of people have in common: who may come, finding within one's own tree, answering a sent form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from communities.access import holds
from communities.roles import Role
from core import once
from core.access import View
from core.once import AlreadyDone
from core.refusals import Refused

HIDDEN = frozenset({"csrfmiddlewaretoken", "once", "area", "end", "extend"})


def admins(view: View) -> View:
    """Only administrators; who is none any more when sending a form gets back what was typed."""
    guarded = holds(Role.AREA_ADMIN, Role.CITY_ADMIN)(view)

    @wraps(guarded)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return guarded(request, *args, **kwargs)
        except PermissionDenied:
            if request.method != "POST":
                raise
        typed = [value for name, value in request.POST.items() if name not in HIDDEN and len(value) > 1]
        return render(request, "portal/people/no_longer.html", {"typed": typed}, status=403)

    return kept


def or_404(read: Callable[..., Any], *given: Any) -> Any:
    """What ``read`` finds; Http404 where it finds nothing."""
    try:
        return read(*given)
    except ObjectDoesNotExist:
        raise Http404 from None


def key_of(request: HttpRequest) -> once.Key | None:
    """The form's key, as the signed-in person's."""
    return once.from_request(request, f"person:{request.user.person.pk}")  # type: ignore[union-attr]


def attempt(request: HttpRequest, done: Any, action: Callable[..., Any], **given: Any) -> Refused | None:
    """Call an action as the request's person now; say ``done`` when it worked, give the refusal when not.

    A form that came twice worked the first time.
    """
    try:
        action(by=request.user.person, at=timezone.now(), **given)  # type: ignore[union-attr]
    except AlreadyDone:
        return None
    except Refused as why:
        return why
    messages.success(request, done)
    return None
