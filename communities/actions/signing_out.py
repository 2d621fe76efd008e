"""A lost phone is signed out by those who look after its owner."""

from datetime import datetime

from django.db import transaction

from accounts.actions import end_sign_in
from accounts.rules import Cause
from communities.models import AccountEvent, Area, Kind, Person, RoleGrant
from communities.queries import running
from communities.roles import is_inside, sign_out_place
from communities.rules import NoCause, NotYourStaff
from core import once as keys
from core import outbox


def sign_out_staff(
    *, person: Person, by: Person, cause: str, reason: str, at: datetime, device_id: int | None = None,
    once: keys.Key | None = None, address: str = "",
) -> AccountEvent:  # fmt: skip
    """End the sign-in of a member of staff on one device or on all, from their next request on.

    It is kept in the log of their account; they hear of it in the inbox and by SMS, the heads of their
    communities in the inbox. Codes and links that were sent to them and not used yet end too.

    Args:
        person: whose sign-in.
        by: the head of their community, or an administrator above (`roles.sign_out_place`).
        cause: one of AccountEvent.Cause.
        reason: a line in words, needed where the cause is "other"; at most 200 characters are kept.
        at: now.
        device_id: one of their devices; None for all.
        once: the form's key.
        address: where the result stands.

    Returns:
        The row in the log.

    Raises:
        NotYourStaff: they do not work under ``by``, or hold something at or above that level.
        NoCause: no cause, or "other" without words.
        NotSignedInThere: the device was signed out before.
        AlreadyDone: this form was sent before.
    """
    words = " ".join(reason.split())
    with transaction.atomic():
        keys.spend(once, address)
        place = sign_out_place(by, person, at)
        if place is None:
            raise NotYourStaff
        if cause not in Cause.values or (cause == Cause.OTHER and not words):
            raise NoCause
        event = end_sign_in(person=person, by=by, cause=cause, reason=words, device_id=device_id, at=at)
        outbox.put(
            "communities.signed_out", about=f"accounts.accountevent:{event.pk}",
            key=f"communities:signed_out:{event.pk}", at=at,
            ids={"place": place.pk, "communities": _communities(person, place, at), "all": device_id is None},
        )  # fmt: skip
    return event


def _communities(person: Person, place: Area, at: datetime) -> list[int]:
    """The communities under ``place`` (or above it) for which the person works."""
    grants = RoleGrant.objects.filter(running(at), person=person, area__isnull=False).select_related("area")
    paths = [grant.area.path() for grant in grants if grant.area is not None and is_inside(grant.area, [place])]
    return sorted({step.pk for path in [*paths, place.path()] for step in path if step.kind == Kind.COMMUNITY})
