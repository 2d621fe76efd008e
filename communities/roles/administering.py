"""What administrators may give, see and hand over: roles under their own part of the tree, none above it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from communities.models import Area, Kind, Person, RoleGrant
from communities.queries import grants_of_person
from communities.roles.asking import areas_where, roles_at, valid
from communities.rules import ADMINS, roles_for


def admin_areas(person: Person, at: datetime | None = None) -> list[Area]:
    """The tops of what ``person`` administers: areas below another of them are left out."""
    tops: list[Area] = []
    for area in areas_where(person, ADMINS, at):
        if not any(is_inside(area, [top]) for top in tops):
            tops.append(area)
    return tops


def is_inside(area: Area, tops: Iterable[Area]) -> bool:
    """Whether ``area`` is one of ``tops`` or lies below one."""
    return any(top.tree_id == area.tree_id and top.lft <= area.lft and area.rght <= top.rght for top in tops)


def givable_at(person: Person, area: Area, at: datetime | None = None) -> list[str]:
    """The roles that ``person`` may give at ``area``: those that fit it, none above the own level."""
    mine = roles_at(person, area, at)
    return roles_for(area.kind, mine) if not ADMINS.isdisjoint(mine) else []


def viewable_at(person: Person, area: Area, at: datetime | None = None) -> list[str]:
    """The roles as which ``person`` may look at the portal at ``area``: those below the own level."""
    mine = roles_at(person, area, at)
    if ADMINS.isdisjoint(mine):
        return []
    parent = roles_at(person, area.parent, at) if area.parent is not None else frozenset()
    own = ADMINS if ADMINS.isdisjoint(parent) else frozenset()
    return [role for role in roles_for(area.kind, mine) if role not in own]


def works_for(person: Person, area: Area, at: datetime | None = None) -> bool:
    """Whether ``person`` holds a role at ``area``, above it, or elsewhere in its community."""
    path = area.path()
    community = next((step for step in path if step.kind == Kind.COMMUNITY), area)
    held = RoleGrant.objects.filter(valid(at), person=person, area__isnull=False)
    inside = Q(area__tree_id=community.tree_id, area__lft__gte=community.lft, area__rght__lte=community.rght)
    return held.filter(inside | Q(area__in=path)).exists()


def colleagues_of(area: Area, at: datetime | None = None) -> list[RoleGrant]:
    """Who works for ``area``: grants there, above it and elsewhere in its community, the nearest first."""
    path = area.path()
    community = next((step for step in path if step.kind == Kind.COMMUNITY), area)
    inside = Q(area__tree_id=community.tree_id, area__lft__gte=community.lft, area__rght__lte=community.rght)
    grants = RoleGrant.objects.filter(valid(at), person__user__is_active=True).filter(inside | Q(area__in=path))
    return list(grants.select_related("person", "area__parent").order_by("-area__level", "role", "pk")[:200])


def may_open_staff(opener: Person, person: Person, person_id: int) -> bool:
    """Whether ``opener`` may see the number of ``person``: administers a place (or unit) they work for."""
    tops = admin_areas(opener) if person.pk == person_id else []
    return bool(tops) and grants_of_person(person, tops).exists()
