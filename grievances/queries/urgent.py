"""Urgent cases that nobody accepted yet, and on whose pages they stand as a bar."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from communities import roles
from communities.rules import shadow_of
from grievances import rules
from grievances.models import Case, CaseHistory, Person
from grievances.models.cases import UNTAKEN, Urgency
from grievances.queries.superiors import people_of_level
from grievances.queries.work import desk_of, held_by
from grievances.workflow import WAITING_FOR_DISPATCH, State

MOST = 50


@dataclass(frozen=True)
class UrgentBar:
    """What the bar says: the newest case, how many more, and whether the reader accepts it, or only hears of it.

    What neither is accepted nor only told is dispatched.
    """

    case: Case
    more: int
    accepts: bool
    only_told: bool = False

    @property
    def mark(self) -> str:
        """Changes whenever the bar would say something else."""
        return f"{self.case.pk}-{self.case.last_seq}-{self.more}"


def urgent_for(asker: Person) -> UrgentBar | None:
    """The urgent cases that wait for ``asker`` to accept or to dispatch them; None where there are none.

    One small index is asked whether anything is near; whose it really is, is worked out only then.
    """
    if shadow_of(asker) is not None or not _near(asker).exists():
        return None
    held = held_by(asker).filter(urgency=Urgency.URGENT, state=State.DISPATCHED).order_by()
    accepting = set(held.values_list("pk", flat=True)[:MOST])
    sending = _to_send(asker)
    ids = accepting | sending | _told_of(asker)
    if not ids:
        return None
    newest = Case.objects.filter(pk__in=ids).order_by("-reported_at", "-pk")[0]
    return UrgentBar(newest, len(ids) - 1, newest.pk in accepting, newest.pk not in accepting | sending)


def _to_send(asker: Person) -> set[int]:
    """What the asker dispatches now: nobody nearer to the place does."""
    desk = desk_of(asker).filter(urgency=Urgency.URGENT, state__in=WAITING_FOR_DISPATCH)
    waiting = list(desk.order_by("-reported_at", "-pk")[:MOST])
    sends = {area: rules.is_dispatcher(asker, case) for area, case in {case.area_id: case for case in waiting}.items()}
    return {case.pk for case in waiting if sends[case.area_id]}


def _told_of(asker: Person) -> set[int]:
    """What climbed to the asker because nobody took it within ten minutes."""
    heads = {area.pk for area in roles.areas_where(asker, rules.STAND_INS)}
    if not heads:
        return set()
    near = _near(asker).values_list("pk", flat=True)[:MOST]
    rows = CaseHistory.objects.filter(subject__in=list(near), step="alarm", given__level__in=list(heads))
    found = rows.select_related("subject")
    return {
        row.subject_id for row in found
        if any(asker.pk == person.pk for person in people_of_level(row.subject, row.given["level"]))
    }  # fmt: skip


def _near(asker: Person) -> QuerySet[Case]:
    """Urgent, not accepted, and held by name, or somewhere below (or at a unit) where the asker has a role."""
    waiting = Case.objects.filter(UNTAKEN)
    people = roles.acts_as(asker)
    grants = roles.running_grants(people)
    below: dict[str, Any] = {
        "area__tree_id": OuterRef("area__tree_id"),
        "area__lft__lte": OuterRef("area__lft"),
        "area__rght__gte": OuterRef("area__rght"),
    }
    own = Exists(grants.filter(**below)) | Exists(grants.filter(organisation=OuterRef("holder_organisation")))
    return waiting.filter(Q(holder_person__in=people) | own).order_by()
