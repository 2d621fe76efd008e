"""The grants of one person, read once while a page is drawn."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from communities.models import Area, Person, RoleGrant
from core.memo import once_a_page, remembers


def own_grants(person: Person, at: datetime | None = None) -> list[RoleGrant] | None:
    """The grants of ``person`` that hold at ``at`` (None: now), each with its area and organisation.

    None where nothing is remembered, or where ``at`` lies before the moment that was asked first: the database has to be asked.
    """
    if not remembers() or person.pk is None:
        return None
    moment = at or timezone.now()
    since, grants = once_a_page(("grants", person.pk), lambda: _read(person, moment))
    if moment < since:
        return None
    return [
        grant for grant in grants
        if grant.valid_from <= moment and (grant.valid_until is None or grant.valid_until > moment)
    ]  # fmt: skip


def own_at(person: Person, area: Area, at: datetime | None = None) -> list[RoleGrant] | None:
    """As ``own_grants``, those at ``area`` or above it."""
    grants = own_grants(person, at)
    if grants is None:
        return None
    above = {step.pk for step in area.path()} if grants else set()
    return [grant for grant in grants if grant.area_id in above]


def _read(person: Person, moment: datetime) -> tuple[datetime, list[RoleGrant]]:
    """The grants that hold at a moment, or will."""
    ahead = RoleGrant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=moment), person=person)
    return moment, list(ahead.select_related("area", "organisation").order_by("pk"))
