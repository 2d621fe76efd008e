"""Cases whose deadlines follow the calendar and the duty hours, and how far working them out anew has come."""

from typing import Final

from django.db.models import QuerySet

from communities.rules import Running, reckoned
from core import jobs
from grievances.models import Area, Case
from grievances.queries.seeing import PLACE_COLUMN
from grievances.workflow import RECKONED

JOBS: Final = "reckon."
MOST_COUNTED: Final = 10_000


def to_reckon(area: Area | None) -> QuerySet[Case]:
    """Open cases without a result at a place and below it (None: everywhere), in no order."""
    cases = Case.objects.filter(closed_at=None, state__in=RECKONED)
    if area is None or area.kind == "city":
        return cases
    return cases.filter(**{PLACE_COLUMN[area.kind]: area})


def running(area: Area | None) -> Running:
    """How many cases a change of working time reaches, counted up to MOST_COUNTED, and the newest reckoning."""
    count = to_reckon(area)[: MOST_COUNTED + 1].count()
    job = jobs.newest(f"{JOBS}{'all' if area is None else area.pk}.")
    if job is None:
        return Running(count, MOST_COUNTED)
    return Running(count, MOST_COUNTED, job.done, job.total, job.finished_at)


reckoned.register("grievances", running)
