"""Urgent cases that nobody accepted yet, and on whose pages they stand as a bar."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Q, QuerySet

from communities import roles
from communities.rules import shadow_of
from core.statements import Among, Given, Statement
from grievances import rules
from grievances.models import Case, CaseHistory, Person
from grievances.models.cases import UNTAKEN, Urgency
from grievances.queries.seeing import PLACE_COLUMN
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
    near = _near(asker) if shadow_of(asker) is None else []
    if not near:
        return None
    held = held_by(asker).filter(urgency=Urgency.URGENT, state=State.DISPATCHED).order_by()
    accepting = set(held.values_list("pk", flat=True)[:MOST])
    sending = _to_send(asker)
    ids = accepting | sending | _told_of(asker, near)
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


def _told_of(asker: Person, near: list[int]) -> set[int]:
    """What climbed to the asker because nobody took it within ten minutes."""
    heads = {area.pk for area in roles.areas_where(asker, rules.STAND_INS)}
    if not heads:
        return set()
    rows = CaseHistory.objects.filter(subject__in=near, step="alarm", given__level__in=list(heads))
    found = rows.select_related("subject")
    return {
        row.subject_id for row in found
        if any(asker.pk == person.pk for person in people_of_level(row.subject, row.given["level"]))
    }  # fmt: skip


def _near(asker: Person) -> list[int]:
    """The ids of cases that are urgent, not accepted, and held by name, or lie where the asker has a role.

    Held by one of the asker's units counts too, and so does all that for whom the asker stands in.
    """
    people = roles.acts_as(asker)
    places: dict[str, Any] = {kind: [] for kind in (*PLACE_COLUMN, "city")}
    for person in people:
        for grant in roles.grants_of(person):
            if grant.area is not None:
                places[grant.area.kind].append(grant.area.pk)
    units = [unit for person in people for unit in roles.organisations_of(person)]
    city = bool(places.pop("city"))
    return _NEAR.rows(people=[person.pk for person in people], units=units, city=city, **places)


def _untaken() -> QuerySet[Case, int]:
    near = Q(Given("city", BooleanField())) | Q(Among("holder_person_id", Given("people")))
    near |= Q(Among("holder_organisation_id", Given("units")))
    for kind, column in PLACE_COLUMN.items():
        near |= Q(Among(f"{column}_id", Given(kind)))
    return Case.objects.filter(UNTAKEN, near).order_by("-reported_at", "-pk").values_list("pk", flat=True)[:MOST]


_NEAR = Statement(_untaken)
