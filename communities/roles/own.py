"""What one person is: their grants, whether they live somewhere, for whom they stand in; read once while a page is drawn."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Value
from django.utils import timezone

from communities.models import Area, Person, Residency, RoleGrant, StandIn
from core.memo import once_a_page
from core.statements import Given, Statement

Line = tuple[str, int, str, int | None, int | None, datetime, datetime | None]


@dataclass(frozen=True)
class Standing:
    """What a person is from ``since`` on; what only begins later is among it.

    ``absent`` are the ids of those for whom they stand in, with from and until.
    """

    since: datetime
    grants: list[RoleGrant]
    lives: bool
    absent: list[tuple[int, datetime, datetime]]


def _lines() -> "QuerySet[RoleGrant, Line]":
    """Grants, homes, absences: what it is, its id, role, area or person, organisation, from, until."""
    ahead = Q(valid_until=None) | Q(valid_until__gt=Given("moment"))
    grants = RoleGrant.objects.filter(ahead, person_id=Given("person")).order_by()
    homes = Residency.objects.filter(person_id=Given("person"), state=Residency.State.VERIFIED).order_by()
    absent = StandIn.objects.filter(
        stand_in_id=Given("person"), ended_at=None, valid_until__gt=Given("moment")
    ).order_by()
    word, moment = CharField(), DateTimeField()
    return grants.annotate(what=Value("grant", word)).values_list(
        "what", "pk", "role", "area_id", "organisation_id", "valid_from", "valid_until"
    ).union(
        homes.values_list(
            Value("lives", word), "pk", Value("", word), Value(0), Value(0), Given("moment", moment), Given("moment", moment)
        )[:1],
        absent.values_list(
            Value("stands", word), "pk", Value("", word), F("person_id"), Value(0), "valid_from", "valid_until"
        ),
        all=True,
    )  # fmt: skip


_LINES = Statement(_lines)


def standing_of(person: Person, at: datetime | None = None) -> Standing:
    """What ``person`` is now or at ``at``, by one statement; read once while a page is drawn."""
    moment = at or timezone.now()
    if person.pk is None:
        return Standing(moment, [], lives=False, absent=[])
    found = once_a_page(("standing", person.pk), lambda: _read(person, moment))
    return found if moment >= found.since else _read(person, moment)


def own_grants(person: Person, at: datetime | None = None) -> list[RoleGrant]:
    """The grants of ``person`` that hold at ``at`` (None: now)."""
    moment = at or timezone.now()
    return [
        grant for grant in standing_of(person, moment).grants
        if grant.valid_from <= moment and (grant.valid_until is None or grant.valid_until > moment)
    ]  # fmt: skip


def own_at(person: Person, area: Area, at: datetime | None = None) -> list[RoleGrant]:
    """As ``own_grants``, those at ``area`` or above it."""
    grants = own_grants(person, at)
    above = {step.pk for step in area.path()} if grants else set()
    return [grant for grant in grants if grant.area_id in above]


def _read(person: Person, moment: datetime) -> Standing:
    """What holds at a moment, or will."""
    lines = sorted(_LINES.rows(person=person.pk, moment=moment), key=lambda line: line[:2])
    grants = [
        RoleGrant(
            pk=pk, person=person, role=role, area_id=area, organisation_id=body, valid_from=since, valid_until=until
        )
        for what, pk, role, area, body, since, until in lines
        if what == "grant"
    ]
    absent = [
        (whom, since, until) for what, _pk, _role, whom, _body, since, until in lines
        if what == "stands" and whom is not None and until is not None
    ]  # fmt: skip
    return Standing(moment, grants, any(line[0] == "lives" for line in lines), absent)
