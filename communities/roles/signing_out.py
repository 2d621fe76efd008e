"""Who may end whose sign-in: those who look after somebody's place, for people below their own level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from communities.models import Area, Kind, Organisation, Person, Role, RoleGrant
from communities.queries import grants_of_person
from communities.roles.administering import is_inside
from communities.roles.asking import areas_where, grants_of
from communities.rules import HEADS

SIGNERS = frozenset({Role.COMMUNITY_HEAD.value, Role.AREA_ADMIN.value, Role.CITY_ADMIN.value})
LEADING = frozenset({*map(str, HEADS.values()), Role.AREA_ADMIN.value})
TOP = -1


@dataclass(frozen=True)
class _Post:
    """What somebody does where: the areas, and how high it stands (less is higher)."""

    areas: Sequence[Area]
    height: int


def signer_areas(person: Person, at: datetime | None = None) -> list[Area]:
    """The tops of the places whose staff ``person`` may sign out."""
    tops: list[Area] = []
    for area in areas_where(person, SIGNERS, at):
        if not any(is_inside(area, [top]) for top in tops):
            tops.append(area)
    return tops


def works_under(person: Person, tops: Sequence[Area], at: datetime) -> bool:
    """Whether ``person`` works at a place under ``tops``; somebody without any role counts where they last had one."""
    if not tops:
        return False
    posts = _posts(person, at)
    if posts:
        return any(is_inside(area, tops) for post in posts for area in post.areas)
    return grants_of_person(person, tops).exists()


def sign_out_place(by: Person, person: Person, at: datetime) -> Area | None:
    """The place for which ``by`` may end the sign-in of ``person``, the nearest one; None where they may not.

    ``by`` is head of the community or administrator of an area under which the person works, and the person
    holds nothing, anywhere, at or above the level of that. Only city administrators do it for one another:
    nobody stands above them.
    """
    if by.pk == person.pk:
        return None
    mine = [(grant.area, grant.role) for grant in grants_of(by, at) if grant.area is not None and grant.role in SIGNERS]
    highest = _highest(person, at)
    for area, role in sorted(mine, key=lambda post: post[0].level, reverse=True):
        height = _height(area.kind, role)
        if (highest > height or height == TOP) and works_under(person, [area], at):
            return area
    return None


def _highest(person: Person, at: datetime) -> int:
    user = getattr(person, "user", None)
    if user is not None and (user.is_superuser or user.is_staff):
        return TOP
    return min((post.height for post in _posts(person, at)), default=2 * len(Kind))


def _height(kind: str, role: str) -> int:
    """How high a role at an area of a kind stands: who leads an area stands above those who work there."""
    if role == Role.CITY_ADMIN:
        return TOP
    return 2 * list(Kind).index(Kind(kind)) + (role not in LEADING)


def _posts(person: Person, at: datetime) -> list[_Post]:
    """What the person does now or from a later day on."""
    running = RoleGrant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), person=person)
    found = list(running.select_related("area"))
    units = {grant.organisation_id for grant in found if grant.organisation_id is not None}
    served: dict[int, list[Area]] = {
        unit.pk: list(unit.areas.all())
        for unit in Organisation.objects.filter(pk__in=units).prefetch_related("areas")
    }  # fmt: skip
    posts = [_Post([grant.area], _height(grant.area.kind, grant.role)) for grant in found if grant.area is not None]
    for grant in found:
        areas = served.get(grant.organisation_id or 0, [])
        if areas:
            posts.append(_Post(areas, min(_height(area.kind, grant.role) for area in areas)))
    return posts
