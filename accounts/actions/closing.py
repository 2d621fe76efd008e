"""Closing an account: the person goes, what they began is finished without their name."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries, rules
from accounts.actions.exporting import throw_away_exports
from accounts.actions.numbers import NotProven
from accounts.actions.people import locked_phone
from accounts.actions.saving import throw_away_views
from accounts.actions.sessions import sign_out_everywhere
from accounts.models import AccountEvent, ActingFor, Consent, Device, Invitation, Person, SignInCode, User
from core import leaving, outbox, personal
from core.media import actions as media
from core.media.queries import for_owner
from core.refusals import Refused


class StillNeeded(Refused):
    """Something must be handed over before the account can be closed; ``reasons`` says what, in sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(gettext_lazy("现在还不能注销，请先让管理员把下面的事交接出去。"))
        self.reasons = reasons


def close_account(*, user: User, proven_at: datetime | None, at: datetime) -> Person:
    """Close the signed-in person's account, at once and for good.

    Name, numbers and birth date are taken out as declared, the sign-in and all sessions end, the number is free
    for a new account, consents are withdrawn, drafts and copies of data deleted. What other apps hold follows
    through the outbox ("accounts.closed"). A second press finds it done.

    Args:
        user: whose account.
        proven_at: when they last showed by a code or password that it is them.
        at: now.

    Returns:
        The person, without name and number.

    Raises:
        NotProven: the proof is older than ten minutes.
        StillNeeded: they hold a role or open work.
    """
    if not rules.is_proven(proven_at, at):
        raise NotProven
    phone = user.person.phone
    with locked_phone(phone or f"person:{user.person_id}"):
        person = Person.objects.select_for_update(no_key=True).get(pk=user.person_id)
        if person.closed_at is not None:
            return person
        reasons = leaving.reasons_to_stay(person, at)
        if reasons:
            raise StillNeeded(reasons)
        _end_sign_in(user, at)
        _end_consents(person, at)
        _throw_away(person, phone, at)
        fields = personal.blank(person)
        person.closed_at = at
        person.save(update_fields=[*fields, "closed_at"])
        AccountEvent.objects.create(person=person, what=AccountEvent.What.CLOSED, by=person, at=at)
        outbox.put("accounts.closed", about=f"accounts.person:{person.pk}", key=f"accounts:closed:{person.pk}", at=at)
    return person


def _end_sign_in(user: User, at: datetime) -> None:
    locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    fields = personal.blank(locked)
    locked.set_unusable_password()
    locked.is_active = False
    locked.save(update_fields=[*fields, "is_active"])
    sign_out_everywhere(user=locked)
    Device.objects.filter(user_id=user.pk).delete()
    Invitation.objects.filter(person_id=user.person_id, used_at=None, withdrawn_at=None).update(
        withdrawn_at=at, sendable=""
    )


def _end_consents(person: Person, at: datetime) -> None:
    """Whatever they agreed to, and whatever others let them do, ends."""
    ActingFor.objects.filter(Q(person=person) | Q(for_person=person)).update(what_for="")
    acting = ActingFor.objects.filter(person=person).values("consent_id")
    Consent.objects.filter(Q(person=person) | Q(pk__in=acting), withdrawn_at=None).update(withdrawn_at=at)


def _throw_away(person: Person, phone: str, at: datetime) -> None:
    """Delete codes, drafts of photos, copies of data and saved views."""
    if phone:
        SignInCode.objects.filter(phone=phone).delete()
    owner = f"person:{person.pk}"
    for photo in for_owner(owner, at=at):
        media.remove(photo_id=photo.pk, owner=owner, at=at)
    throw_away_exports(person=person)
    throw_away_views(person=person)


def _offices(*, person: Any, at: datetime) -> Iterator[str]:
    """Those who run the installation hand that over first."""
    user = queries.user_of_person(person)
    if user is not None and (user.is_superuser or user.is_staff):
        yield _("您还能进入管理后台。请让另一位管理员先收回这项权限。")


leaving.hindrances.register("accounts", _offices)
