"""Signing in and out: listing devices, ending what runs on them."""

from datetime import datetime
from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import digests, queries, rules
from accounts.addresses import client_address
from accounts.models import AccountEvent, Device, Invitation, Person, SignInCode, User
from core.refusals import Refused


class NotSignedInThere(Refused):
    """The sign-in on this device has ended already."""

    def __init__(self) -> None:
        super().__init__(_("这台设备已经不在登录了，请看看现在的名单。"))


def list_session(*, request: HttpRequest, user: User, at: datetime) -> None:
    """List the session of this request among its user's devices.

    Called at sign-in and after the session's key changed.
    """
    if not request.session.session_key:
        request.session.save()
    system, browser = queries.device_marks(request.headers.get("User-Agent", ""))
    said = {
        "user": user, "system": system, "browser": browser, "last_seen_at": at,
        "network": queries.masked_network(client_address(request)), "expires_at": request.session.get_expiry_date(),
    }  # fmt: skip
    Device.objects.update_or_create(
        key_digest=_digest_of(request), defaults=said, create_defaults={**said, "created_at": at}
    )
    request.session[rules.SEEN_KEY] = at.timestamp()


def note_use(*, request: HttpRequest, user: User, at: datetime) -> bool:
    """Write down that the session of this request is used, at most once an hour; returns whether it did.

    A session from before devices were listed gets its row here. One whose row is gone gets none again: it was
    ended by another request while this one ran.
    """
    seen = request.session.get(rules.SEEN_KEY)
    if not isinstance(seen, float):
        list_session(request=request, user=user, at=at)
        return True
    if at.timestamp() - seen < rules.HOUR.total_seconds():
        return False
    listed = Device.objects.filter(key_digest=_digest_of(request), ended_at=None)
    listed.update(last_seen_at=at, network=queries.masked_network(client_address(request)))
    request.session[rules.SEEN_KEY] = at.timestamp()
    return True


def is_ended(*, request: HttpRequest, user: User) -> bool:
    """Whether the session of this request was signed out; costs no query, the user was read anyway."""
    return bool(user.ended_sessions) and _digest_of(request) in user.ended_sessions


def sign_out_everywhere(*, user: User) -> User:
    """End every session of a user at once; returns the user with the new epoch.

    The epoch is part of what a session is checked against, so that sessions end even where no row tells
    of them; the rows go too.
    """
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1, ended_sessions=[])
        Device.objects.filter(user_id=user.pk, event=None).delete()
    user.refresh_from_db(fields=["session_epoch", "ended_sessions"])
    return user


def end_session(*, user: User, device_id: int, at: datetime) -> bool:
    """End one of a user's own sessions; returns whether there was one of this id."""
    with transaction.atomic():
        _lock(user)
        device = Device.objects.filter(user_id=user.pk, pk=device_id, ended_at=None).first()
        if device is None:
            return False
        _end_one(device, at, None)
    return True


def end_sign_in(
    *, person: Person, by: Person, cause: str, reason: str, device_id: int | None, at: datetime
) -> AccountEvent:
    """End the sign-in of somebody on one device or on all, with a row in the log of their account.

    Codes and links that were sent to them and not used yet end too: they may lie on the lost phone. Who may
    do this is judged by the caller.

    Args:
        person: whose sign-in.
        by: who ends it.
        cause: one of AccountEvent.Cause.
        reason: in words, at most 200 characters are kept.
        device_id: one of their devices, or None for all, those that nobody listed included.
        at: now.

    Returns:
        The row in the log; its ``devices`` are those that were signed in.

    Raises:
        NotSignedInThere: they are not signed in on this device (any more).
    """
    with transaction.atomic():
        user = _lock(queries.user_of_person(person))
        running = Device.objects.filter(user=user, ended_at=None, expires_at__gt=at) if user is not None else None
        found = list(running if device_id is None else running.filter(pk=device_id)) if running is not None else []
        if device_id is not None and not found:
            raise NotSignedInThere
        event = AccountEvent.objects.create(
            person=person, what=AccountEvent.What.SIGNED_OUT, by=by, at=at, cause=cause, reason=reason[:200]
        )
        for device in found:
            _end_one(device, at, event)
        if user is not None and device_id is None:
            sign_out_everywhere(user=user)
        _end_what_was_sent(person, at)
    return event


def forget_sessions(*, at: datetime) -> int:
    """Delete the rows of sessions that ran out, those kept in the log excepted; returns how many."""
    return Device.objects.filter(expires_at__lte=at, event=None).delete()[0]


def _end_what_was_sent(person: Person, at: datetime) -> None:
    if person.phone:
        codes = SignInCode.objects.filter(phone=person.phone, used_at=None, expires_at__gt=at)
        codes.update(expires_at=at, sendable="")
    links = Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None, expires_at__gt=at)
    links.update(withdrawn_at=at, sendable="")


def _lock(user: User | None) -> User | None:
    """Whoever ends sessions of one user waits here, so that no list of the ended ones is lost."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk) if user is not None else None


def _end_one(device: Device, at: datetime, event: AccountEvent | None) -> None:
    device.ended_at, device.event = at, event
    device.save(update_fields=["ended_at", "event"])
    ended = Device.objects.filter(user_id=device.user_id, ended_at__isnull=False, expires_at__gt=at)
    User.objects.filter(pk=device.user_id).update(ended_sessions=list(ended.values_list("key_digest", flat=True)))


def _digest_of(request: HttpRequest) -> str:
    return digests.session_digest(request.session.session_key or "")


@receiver(user_logged_in)
def _listed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    list_session(request=request, user=user, at=timezone.now())


@receiver(user_logged_out)
def _unlisted(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if request.session.session_key:
        Device.objects.filter(key_digest=_digest_of(request), ended_at=None).delete()
