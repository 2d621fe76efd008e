"""When something breaks: the page of a fault, and a kinder one while the database cannot be reached.

A database that is being started again is no fault of the portal's code. The visitor hears to wait a few
seconds; what was typed comes back as a form with the same key, so that sending it again makes nothing twice.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes
from django.views.defaults import server_error as plain_server_error

RETRY_SECONDS = 5
LONGEST_KEPT = 20_000


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nobody caught: 503 where the database did not answer, else 500."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return _try_again(request)
    return plain_server_error(request)


def _try_again(request: HttpRequest) -> HttpResponse:
    safe = request.method in ("GET", "HEAD")
    typed = [] if safe else _typed(request)
    page = render_to_string(
        "503.html",
        {
            "again": escape_leading_slashes(request.get_full_path()) if safe or typed else "", "safe": safe, "typed": typed,
            "keyed": any(name == "once" for name, _value in typed), "seconds": RETRY_SECONDS,
        },
    )  # fmt: skip
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that were sent, for the form that sends them again; never passwords, nothing very long."""
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
    except UnreadablePostError:
        return []
    kept = [(name, value) for name, value in fields if "password" not in name.lower()]
    whole = len(kept) == len(fields) and sum(len(value) for _name, value in kept) <= LONGEST_KEPT
    return kept if whole else []
