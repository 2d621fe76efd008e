"""Looking at the portal as a role at a place: begun and left, each with a row."""

from datetime import datetime

from communities.models import Area, Person, Viewing, ViewingEnd
from communities.roles import viewable_at
from communities.rules import VIEWING_LASTS, AboveLevel, NotAllowed


def begin_viewing(*, viewer: Person, role: str, area: Area, at: datetime) -> Viewing:
    """Write down that ``viewer`` looks at the portal as ``role`` at ``area`` for the next 30 minutes.

    Raises NotAllowed where the viewer does not administer the area, AboveLevel where the role is not below
    the own level or does not fit the area.
    """
    allowed = viewable_at(viewer, area, at)
    if not allowed:
        raise NotAllowed
    if role not in allowed:
        raise AboveLevel(role)
    return Viewing.objects.create(viewer=viewer, role=role, area=area, at=at, until=at + VIEWING_LASTS)


def end_viewing(*, viewing_id: int, at: datetime) -> None:
    """Write down that a viewing was left; a second press changes nothing."""
    ViewingEnd.objects.get_or_create(viewing_id=viewing_id, defaults={"at": at})
