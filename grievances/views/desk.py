"""The dispatcher's desk (派单台): the list, and the chosen case beside it; everything is in the URL."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from communities.access import holds
from communities.roles import Role
from core.htmx import render_page
from core.pager import Pager
from grievances import queries, rules
from grievances.forms.filters import FilterForm
from grievances.views.cases import Sent, page_context


@holds(Role.DISPATCHER)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for dispatch (or what the filters ask for), and the chosen case with its proposal."""
    person = request.user.person
    number = rules.number_id(request.GET.get("q", ""))
    if number is not None:
        return _by_number(request, number)
    form = FilterForm(request.GET, mains=queries.main_categories())
    cases = queries.filtered(queries.desk_of(person), form.wanted())
    pager = Pager(cases, order=("due_at", "id"), after=request.GET.get("after"), size=30)
    chosen = request.GET.get("case", "")
    context: dict[str, Any] = {"pager": pager, "filters": form, "counts": queries.desk_counts(person)}
    if chosen.isdigit():
        context |= page_context(request, queries.get_for(person, int(chosen)), Sent())
    return render_page(request, "grievances/desk.html", context, part="side" if chosen else "list")


def _by_number(request: HttpRequest, number: int) -> HttpResponse:
    """A number finds its case whatever the filters say."""
    try:
        found = queries.get_for(request.user.person, number)
    except Http404:
        form = FilterForm(request.GET, mains=queries.main_categories())
        pager = Pager(queries.desk_of(request.user.person).none(), order=("due_at", "id"), after=None, size=30)
        context = {
            "pager": pager,
            "filters": form,
            "counts": queries.desk_counts(request.user.person),
            "no_number": True,
        }
        return render_page(request, "grievances/desk.html", context, part="list")
    return redirect(f"{request.path}?state=all&case={found.pk}")
