"""Access marks: every view says who may call it; a site test refuses a view that does not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

View = Callable[..., HttpResponseBase]
Test = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class Mark:
    """What a view asks of its caller: a short name and the words for the documents."""

    name: str
    words: str


def mark(name: str, words: str, test: Test | None = None, *, sign_in: bool = True) -> Callable[[View], View]:
    """A decorator that marks a view and checks its caller.

    ``test`` answers whether the signed-in caller of the request may go on (False: 403).
    With ``sign_in`` an anonymous caller is led to the sign-in page and back.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if sign_in and not request.user.is_authenticated:
                return to_sign_in(request)
            if test is not None and not test(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        marks = (*getattr(view, "access", ()), Mark(name, words))
        guarded.access = marks  # type: ignore[attr-defined]
        return guarded

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead an anonymous caller to the sign-in page and, after it, back to where they were."""
    htmx = getattr(request, "htmx", None)
    here = request.get_full_path()
    if htmx:
        here = htmx.current_url_abs_path or "/"
    elif request.method != "GET":
        here = request.headers.get("Referer", "/")
    answer = redirect_to_login(here, resolve_url(settings.LOGIN_URL))
    if htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})
    return answer


anyone = mark("anyone", "anyone, signed in or not", sign_in=False)
signed_in = mark("signed_in", "anyone signed in")
signed_link = mark("signed_link", "whoever holds the signed link", sign_in=False)
city_staff = mark("city_staff", "city staff", lambda request: bool(request.user.is_staff))
