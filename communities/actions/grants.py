"""Roles granted and taken back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from communities.models import Area, Organisation, Person, Role, RoleGrant
from communities.roles import organisation_roles_of, roles_at
from communities.rules import (
    AlreadyEnded,
    AlreadyGranted,
    AreaEnded,
    NotAllowed,
    check_role_place,
    may_administer,
)

OVERLAPS = ("rolegrant_area_no_overlap", "rolegrant_organisation_no_overlap")


def grant_role(
    *, person: Person, role: str, by: Person | None, at: datetime, area: Area | None = None,
    organisation: Organisation | None = None, until: datetime | None = None,
) -> RoleGrant:  # fmt: skip
    """Give ``person`` a role at an area or an organisation, from ``at`` until ``until`` (None: open).

    ``by`` needs to administer the area (or an area that the organisation serves); its lead may name
    staff. ``by`` None is the command line.
    Returns the grant. Raises WrongPlace, AlreadyGranted, AreaEnded, NotAllowed; TypeError unless exactly
    one of area and organisation is given.
    """
    if (area is None) == (organisation is None):
        raise TypeError("a role is granted at an area or at an organisation")
    area = Area.objects.get(pk=area.pk) if area is not None else None
    check_role_place(role, area)
    if area is not None and not area.is_open:
        raise AreaEnded(area)
    _judge(by, role, area, organisation, at)
    try:
        with transaction.atomic():
            return RoleGrant.objects.create(
                person=person, role=role, area=area, organisation=organisation, valid_from=at,
                valid_until=until, granted_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if any(name in str(error) for name in OVERLAPS):
            raise AlreadyGranted(role) from None
        raise


def revoke_role(*, grant_id: int, by: Person | None, at: datetime) -> RoleGrant:
    """Take a role back from ``at`` on; the grant stays as a record. Raises AlreadyEnded, NotAllowed."""
    with transaction.atomic():
        grants = RoleGrant.objects.select_for_update(no_key=True, of=("self",))
        grant = grants.select_related("area", "organisation").get(pk=grant_id)
        _judge(by, grant.role, grant.area, grant.organisation, at)
        if grant.valid_until is not None and grant.valid_until <= at:
            raise AlreadyEnded
        grant.valid_until = max(at, grant.valid_from)
        grant.revoked_by = by
        grant.save(update_fields=["valid_until", "revoked_by"])
    return grant


def _judge(by: Person | None, role: str, area: Area | None, organisation: Organisation | None, at: datetime) -> None:
    if by is None:
        return
    if organisation is None:
        allowed = area is not None and may_administer(roles_at(by, area, at))
    else:
        served = organisation.areas.all()
        leads = role == Role.ORG_STAFF and Role.ORG_LEAD in organisation_roles_of(by, organisation, at)
        allowed = leads or any(may_administer(roles_at(by, place, at)) for place in served)
    if not allowed:
        raise NotAllowed
