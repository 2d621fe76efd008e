"""Homes and who lives in them; organisations and who belongs to them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.utils import timezone

from communities.actions.grants import grant_role, revoke_role
from communities.models import (
    Area,
    Building,
    Home,
    Kind,
    Membership,
    Organisation,
    Ownership,
    Person,
    Residency,
    Role,
    RoleGrant,
)
from communities.roles import roles_at
from communities.rules import (
    AlreadyEnded,
    AlreadyResident,
    NotAllowed,
    NotPending,
    ShareTooLarge,
    WrongKind,
    may_administer,
    may_verify_residency,
)

HANDLING_KINDS = frozenset(
    {
        Organisation.OrganisationKind.DEPARTMENT,
        Organisation.OrganisationKind.PROPERTY,
        Organisation.OrganisationKind.OWNERS,
        Organisation.OrganisationKind.RESIDENTS,
        Organisation.OrganisationKind.ENTERPRISE,
    }
)


def add_building(*, compound: Area, name: str, by: Person | None) -> Building:
    """Add a building to a compound, or give back the one of that name. Raises WrongKind, NotAllowed."""
    if compound.kind != Kind.COMPOUND:
        raise WrongKind(Kind.COMPOUND, compound.kind)
    _judge_place(by, compound)
    building, _made = Building.objects.get_or_create(compound=compound, name=name.strip())
    return building


def add_home(
    *, building: Building, room: str, by: Person | None, unit: str = "", kind: str = Home.HomeKind.FLAT,
    floor_area: Decimal | None = None, area_source: str = "",
) -> Home:  # fmt: skip
    """Add a home to a building, or give back the one of that unit, room and kind.

    ``floor_area`` is in square metres and needs its ``area_source``. Raises NotAllowed.
    """
    _judge_place(by, building.compound)
    home, _made = Home.objects.get_or_create(
        building=building, unit=unit.strip(), room=room.strip(), kind=kind,
        defaults={"floor_area": floor_area, "area_source": area_source},
    )  # fmt: skip
    return home


def add_owner(
    *, home: Home, share: Fraction, since: date, by: Person | None, person: Person | None = None,
    organisation: Organisation | None = None, until: date | None = None,
) -> Ownership:  # fmt: skip
    """Record a share of a home. Raises ShareTooLarge when a day's shares exceed the whole; NotAllowed."""
    _judge_place(by, home.building.compound)
    with transaction.atomic():
        Home.objects.select_for_update(no_key=True).get(pk=home.pk)
        ownership = Ownership(
            home=home, person=person, organisation=organisation, share_num=share.numerator,
            share_den=share.denominator, valid_from=since, valid_until=until,
        )  # fmt: skip
        others = list(Ownership.objects.filter(home=home))
        for day in {since, *(other.valid_from for other in others if other.valid_from >= since)}:
            if until is None or day < until:
                held = sum((_share(other) for other in others if _holds(other, day)), share)
                if held > 1:
                    raise ShareTooLarge
        ownership.save(force_insert=True)
    return ownership


def _share(ownership: Ownership) -> Fraction:
    return Fraction(ownership.share_num, ownership.share_den)


def _holds(ownership: Ownership, day: date) -> bool:
    return ownership.valid_from <= day and (ownership.valid_until is None or day < ownership.valid_until)


def ask_residency(*, person: Person, home: Home, kind: str, at: datetime) -> Residency:
    """Ask to be known as living in (or owning) a home; community staff verify it. Raises AlreadyResident."""
    try:
        with transaction.atomic():
            return Residency.objects.create(person=person, home=home, kind=kind, asked_at=at)
    except IntegrityError as error:
        if "residency_open_once" in str(error):
            raise AlreadyResident from None
        raise


def verify_residency(*, residency_id: int, by: Person | None, at: datetime) -> Residency:
    """Confirm a pending residency; nobody confirms their own. Raises NotPending, NotAllowed."""
    with transaction.atomic():
        residency = _locked(residency_id)
        _judge_verifier(by, residency)
        if residency.state != Residency.State.PENDING:
            raise NotPending
        residency.state, residency.verified_by, residency.verified_at = Residency.State.VERIFIED, by, at
        residency.save(update_fields=["state", "verified_by", "verified_at"])
    return residency


def end_residency(*, residency_id: int, by: Person | None, at: datetime, reason: str = "") -> Residency:
    """End a residency (moved away), or turn a pending one down; the person may end their own.

    Raises AlreadyEnded, NotAllowed.
    """
    with transaction.atomic():
        residency = _locked(residency_id)
        if by is None or by.pk != residency.person_id:
            _judge_verifier(by, residency)
        if residency.state == Residency.State.ENDED:
            raise AlreadyEnded
        residency.state, residency.ended_by, residency.ended_at = Residency.State.ENDED, by, at
        residency.end_reason = reason
        residency.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])
    return residency


def _locked(residency_id: int) -> Residency:
    rows = Residency.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("home__building__compound").get(pk=residency_id)


def _judge_verifier(by: Person | None, residency: Residency) -> None:
    if by is None:
        return
    compound = residency.home.building.compound
    if by.pk == residency.person_id or not may_verify_residency(roles_at(by, compound)):
        raise NotAllowed


def _judge_place(by: Person | None, area: Area) -> None:
    if by is not None:
        held = roles_at(by, area)
        if not (may_administer(held) or may_verify_residency(held)):
            raise NotAllowed


def create_organisation(
    *, kind: str, name: str, areas: Iterable[Area], by: Person | None, duty_phone: str = ""
) -> Organisation:
    """Make an organisation that serves ``areas``; ``by`` needs to administer each. Raises NotAllowed."""
    served = list(areas)
    for area in served:
        if by is not None and not may_administer(roles_at(by, area)):
            raise NotAllowed
    with transaction.atomic():
        organisation = Organisation.objects.create(kind=kind, name=name.strip(), duty_phone=duty_phone)
        organisation.areas.set(served)
    return organisation


def add_member(
    *, organisation: Organisation, person: Person, by: Person | None, at: datetime, position: str = "",
    is_lead: bool = False, handles: bool | None = None,
) -> Membership:  # fmt: skip
    """Put a person on an organisation's roll and, where it handles cases, grant staff (or lead) too.

    ``handles`` None decides by the kind: departments, property companies, committees and enterprises
    handle what is sent to them; party organisations, volunteer teams and social organisations keep a roll.
    Returns the membership (the open one, where the person is on the roll already). Raises NotAllowed.
    """
    with transaction.atomic():
        role = Role.ORG_LEAD if is_lead else Role.ORG_STAFF
        _judge_organisation(by, organisation)
        member, made = Membership.objects.get_or_create(
            organisation=organisation, person=person, valid_until=None,
            defaults={"position": position, "is_lead": is_lead, "valid_from": timezone.localdate(at)},
        )  # fmt: skip
        if made and (organisation.kind in HANDLING_KINDS if handles is None else handles):
            grant_role(person=person, role=role, organisation=organisation, by=by, at=at)
    return member


def end_membership(*, membership_id: int, by: Person | None, at: datetime) -> Membership:
    """Take a person off the roll, and their rights there with it. Raises AlreadyEnded, NotAllowed."""
    with transaction.atomic():
        rows = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
        member = rows.get(pk=membership_id)
        _judge_organisation(by, member.organisation)
        if member.valid_until is not None:
            raise AlreadyEnded
        member.valid_until = max(timezone.localdate(at), member.valid_from)
        member.save(update_fields=["valid_until"])
        held = RoleGrant.objects.filter(organisation=member.organisation, person=member.person, valid_until=None)
        for grant in held:
            revoke_role(grant_id=grant.pk, by=by, at=at)
    return member


def _judge_organisation(by: Person | None, organisation: Organisation) -> None:
    if by is not None and not any(may_administer(roles_at(by, area)) for area in organisation.areas.all()):
        raise NotAllowed
