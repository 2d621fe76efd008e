"""Who is away and who stands in for them (代班)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.models import Area, Kind, Person, RoleGrant, StandIn
from communities.roles.asking import HANDLERS, meant_by, valid
from communities.roles.own import standing_of
from communities.rules import shadow_of
from core.memo import once_a_page
from core.statements import Among, Given, Statement

BELOW_COMMUNITY = frozenset({str(Kind.COMMUNITY), str(Kind.COMPOUND), str(Kind.GRID)})


def standing(at: datetime | None = None) -> QuerySet[StandIn]:
    """The stand-ins that hold at ``at`` (None: now)."""
    moment = at or timezone.now()
    return StandIn.objects.filter(ended_at=None, valid_from__lte=moment, valid_until__gt=moment)


def absent_for(person: Person, at: datetime | None = None) -> list[Person]:
    """The people who are away now and for whom ``person`` stands in."""
    if shadow_of(person) is not None or person.pk is None:
        return []
    moment = at or timezone.now()
    absent = standing_of(person, moment).absent
    now = [whom for whom, since, until in absent if since <= moment < until]
    people = once_a_page(("stands in", person.pk, *now), lambda: Person.objects.in_bulk(now)) if now else {}
    return [people[whom] for whom in now]


def acts_as(person: Person, at: datetime | None = None) -> list[Person]:
    """The person, then everybody for whom they stand in now."""
    return [person, *absent_for(person, at)]


def away(person_ids: Collection[int], at: datetime | None = None) -> dict[int, datetime]:
    """Those of the people who are away, by id with until when; one query."""
    return dict(standing(at).filter(person__in=person_ids).values_list("person_id", "valid_until"))


@dataclass(frozen=True)
class Absence:
    """Somebody is away until a moment; who stands in for them."""

    person: Person
    stand_in: Person
    until: datetime


def absences(
    people: Collection[int], posts: Collection[tuple[str, int]], at: datetime | None = None
) -> dict[int | tuple[str, int], Absence]:
    """Who is away of these people, and of the holders of these posts (role, area id), by either.

    One query where nobody is away, two where somebody is.
    """
    grants = RoleGrant.objects.filter(valid(at), area__in={area for _role, area in posts}).order_by()
    gone = standing(at).filter(Q(person__in=people) | Q(person__in=grants.values("person")))
    found: dict[int | tuple[str, int], Absence] = {}
    rows = list(gone.select_related("person", "stand_in"))
    for row in rows:
        found[row.person_id] = Absence(row.person, row.stand_in, row.valid_until)
    if rows:
        for grant in grants.filter(person__in=[row.person_id for row in rows]):
            for role, area in posts:
                if grant.area_id == area and role in meant_by(grant.role):
                    found[role, area] = found[grant.person_id]
    return found


def stand_ins_for(people: Iterable[Person], at: datetime | None = None) -> list[Person]:
    """``people`` with the stand-ins of those who are away after them.

    A stand-in who is away too is left out: the chain ends there, and ``stranded`` names whose work climbs.
    """
    return _with_stand_ins(list(people), at)[0]


def stranded(people: Iterable[Person], at: datetime | None = None) -> bool:
    """Whether everybody of ``people`` is away and so is whoever stands in for them."""
    return _with_stand_ins(list(people), at)[1]


def _stood_in() -> QuerySet[StandIn]:
    moment: Any = Given("moment")
    return standing(moment).filter(Among("person_id", Given("people"))).select_related("stand_in").order_by("pk")


_STOOD_IN = Statement(_stood_in)


def _with_stand_ins(people: list[Person], at: datetime | None) -> tuple[list[Person], bool]:
    rows = _STOOD_IN.rows(people=[person.pk for person in people], moment=at or timezone.now())
    if not rows:
        return people, False
    gone = away([row.stand_in_id for row in rows], at)
    there = [row.stand_in for row in rows if row.stand_in_id not in gone]
    absent = {row.person_id for row in rows}
    nobody = not there and all(person.pk in absent for person in people)
    return list(dict.fromkeys([*people, *there])), nobody


def peers_of(person: Person, at: datetime | None = None) -> list[RoleGrant]:
    """Who may stand in for somebody: roles of their own community (or the very place above it), or their unit."""
    mine = RoleGrant.objects.filter(valid(at), person=person).select_related("area")
    scope = Q(pk__in=[])
    for grant in mine:
        if grant.area is not None:
            scope |= _near(grant.area)
        elif grant.role in HANDLERS:
            scope |= Q(organisation=grant.organisation_id, role__in=HANDLERS)
    found = RoleGrant.objects.filter(valid(at), scope, person__user__is_active=True).exclude(person=person)
    return list(
        found.select_related("person", "area", "organisation").order_by("person__name", "person_id", "pk")[:200]
    )


def _near(area: Area) -> Q:
    if area.kind not in BELOW_COMMUNITY:
        return Q(area=area)
    community = next((step for step in area.path() if step.kind == Kind.COMMUNITY), area)
    return Q(area__tree_id=community.tree_id, area__lft__gte=community.lft, area__rght__lte=community.rght)


def staff_inside(area: Area, at: datetime | None = None) -> list[RoleGrant]:
    """Who works at a community or below it, at most 200 grants, each with its person."""
    inside = Q(area__tree_id=area.tree_id, area__lft__gte=area.lft, area__lft__lte=area.rght)
    found = RoleGrant.objects.filter(valid(at), inside).select_related("person", "area")
    return list(found.order_by("person__name", "person_id", "pk")[:200])
