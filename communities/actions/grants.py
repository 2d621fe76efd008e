"""Roles granted, moved in time and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.rules import openings
from communities.actions.changes import keep_change
from communities.models import Area, Organisation, Person, Role, RoleGrant
from communities.queries import has_other_roles
from communities.roles import may_open_staff, organisation_roles_of, roles_at
from communities.rules import (
    AlreadyEnded,
    AlreadyGranted,
    AreaEnded,
    BadTerm,
    LastAdmin,
    NotAllowed,
    StillNamed,
    check_level,
    check_role_place,
    may_administer,
    named_work,
)
from core import once as keys

# Who waited for another one's end of the same role pressed a little before it: both meant this end.
SAME_MOMENT = timedelta(minutes=1)
OVERLAPS = ("rolegrant_area_no_overlap", "rolegrant_organisation_no_overlap")


def grant_role(
    *, person: Person, role: str, by: Person | None, at: datetime, area: Area | None = None,
    organisation: Organisation | None = None, until: datetime | None = None, since: datetime | None = None,
    once: keys.Key | None = None, address: str = "",
) -> RoleGrant:  # fmt: skip
    """Give ``person`` a role at an area or an organisation, from ``since`` (or ``at``) until ``until`` (None: open).

    ``by`` needs to administer the area (or an area that the organisation serves) and gives nothing above
    the own level; an organisation's lead may name staff. ``by`` None is the command line.
    Returns the grant. Raises WrongPlace, AlreadyGranted, AreaEnded, NotAllowed, AboveLevel, BadTerm,
    AlreadyDone; TypeError unless exactly one of area and organisation is given.
    """
    if (area is None) == (organisation is None):
        raise TypeError("a role is granted at an area or at an organisation")
    area = Area.objects.get(pk=area.pk) if area is not None else None
    check_role_place(role, area)
    if area is not None and not area.is_open:
        raise AreaEnded(area)
    _judge(by, role, area, organisation, at)
    begins = since or at
    if until is not None and until <= max(begins, at):
        raise BadTerm
    with _no_overlap(role), transaction.atomic():
        keys.spend(once, address)
        _lock_person(person.pk)
        return RoleGrant.objects.create(
            person=person, role=role, area=area, organisation=organisation, valid_from=begins,
            valid_until=until, granted_by=by,
        )  # fmt: skip


def extend_role(
    *, grant_id: int, until: datetime | None, by: Person | None, at: datetime, once: keys.Key | None = None,
    address: str = "",
) -> RoleGrant:  # fmt: skip
    """Move the end of a running grant to ``until`` (None: open); the change is kept.

    Raises AlreadyEnded, BadTerm, AlreadyGranted, LastAdmin, NotAllowed, AboveLevel, AlreadyDone.
    """
    with _no_overlap(_role_of(grant_id)), transaction.atomic():
        keys.spend(once, address)
        grant = _locked(grant_id)
        _judge(by, grant.role, grant.area, grant.organisation, at)
        if grant.valid_until is not None and grant.valid_until <= at:
            raise AlreadyEnded
        if until is not None and until <= max(at, grant.valid_from):
            raise BadTerm
        if until is not None:
            _keep_an_admin(grant, at)
        before = _until_words(grant)
        grant.valid_until = until
        grant.save(update_fields=["valid_until"])
        keep_change(
            subject=f"grant:{grant.pk}", area=grant.area, before=before, after=_until_words(grant), by=by, at=at
        )
    return grant


def revoke_role(
    *, grant_id: int, by: Person | None, at: datetime, on: datetime | None = None, reason: str = "",
    once: keys.Key | None = None, address: str = "",
) -> RoleGrant:  # fmt: skip
    """Take a role back from ``on`` (or ``at``) on; the grant stays as a record.

    The last role of somebody whose name still stands on open work or on rules is not taken back now: these
    are handed over first. The command line (``by`` None) may, what is left then climbs to the level above.
    Raises AlreadyEnded, BadTerm, StillNamed, LastAdmin, NotAllowed, AboveLevel, AlreadyDone.
    """
    with transaction.atomic():
        keys.spend(once, address)
        grant = _locked(grant_id)
        _judge(by, grant.role, grant.area, grant.organisation, at)
        if grant.valid_until is not None and grant.valid_until <= at + SAME_MOMENT:
            raise AlreadyEnded
        if on is not None and on < at:
            raise BadTerm
        if by is not None:
            _keep_an_admin(grant, at)
            if on is None:
                _nothing_left(grant, at)
        grant.valid_until = max(on or at, grant.valid_from)
        grant.revoked_by, grant.end_reason = by, " ".join(reason.split())[:200]
        grant.save(update_fields=["valid_until", "revoked_by", "end_reason"])
    return grant


@contextmanager
def _no_overlap(role: str) -> Iterator[None]:
    """The database refuses two equal grants at one time; say so in words."""
    try:
        yield
    except IntegrityError as error:
        if any(name in str(error) for name in OVERLAPS):
            raise AlreadyGranted(role) from None
        raise


def _role_of(grant_id: int) -> str:
    return RoleGrant.objects.values_list("role", flat=True).get(pk=grant_id)


def _lock_person(person_id: int) -> None:
    """Whoever changes the roles of one person waits here: in the exclusion constraint they wait for each other."""
    Person.objects.select_for_update(no_key=True).get(pk=person_id)


def _locked(grant_id: int) -> RoleGrant:
    """The grant, locked after its person and (an administrator's) its city: two who end at once wait here."""
    found = RoleGrant.objects.get(pk=grant_id)
    _lock_person(found.person_id)
    if found.role == Role.CITY_ADMIN:
        Area.objects.select_for_update(no_key=True).get(pk=found.area_id)
    grants = RoleGrant.objects.select_for_update(no_key=True, of=("self",))
    return grants.select_related("area", "organisation", "person").get(pk=grant_id)


def _keep_an_admin(grant: RoleGrant, at: datetime) -> None:
    """Raise LastAdmin when nobody else is administrator of the city without an end."""
    if grant.role != Role.CITY_ADMIN:
        return
    others = RoleGrant.objects.filter(
        role=Role.CITY_ADMIN, area=grant.area, valid_from__lte=at, valid_until=None, person__user__is_active=True
    )
    if not others.exclude(pk=grant.pk).exists():
        raise LastAdmin


def _nothing_left(grant: RoleGrant, at: datetime) -> None:
    if has_other_roles(grant, at + SAME_MOMENT):
        return
    words = [word for named in named_work.all() for word in named(grant.person)]
    if words:
        raise StillNamed(str(grant.person), words)


def _until_words(grant: RoleGrant) -> dict[str, str]:
    return {"until": grant.last_day.isoformat() if grant.last_day is not None else ""}


def _judge(by: Person | None, role: str, area: Area | None, organisation: Organisation | None, at: datetime) -> None:
    if by is None:
        return
    if organisation is None:
        mine = roles_at(by, area, at) if area is not None else frozenset()
        if not may_administer(mine):
            raise NotAllowed
        check_level(role, mine)
        return
    leads = role == Role.ORG_STAFF and Role.ORG_LEAD in organisation_roles_of(by, organisation, at)
    if not leads and not any(may_administer(roles_at(by, place, at)) for place in organisation.areas.all()):
        raise NotAllowed


openings.register("communities.person", may_open_staff)
