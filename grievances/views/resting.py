"""What rests (挂账) with its age, and what waits for the asker's decision (等我批)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities.access import holds
from core.htmx import render_page
from core.pager import Pager
from grievances import queries
from grievances.rules import DECIDES_AT, WORKS_HERE
from grievances.workflow import Suspension

ROWS = 30


@holds(*(str(role) for role in sorted(WORKS_HERE)))
@require_safe
def resting(request: HttpRequest) -> HttpResponse:
    """Cases that rest in my places, the longest rest first, by reason."""
    person, now = request.user.person, timezone.now()
    wanted = request.GET.get("code", "")
    code = wanted if wanted in Suspension.values else ""
    pauses = queries.resting(person)
    counts = queries.resting_counts(pauses)
    shown = pauses.filter(code=code) if code else pauses
    pager = Pager(shown, order=("began_at", "id"), after=request.GET.get("after"), size=ROWS)
    context = {
        "pager": pager, "rows": [(pause, (now - pause.began_at).days) for pause in pager.items], "code": code,
        "chips": [(value, label, counts.get(value, 0)) for value, label in Suspension.choices if counts.get(value)],
        "all": sum(counts.values()),
    }  # fmt: skip
    return render_page(request, "grievances/resting.html", context, part="rows")


@holds(*(str(role) for role in sorted(DECIDES_AT)), "dispatcher", "community_staff")
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Wishes for more time, rests, settlements, returns and results that wait for a decision of mine, oldest due first."""
    waiting = queries.to_approve(request.user.person)
    pager = Pager(waiting, order=("due_at", "id"), after=request.GET.get("after"), size=ROWS)
    context = {"pager": pager, "rows": queries.approval_rows(request.user.person, pager.items)}
    return render_page(request, "grievances/approvals.html", context, part="rows")
