"""Reads about the further turns of a case: what was asked for, what looks alike, what rests, what waits for a decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from communities import roles
from grievances import rules
from grievances.models import Area, Case, Person
from grievances.queries.seeing import LISTED, PLACE_COLUMN, open_to
from grievances.queries.shown import StepView, newest_result
from grievances.workflow import OPEN, PAUSED, State

ALIKE_DAYS = timedelta(days=30)
MOST_ALIKE = 5


def asked_for(case: Case) -> dict[str, Any]:
    """What somebody asked for and nobody decided yet, from its history row; dates as moments. Empty where nothing is."""
    if not case.asked:
        return {}
    given = case.history.filter(seq=case.asked_seq).values_list("given", flat=True).first() or {}
    return given | {name: datetime.fromisoformat(given[name]) for name in ("new", "until") if given.get(name)}


def alike(case: Case) -> list[Case]:
    """Open cases of the community of the last 30 days that might be the same thing: same place or category first."""
    main = case.category.parent_id or case.category_id if case.category is not None else None
    same = Q(area=case.area_id) | (Q(category_id=main) | Q(category__parent_id=main) if main else Q(pk__in=[]))
    near = Case.objects.filter(
        same, community_id=case.community_id, state__in=OPEN - PAUSED, reported_at__gte=case.reported_at - ALIKE_DAYS
    )
    near = near.exclude(pk=case.pk).exclude(visibility="confidential")
    return list(near.select_related(*LISTED).order_by("-reported_at", "-pk")[:MOST_ALIKE])


def resting(asker: Person) -> QuerySet[Case]:
    """Cases that rest (挂账) in the places whose cases the asker sees, the oldest rest first; ``rests_since`` on each."""
    return _in_my_places(asker, Q(state=State.SUSPENDED)).filter(pauses__ended_at=None)


def to_approve(asker: Person) -> QuerySet[Case]:
    """Cases whose holder asked for time, and that the asker may decide on (their level lies above the holder's)."""
    return _in_my_places(asker, Q(asked__in=["extension", "suspension", "settlement"]), rules.DECIDES_AT)


@dataclass(frozen=True)
class Joined:
    """The case into which a resident's own was merged, as they may read it: how it stands and its result."""

    case: Case
    result: StepView | None


def joined_with(case: Case) -> Joined | None:
    """How the case stands into which this one was merged; None where it was not."""
    if case.merged_into_id is None:
        return None
    main = Case.objects.get(pk=case.merged_into_id)
    return Joined(main, newest_result(main) if main.state in (State.FEEDBACK, State.CLOSED) else None)


def merged_into(case: Case) -> list[Case]:
    """What was merged into this case."""
    return list(Case.objects.filter(merged_into=case).select_related(*LISTED, "reporter").order_by("pk"))


def _in_my_places(asker: Person, wanted: Q, mine: Any = rules.WORKS_HERE) -> QuerySet[Case]:
    places, scope = roles.areas_where(asker, set(mine)), Q(pk__in=[])
    for place in places:
        scope |= _column(place)
    return open_to(asker, Case.objects.filter(wanted, scope)).select_related(*LISTED, "holder_area", "asked_by")


def _column(area: Area) -> Q:
    return Q(pk__isnull=False) if area.kind == "city" else Q(**{PLACE_COLUMN[area.kind]: area})
