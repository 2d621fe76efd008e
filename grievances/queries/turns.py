"""Reads about the further turns of a case: what was asked for, what looks alike, what rests, what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from communities import roles
from communities.roles import Role
from communities.rules import shadow_of
from core.history import texts_of
from core.statements import Given, Statement
from grievances import rules
from grievances.models import Area, Case, CaseHistory, CasePause, Category, Person
from grievances.models.cases import UNDECIDED
from grievances.queries.climbing import Held
from grievances.queries.seeing import PLACE_COLUMN, open_to
from grievances.queries.shown import StepView, newest_result
from grievances.workflow import MOST_RETURNED, OPEN, PAUSED, Asked, State

ALIKE_DAYS = timedelta(days=30)
MOST_ALIKE = 5
MOST_COUNTED = 100
ASKING: dict[str, str] = {State.RETURNED: "return", State.CHECKING: "result_to_check"}


def asked_for(case: Case) -> dict[str, Any]:
    """What somebody asked for and nobody decided yet, from its history row; dates as moments. Empty where nothing is."""
    if not case.asked:
        return {}
    given = case.history.filter(seq=case.asked_seq).values_list("given", flat=True).first() or {}
    return given | {name: datetime.fromisoformat(given[name]) for name in ("new", "until") if given.get(name)}


def alike(case: Case) -> list[Case]:
    """Open cases of the community of the last 30 days that might be the same thing: same place or category first."""
    found = _alike(case.community, case.area, case.category, case.reported_at).exclude(pk=case.pk)
    return list(found.order_by("-reported_at", "-pk")[:MOST_ALIKE])


def alike_at(asker: Person, area: Area, category: Category | None, at: datetime) -> list[Case]:
    """As ``alike``, for a report that is being written down at ``at``: what the asker sees of it."""
    community = next((step for step in area.path() if step.kind == "community"), None)
    found = _alike(community, area, category, at).filter(_places(asker, rules.WORKS_HERE))
    return list(found.order_by("-reported_at", "-pk")[:MOST_ALIKE])


def _alike(community: Area | None, area: Area, category: Category | None, at: datetime) -> QuerySet[Case]:
    main = category.parent_id or category.pk if category is not None else None
    same = Q(area=area) | (Q(category_id=main) | Q(category__parent_id=main) if main else Q(pk__in=[]))
    near = Case.objects.filter(
        same, community=community, state__in=OPEN - PAUSED, reported_at__gte=at - ALIKE_DAYS
    )  # fmt: skip
    return near.exclude(visibility="confidential")


def resting(asker: Person) -> QuerySet[CasePause]:
    """The rests (挂账) of the places whose cases the asker sees, each with its case."""
    scope = _places(asker, rules.WORKS_HERE, "case__")
    rests = CasePause.objects.filter(scope, state=State.SUSPENDED, ended_at=None)
    if shadow_of(asker) is not None:
        rests = rests.exclude(case__visibility="confidential")
    return rests.select_related("case")


def resting_counts(rests: QuerySet[CasePause]) -> dict[str, int]:
    """How many rest for which reason."""
    return dict(rests.order_by().values_list("code").annotate(n=Count("pk")))


def to_approve(asker: Person) -> QuerySet[Case]:
    """Cases that wait for a decision the asker may take: more time, a rest, a settlement, a return, a check."""
    return open_to(asker, _waiting_for(_held(asker), asker.pk))


def _held(asker: Person) -> list[Held]:
    return [(grant.role, grant.area.kind, grant.area.pk) for grant in roles.grants_of(asker) if grant.area is not None]


def _waiting_for(held: Sequence[Held], asker: Any) -> QuerySet[Case]:
    """The cases that wait for somebody's decision by what they hold; ``asker`` is their id."""
    wanted = Q(pk__in=[])
    for role, kind, area in held:
        here = Q(pk__isnull=False) if kind == "city" else Q(**{f"{PLACE_COLUMN[kind]}_id": area})
        if role in rules.DECIDES_AT:
            wanted |= here & _decided_by(Role(role))
        if role in rules.SETTLES:
            wanted |= here & Q(asked=Asked.SETTLEMENT) & ~Q(asked_by_id=asker)
        if roles.meant_by(role) & rules.CHECKS:
            wanted |= here & Q(state=State.CHECKING) & ~Q(handler_id=asker)
    others = ~Q(handler_id=asker) & ~Q(holder_person_id=asker)
    return Case.objects.filter(UNDECIDED, wanted, others).select_related("asked_by")


def _decided_by(role: Role) -> Q:
    """More time or a rest asked for below this role's level, and what was given back too often."""
    below = [name for name, level in rules.LEVEL_OF.items() if level < rules.DECIDES_AT[role]]
    bodies = Q(holder_organisation__isnull=False) if rules.DECIDES_AT[role] > 1 else Q(pk__in=[])
    holds = Q(holder_role__in=below) | bodies | Q(holder_person__isnull=False)
    asks = Q(asked__in=[Asked.EXTENSION, Asked.SUSPENSION], state=State.HANDLING)
    return holds & (asks | Q(state=State.RETURNED, returned__gte=MOST_RETURNED))


def approvals_count(asker: Person) -> int:
    """How many cases wait for a decision of the asker, counted up to MOST_COUNTED."""
    if shadow_of(asker) is not None:
        return to_approve(asker).select_related(None).order_by()[:MOST_COUNTED].count()
    held = _held(asker)
    given: dict[str, Any] = {f"held_{number}": area for number, (_role, _kind, area) in enumerate(held)}
    return len(_WAITING.rows(tuple((role, kind) for role, kind, _area in held), asker=asker.pk, **given))


def _ids_waiting(shape: Sequence[tuple[str, str]]) -> QuerySet[Case, int]:
    held = [(role, kind, Given(f"held_{number}")) for number, (role, kind) in enumerate(shape)]
    found = _waiting_for(held, Given("asker")).select_related(None).order_by()
    return found.values_list("pk", flat=True)[:MOST_COUNTED]


_WAITING = Statement(_ids_waiting)


@dataclass(frozen=True)
class Approval:
    """One case that waits for a decision: what is waited for, and what was asked in words."""

    case: Case
    what: str
    view: StepView | None


def approval_rows(asker: Person, cases: Sequence[Case]) -> list[Approval]:
    """Rows with the step that asks, its texts read at once however many rows."""
    wanted = Q(pk__in=[])
    for case in cases:
        wanted |= Q(subject=case, seq=case.asked_seq) if case.asked else Q(subject=case, step=ASKING[case.state])
    newest = {row.subject_id: row for row in CaseHistory.objects.filter(wanted).select_related("actor").order_by("seq")}
    rows = list(newest.values())
    texts = texts_of(rows)
    views = {
        row.subject_id: StepView(row, {name: texts[pk] for name, pk in row.texts.items() if pk in texts}, [])
        for row in rows
    }
    return [Approval(case, _what(case), views.get(case.pk)) for case in cases]


def _what(case: Case) -> str:
    if case.asked:
        return str(Asked(case.asked).label)
    return str(State(case.state).label)


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
    return list(Case.objects.filter(merged_into=case).select_related("reporter").order_by("pk"))


def _places(asker: Person, wanted: Any, before: str = "") -> Q:
    scope = Q(pk__in=[])
    for area in roles.areas_where(asker, set(wanted)):
        scope |= _column(area, before)
    return scope


def _column(area: Area, before: str = "") -> Q:
    return Q(pk__isnull=False) if area.kind == "city" else Q(**{before + PLACE_COLUMN[area.kind]: area})
