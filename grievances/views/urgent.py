"""The bar of urgent cases, asked for again and again by the pages that are open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import once
from core.access import signed_in
from grievances import queries


@signed_in
@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """The bar as it stands now; an empty answer (204) where the page shows the same already."""
    bar = queries.urgent_for(request.user.person)
    if request.GET.get("seen", "") == (bar.mark if bar is not None else ""):
        return HttpResponse(status=204)
    here = request.GET.get("here", "")
    context: dict[str, Any] = {"bar": bar, "here": here if here.isdecimal() else "", "key": once.fresh_key()}
    return render(request, "components/_urgent.html", context)
