"""Roles, asked both ways: what is this person here; who is this here.

A role granted at an area holds for all below it. An empty role climbs to the next level up.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone

from communities.models import (
    ORGANISATION_ROLES,
    Area,
    Kind,
    Organisation,
    Person,
    Residency,
    Role,
    RoleGrant,
    ids_above,
)
from communities.roles.own import own_at, own_grants, standing_of
from communities.rules import HEADS, ROLE_KINDS, Shadow, shadow_of
from core.statements import Among, Given, Statement

HANDLERS = (Role.ORG_STAFF, Role.ORG_LEAD)


@dataclass(frozen=True)
class Found:
    """Who was found and where. ``climbed``: the place that should have had someone had nobody."""

    people: list[Person] = field(default_factory=list)
    area: Area | None = None
    climbed: bool = False


def _implied(roles: Iterable[str]) -> frozenset[str]:
    """Community staff dispatch by default."""
    found = set(roles)
    if Role.COMMUNITY_STAFF in found:
        found.add(Role.DISPATCHER)
    return frozenset(str(role) for role in found)


def _granting(roles: Collection[str]) -> set[str]:
    """The roles whose grants give one of ``roles``."""
    wanted = {str(role) for role in roles}
    if Role.DISPATCHER in wanted:
        wanted.add(Role.COMMUNITY_STAFF.value)
    return wanted


def valid(at: datetime | None) -> Q:
    """The grants that hold at ``at`` (None: now)."""
    moment = at or timezone.now()
    return Q(valid_from__lte=moment) & (Q(valid_until=None) | Q(valid_until__gt=moment))


def _lives_here(person: Person, area: Area, at: datetime | None) -> QuerySet[Residency]:
    """Verified homes in this area, or in the community that this area belongs to."""
    compound = "home__building__compound"
    here = Q(**{f"{compound}__parent__in": ids_above(area.pk)})
    for steps in range(len(Kind)):
        here |= Q(**{compound + "__parent" * steps: area.pk})
    return Residency.objects.filter(
        here, person=person, state=Residency.State.VERIFIED, verified_at__lte=at or timezone.now()
    )


def granted_at(person: Person, area: Area, at: datetime | None = None) -> frozenset[str]:
    """The roles granted to ``person`` at ``area`` or above; one statement.

    Only the area's id is used: an instance read before a move gives the same answer as a fresh one.
    """
    shadow = shadow_of(person)
    if shadow is not None:
        return _of_shadow(shadow, area)
    return _implied(grant.role for grant in own_at(person, area, at))


def roles_at(person: Person, area: Area, at: datetime | None = None) -> frozenset[str]:
    """As `granted_at`, with "resident" for whoever lives there; one query, that costs several times as much."""
    shadow = shadow_of(person)
    if shadow is not None:
        return _of_shadow(shadow, area)
    lived = _lives_here(person, area, at).values_list(Value(Role.RESIDENT.value), flat=True)
    return _implied(_granted_here(person, area, at).union(lived.order_by()))


def _granted_here(person: Person, area: Area, at: datetime | None) -> QuerySet[RoleGrant, str]:
    grants = RoleGrant.objects.filter(valid(at), person=person, area__in=ids_above(area.pk))
    return grants.order_by().values_list("role", flat=True)


def _of_shadow(shadow: Shadow, area: Area) -> frozenset[str]:
    above = Area.objects.filter(pk=shadow.area_id).filter(pk__in=ids_above(area.pk))
    return _implied({shadow.role}) if above.exists() else frozenset()


def has_role(person: Person, roles: str | Collection[str], area: Area, at: datetime | None = None) -> bool:
    """Whether ``person`` is one of ``roles`` (one, or several) at ``area``."""
    wanted = {str(roles)} if isinstance(roles, str) else {str(role) for role in roles}
    return not wanted.isdisjoint(roles_at(person, area, at))


def areas_where(person: Person, roles: Collection[str], at: datetime | None = None) -> list[Area]:
    """The areas at which ``person`` was granted one of ``roles``, in the tree's order."""
    shadow = shadow_of(person)
    if shadow is not None:
        return list(Area.objects.filter(pk=shadow.area_id)) if shadow.role in _granting(roles) else []
    wanted = _granting(roles)
    found = {grant.area_id: grant.area for grant in own_grants(person, at) if grant.role in wanted}
    open_ones = (area for area in found.values() if area is not None and area.is_open)
    return sorted(open_ones, key=lambda area: (area.tree_id, area.lft))


def roles_anywhere(person: Person, at: datetime | None = None) -> frozenset[str]:
    """Every role that ``person`` holds anywhere, organisations and residency included; one query."""
    shadow = shadow_of(person)
    if shadow is not None:
        return _implied({shadow.role})
    lives = [Role.RESIDENT] if standing_of(person, at).lives else []
    return _implied([*(grant.role for grant in own_grants(person, at)), *lives])


def organisations_of(person: Person, at: datetime | None = None) -> set[int]:
    """The ids of the organisations for which ``person`` may act (staff or lead)."""
    bodies = [grant.organisation for grant in own_grants(person, at) if grant.role in HANDLERS]
    return {body.pk for body in bodies if body is not None and body.closed_at is None}


def areas_held(roles: Collection[str], at: datetime | None = None) -> QuerySet[RoleGrant, int]:
    """The ids of the areas at which somebody holds one of ``roles``, to be used inside another query."""
    grants = RoleGrant.objects.filter(valid(at), role__in=_granting(roles), area__isnull=False)
    return grants.order_by().values_list("area_id", flat=True)


def grants_of(person: Person, at: datetime | None = None) -> list[RoleGrant]:
    """The person's grants at areas, each with its area; one query."""
    shadow = shadow_of(person)
    if shadow is not None:
        return [_shadow_grant(shadow)]
    return [grant for grant in own_grants(person, at) if grant.area is not None]


def _shadow_grant(shadow: Shadow) -> RoleGrant:
    """The one grant that somebody has who looks at the portal as a role; it is not in the database."""
    area = Area.objects.get(pk=shadow.area_id)
    return RoleGrant(role=shadow.role, area=area, valid_from=timezone.now(), valid_until=shadow.until)


def meant_by(role: str) -> frozenset[str]:
    """The role itself and what it brings with it: community staff dispatch by default."""
    return _implied({role})


def people_of(
    organisation: Organisation, roles: Collection[str] = HANDLERS, at: datetime | None = None
) -> list[Person]:
    """The people who hold one of ``roles`` (staff and lead) at the organisation, leads first."""
    grants = (
        RoleGrant.objects.filter(valid(at), organisation=organisation, role__in=[str(role) for role in roles])
        .select_related("person")
        .order_by("role", "valid_from", "pk")
    )
    return list({grant.person_id: grant.person for grant in grants}.values())


def holders_at(roles: str | Collection[str], area: Area, at: datetime | None = None) -> list[Person]:
    """The people granted one of ``roles`` at exactly this area, those serving longest first."""
    wanted = _granting({roles} if isinstance(roles, str) else roles)
    grants = (
        RoleGrant.objects.filter(valid(at), role__in=wanted, area=area)
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    return list({grant.person_id: grant.person for grant in grants}.values())


def holders_by_area(role: str, areas: Collection[Area], at: datetime | None = None) -> dict[int, list[Person]]:
    """The people granted ``role`` at exactly these areas, by the area's id; one query however many areas."""
    grants = (
        RoleGrant.objects.filter(valid(at), role__in=_granting({role}), area__in=[area.pk for area in areas])
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    found: dict[int, list[Person]] = {area.pk: [] for area in areas}
    for grant in grants:
        if grant.area_id is not None and grant.person not in found[grant.area_id]:
            found[grant.area_id].append(grant.person)
    return found


def areas_without(
    role: str, area_ids: Collection[int], *, below: bool = False, at: datetime | None = None
) -> dict[int, str]:
    """Those of the areas where nobody who can sign in is ``role``, by id with their names; one query.

    Who is it above counts; with ``below``, who is it somewhere inside counts too.
    """
    held = RoleGrant.objects.filter(
        valid(at), _near("area", below), role__in=_granting({role}), person__user__is_active=True
    )
    return dict(Area.objects.filter(~Exists(held), pk__in=area_ids).values_list("pk", "name"))


def areas_without_kind(kind: str, area_ids: Collection[int]) -> dict[int, str]:
    """Those of the areas that no open organisation of ``kind`` serves, there, above or inside; one query."""
    serving = Organisation.objects.filter(_near("areas", below=True), kind=kind, closed_at=None)
    return dict(Area.objects.filter(~Exists(serving), pk__in=area_ids).values_list("pk", "name"))


def _near(name: str, below: bool) -> Q:
    """The area under ``name`` is the outer query's area or lies above it (or inside it, with ``below``)."""
    above = Q(**{f"{name}__lft__lte": OuterRef("lft"), f"{name}__rght__gte": OuterRef("rght")})
    inside = Q(**{f"{name}__lft__gte": OuterRef("lft"), f"{name}__lft__lte": OuterRef("rght")})
    return Q(**{f"{name}__tree_id": OuterRef("tree_id")}) & (above | inside if below else above)


def organisations_without(organisation_ids: Collection[int], at: datetime | None = None) -> dict[int, str]:
    """Those of the organisations that are closed, or have nobody who can sign in and act for them; one query."""
    if not organisation_ids:
        return {}
    held = RoleGrant.objects.filter(
        valid(at), role__in=HANDLERS, person__user__is_active=True, organisation=OuterRef("pk")
    )
    gone = Organisation.objects.filter(Q(closed_at__isnull=False) | ~Exists(held), pk__in=organisation_ids)
    return dict(gone.values_list("pk", "name"))


def people_without(person_ids: Collection[int], at: datetime | None = None) -> set[int]:
    """Those of the people who cannot sign in any more, or hold no role at all; one query."""
    if not person_ids:
        return set()
    held = RoleGrant.objects.filter(valid(at), person__user__is_active=True, person_id__in=person_ids)
    return set(person_ids) - set(held.values_list("person_id", flat=True))


def holders_of(role: str, area: Area, at: datetime | None = None) -> Found:
    """Who is ``role`` for ``area``: the nearest up the tree; where nobody is, the level above is.

    Returns the people, the area where they hold it, and whether the search had to climb past the
    level that should have had someone. Two queries. Raises ValueError for roles of organisations.
    """
    if role not in ROLE_KINDS:
        raise ValueError(f"{role!r} is not held at areas")
    path = list(reversed(area.path()))
    held = _grants_on(area, at)
    expected = next((step for step in path if step.kind in ROLE_KINDS[role]), None)
    for step in path:
        people = _pick(held, step, _granting({role}))
        if people:
            missed = expected is not None and step.level < expected.level and step.kind not in ROLE_KINDS[role]
            return Found(people, step, missed)
    return _climb(held, path, climbed=True)


def level_above(subject: Area | Organisation, at: datetime | None = None) -> Found:
    """Who stands above an area or an organisation.

    Of an area: its parent's head or official, then the dispatcher there, then its area_admin; of an
    organisation: the street (or district, or city) that it serves. A level without anybody climbs on.
    """
    if isinstance(subject, Organisation):
        area = _served_level(subject)
        return Found(climbed=True) if area is None else _from(area, at)
    above = subject.parent if subject.parent_id is not None else subject
    return _from(above, at)


def _from(area: Area, at: datetime | None) -> Found:
    path = list(reversed(area.path()))
    return _climb(_grants_on(area, at), path, climbed=False)


def _served_level(organisation: Organisation) -> Area | None:
    """The street of the first area served, or the area itself when it lies higher."""
    first = organisation.areas.filter(valid_until=None).order_by("level", "lft").first()
    if first is None:
        return None
    path = first.path()
    return next((area for area in path if area.kind == Kind.STREET), path[-1])


def _grants_on(area: Area, at: datetime | None) -> list[RoleGrant]:
    return _ON_PATH.rows(areas=[step.pk for step in area.path()], moment=at or timezone.now())


def _on_path() -> QuerySet[RoleGrant]:
    moment: Any = Given("moment")
    grants = RoleGrant.objects.filter(valid(moment), Among("area_id", Given("areas")))
    return grants.select_related("person").order_by("valid_from", "pk")


_ON_PATH = Statement(_on_path)


def _pick(grants: list[RoleGrant], area: Area, roles: Collection[str]) -> list[Person]:
    found = {grant.person_id: grant.person for grant in grants if grant.area_id == area.pk and grant.role in roles}
    return list(found.values())


def _climb(grants: list[RoleGrant], path: list[Area], *, climbed: bool) -> Found:
    """The first on the path (from below up) with a head, else a dispatcher, else an area_admin."""
    for step in path:
        for role in (HEADS.get(step.kind), Role.DISPATCHER, Role.AREA_ADMIN):
            people = _pick(grants, step, _granting({role})) if role is not None else []
            if people:
                return Found(people, step, climbed)
        climbed = climbed or step.kind in HEADS
    return Found([], path[-1], True)


class MyRoles:
    """The roles of a request's person, each question asked of the database once per request."""

    def __init__(self, person: Person | None) -> None:
        self.person = person
        self._at: dict[int, frozenset[str]] = {}
        self._anywhere: frozenset[str] | None = None

    def at(self, area: Area) -> frozenset[str]:
        """What the person is at ``area``; nothing for a visitor."""
        if self.person is None:
            return frozenset()
        if area.pk not in self._at:
            self._at[area.pk] = roles_at(self.person, area)
        return self._at[area.pk]

    @property
    def anywhere(self) -> frozenset[str]:
        """Every role the person holds anywhere; nothing for a visitor."""
        if self._anywhere is None:
            self._anywhere = roles_anywhere(self.person) if self.person is not None else frozenset()
        return self._anywhere

    def staff(self) -> bool:
        """Whether the person holds any role besides living somewhere."""
        return bool(self.anywhere - {Role.RESIDENT.value})


def roles_of_request(request: HttpRequest) -> MyRoles:
    """The roles of the signed-in person, kept on the request."""
    if not hasattr(request, "_my_roles"):
        user = getattr(request, "user", None)
        person = user.person if user is not None and user.is_authenticated else None
        request._my_roles = MyRoles(person)  # type: ignore[attr-defined]
    return request._my_roles  # type: ignore[attr-defined]


def may_see_area(asker: Person | None, area: Area) -> bool:
    """Whether ``asker`` works for this area: holds a granted role there or above."""
    return asker is not None and bool(granted_at(asker, area))


def organisation_roles_of(person: Person, organisation: Organisation, at: datetime | None = None) -> frozenset[str]:
    """What ``person`` is at an organisation."""
    grants = RoleGrant.objects.filter(valid(at), person=person, organisation=organisation)
    return frozenset(grants.filter(role__in=ORGANISATION_ROLES).values_list("role", flat=True))
