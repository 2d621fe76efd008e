"""My reports (我的诉求)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager
from grievances import queries, telling

WAITING_AT_MOST = 50


@signed_in
@require_safe
def my_cases(request: HttpRequest) -> HttpResponse:
    """What I reported, newest first; results that wait for my answer stand above, and only there."""
    person, after = request.user.person, request.GET.get("after")
    waiting = list(queries.waiting_for(person)[:WAITING_AT_MOST])
    others = queries.reported_by(person).exclude(pk__in=[case.pk for case in waiting])
    pager = Pager(others, order=("-reported_at", "-id"), after=after, size=20)
    waiting = [] if after else waiting
    calls = queries.calls_for([*waiting, *pager.items])
    context = {"pager": pager, "rows": telling.rows(pager.items, calls), "waiting": telling.rows(waiting, calls)}
    return render_page(request, "grievances/my_cases.html", context, part="rows")
