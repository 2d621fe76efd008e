"""The asker's own reports."""

from django.db.models import Q, QuerySet
from django.http import Http404

from grievances.models import Case, Person
from grievances.queries.seeing import ROW
from grievances.workflow import State


def reported_by(asker: Person) -> QuerySet[Case]:
    """The asker's own reports and those they sent for others."""
    mine = Q(reporter=asker) | Q(proxy=asker)
    return Case.objects.filter(mine, reporter_left=False).select_related(*ROW)


def get_reported(asker: Person, pk: int) -> Case:
    """A case the asker reported or sent for somebody; raises Http404 for any other."""
    case = reported_by(asker).filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def waiting_for(asker: Person) -> QuerySet[Case]:
    """The asker's reports with a result that waits for their rating."""
    return reported_by(asker).filter(state=State.FEEDBACK).order_by("result_at", "pk")
