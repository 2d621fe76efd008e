"""Who works where: roles granted in a part of the tree, and the organisations that serve it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from communities.models import Area, Membership, Organisation, Person, RoleGrant, SettingChange, Viewing

NAMED = ("person", "area__parent", "organisation", "granted_by", "revoked_by")
FOUND_AT_MOST = 30


def _within(name: str, tops: Collection[Area]) -> Q:
    """The area under ``name`` is one of ``tops`` or lies below one."""
    found = Q(pk__in=[])
    for top in tops:
        found |= Q(**{f"{name}__tree_id": top.tree_id, f"{name}__lft__gte": top.lft, f"{name}__lft__lte": top.rght})
    return found


def running(at: datetime) -> Q:
    """Grants that hold at ``at`` or begin later."""
    return Q(valid_until=None) | Q(valid_until__gt=at)


def staff_under(tops: Collection[Area], wanted: dict[str, str], at: datetime) -> QuerySet[RoleGrant]:
    """The grants at areas under ``tops`` that the filters ask for.

    ``wanted`` may hold ``role``, ``q`` (part of a name, or the last digits of a phone) and ``past`` (grants
    that ended instead of those that run). Page it by area__tree_id, area__lft, id: the tree's own index.
    """
    grants = RoleGrant.objects.filter(_within("area", tops)).select_related("person", "area__parent")
    grants = grants.filter(valid_until__lte=at) if wanted.get("past") else grants.filter(running(at))
    if wanted.get("role"):
        grants = grants.filter(role=wanted["role"])
    words = wanted.get("q", "").strip()
    if words.isascii() and words.isdigit():
        return grants.filter(person__phone__endswith=words)
    return grants.filter(person__name__icontains=words) if words else grants


def _here(tops: Collection[Area]) -> Q:
    """Grants at areas under ``tops``, or at organisations that serve one."""
    served = Organisation.objects.filter(_within("areas", tops), pk=OuterRef("organisation"))
    return _within("area", tops) | Q(Exists(served), organisation__isnull=False)


def grants_of_person(person: Person, tops: Collection[Area]) -> QuerySet[RoleGrant]:
    """Every grant of the person under ``tops``, past ones too, the newest first."""
    grants = RoleGrant.objects.filter(_here(tops), person=person)
    return grants.select_related(*NAMED).order_by("-valid_from", "-pk")


def staff_person(pk: int, tops: Collection[Area]) -> Person:
    """The person of this id who holds or held a role under ``tops``; raises Person.DoesNotExist."""
    person = Person.objects.select_related("user").get(pk=pk)
    if not grants_of_person(person, tops).exists():
        raise Person.DoesNotExist
    return person


def person_by_id(pk: int) -> Person:
    """The person of this id; raises Person.DoesNotExist."""
    return Person.objects.get(pk=pk)


def grant_under(pk: int, tops: Collection[Area]) -> RoleGrant:
    """The grant of this id under ``tops``; raises RoleGrant.DoesNotExist."""
    return RoleGrant.objects.select_related(*NAMED).get(_here(tops), pk=pk)


def has_other_roles(grant: RoleGrant, at: datetime) -> bool:
    """Whether the grant's person holds another role, anywhere, now or later."""
    others = RoleGrant.objects.filter(running(at), person=grant.person_id).exclude(pk=grant.pk)
    return others.exists()


def changes_of_grant(pk: int) -> list[SettingChange]:
    """How the end of a grant was moved, the newest first."""
    return list(SettingChange.objects.filter(subject=f"grant:{pk}").select_related("by").order_by("-id")[:20])


def areas_named(words: str, tops: Collection[Area]) -> list[Area]:
    """Open areas under ``tops`` by a part of their name, the highest first, at most 30; blank finds nothing."""
    if not words.strip():
        return []
    found = Area.objects.filter(_within_self(tops), valid_until=None, name__icontains=words.strip())
    return list(found.select_related("parent").order_by("level", "tree_id", "lft")[:FOUND_AT_MOST])


def _within_self(tops: Collection[Area]) -> Q:
    found = Q(pk__in=[])
    for top in tops:
        found |= Q(tree_id=top.tree_id, lft__gte=top.lft, lft__lte=top.rght)
    return found


def area_under(pk: int, tops: Collection[Area]) -> Area:
    """The open area of this id under ``tops``; raises Area.DoesNotExist."""
    return Area.objects.select_related("parent").get(_within_self(tops), pk=pk, valid_until=None)


def organisations_under(tops: Collection[Area], words: str = "") -> QuerySet[Organisation]:
    """The open organisations that serve an area under ``tops``, by a part of their name."""
    serving = Organisation.areas.through.objects.filter(_within("area", tops), organisation=OuterRef("pk"))
    found = Organisation.objects.filter(Exists(serving), closed_at=None)
    return found.filter(name__icontains=words.strip()) if words.strip() else found


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Who is on the roll of an organisation now, leads first."""
    members = organisation.memberships.filter(valid_until=None).select_related("person")
    return members.order_by("-is_lead", "valid_from", "pk")


def membership_under(pk: int, tops: Collection[Area]) -> Membership:
    """The open membership of this id in an organisation under ``tops``; raises Membership.DoesNotExist."""
    members = Membership.objects.filter(organisation__in=organisations_under(tops), valid_until=None)
    return members.select_related("person", "organisation").get(pk=pk)


def viewings_under(tops: Collection[Area]) -> QuerySet[Viewing]:
    """Who looked at a place under ``tops`` as which role; page it by -id."""
    return Viewing.objects.filter(_within("area", tops)).select_related("viewer", "area__parent", "end")


def viewing_by_id(pk: int) -> Viewing | None:
    """A viewing with its viewer, place and end, or None."""
    return Viewing.objects.select_related("viewer", "area__parent", "end").filter(pk=pk).first()
