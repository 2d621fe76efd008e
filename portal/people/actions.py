"""Writes of these pages that two apps share: somebody is invited and gets a role, or joins an organisation."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import actions as accounts
from accounts.queries import find_person_by_phone
from communities import actions as communities
from core import once as keys


def invite(
    *, phone: str, name: str, role: str, area: Any, by: Any, at: datetime, once: keys.Key | None = None,
    **term: Any,
) -> tuple[Any, bool]:  # fmt: skip
    """Give a role to the person with this phone; who cannot sign in as staff yet gets the link by SMS.

    ``term`` is since and until. Returns the person and whether a link was sent. Raises the refusals of
    grant_role.
    """
    with transaction.atomic():
        person, invited = _staff(phone, name, by, at)
        communities.grant_role(person=person, role=role, area=area, by=by, at=at, once=once, **term)
    return person, invited


def join(
    *, phone: str, name: str, organisation: Any, position: str, is_lead: bool, by: Any, at: datetime
) -> tuple[Any, bool]:
    """Put the person with this phone on an organisation's roll; who cannot sign in yet gets the link by SMS.

    Returns the membership and whether a link was sent. Raises the refusals of add_member.
    """
    with transaction.atomic():
        person, invited = _staff(phone, name, by, at)
        member = communities.add_member(
            organisation=organisation, person=person, by=by, at=at, position=position, is_lead=is_lead
        )
    return member, invited


def _staff(phone: str, name: str, by: Any, at: datetime) -> tuple[Any, bool]:
    found = find_person_by_phone(phone)
    if found is not None and hasattr(found, "user") and found.user.has_usable_password():
        return found, False
    return accounts.invite_staff(phone=phone, name=name, by=by, at=at).person, True
