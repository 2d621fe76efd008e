"""The desk of several dispatchers: who looks at what, what comes next, and a selection of cases."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from grievances import routing
from grievances.models import Case, DeskClaim, Person
from grievances.queries.shown import StepView, returned_by
from grievances.queries.work import desk_of, to_dispatch
from grievances.workflow import State

MOST_SELECTED = 50
LOOKED_THROUGH = 200


def looking_at(cases: Collection[int], *, asker: Person, at: datetime) -> dict[int, DeskClaim]:
    """Who else looks at these cases now, by the case's id; one query."""
    found = DeskClaim.objects.filter(case_id__in=cases, until__gt=at).exclude(person_id=asker.pk)
    return {claim.case_id: claim for claim in found.select_related("person")}


def next_waiting(asker: Person, at: datetime, after: Case | None = None) -> Iterator[int]:
    """Ids of what waits for dispatch here and nobody else looks at, nearest deadline first.

    With ``after`` (the case that stands open) those behind it come first, then the others from the beginning.
    """
    others = DeskClaim.objects.filter(case=OuterRef("pk"), until__gt=at).exclude(person_id=asker.pk)
    free = to_dispatch(asker).filter(~Exists(others))
    if after is not None:
        behind = Q(due_at=after.due_at, pk__gt=after.pk) | Q(due_at__gt=after.due_at)
        later = free.filter(behind, due_at__gte=after.due_at)
        yield from later.values_list("pk", flat=True)[:LOOKED_THROUGH]
        free = free.exclude(pk=after.pk)
    yield from free.values_list("pk", flat=True)[:LOOKED_THROUGH]


def selected(asker: Person, ids: Collection[int]) -> list[Case]:
    """The cases of a selection that lie on the asker's desk, nearest deadline first; at most MOST_SELECTED."""
    found = desk_of(asker).filter(pk__in=list(ids)[:MOST_SELECTED])
    found = found.select_related("category__parent", "holder_person", "holder_organisation", "holder_area", "handler")
    return list(found.order_by("due_at", "pk"))


def proposal_for(case: Case, back: StepView | None = None) -> routing.Proposal:
    """Who should have a case that waits for dispatch; one who just gave it back (``back``) is not proposed again."""
    if case.state != State.RETURNED or back is None:
        return routing.propose_for(case)
    hands = case.history.filter(step__in=("dispatch", "transfer", "rule_return", "return")).order_by("seq")
    return routing.propose_again(
        case.area, case.category, back=routing.holder_of(case), said=str(back.texts.get("proposed", "")),
        urgency=case.urgency, tier=case.tier, before=returned_by(hands),
    )  # fmt: skip
