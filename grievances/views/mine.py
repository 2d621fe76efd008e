"""My reports (我的诉求)."""

from django.http import HttpRequest, HttpResponse

from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager
from grievances import queries


@signed_in
def my_cases(request: HttpRequest) -> HttpResponse:
    """What I reported, newest first; results that wait for my answer stand on top."""
    person = request.user.person
    pager = Pager(queries.reported_by(person), order=("-reported_at", "-id"), after=request.GET.get("after"), size=20)
    waiting = [] if request.GET.get("after") else list(queries.waiting_for(person)[:5])
    return render_page(request, "grievances/my_cases.html", {"pager": pager, "waiting": waiting}, part="rows")
