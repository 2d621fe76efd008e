"""A page and its fragment are one view and one template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or only its ``part`` (a partialdef's name) where htmx asks for one.

    A boosted link wants the whole page. The answer varies on HX-Request, so that a cache or the
    browser's back button never shows a fragment as a page.
    """
    htmx: Any = getattr(request, "htmx", None)
    wants_part = part is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    response = render(request, f"{template}#{part}" if wants_part else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
