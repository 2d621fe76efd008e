"""Inviting staff with a one-time link; the first administrator."""

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import digests, queries, rules
from accounts.actions.consents import consent_to_privacy
from accounts.actions.people import make_user, register_person
from accounts.actions.sessions import sign_out_everywhere
from accounts.models import Invitation, Person, User
from core import outbox
from core.refusals import Refused


class LinkOver(Refused):
    """The link was used, withdrawn, is older than a week, or never was one."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("这个链接已经用过或过期了。请让邀请您的同事再发一次。"))


class AdministratorExists(Refused):
    """The installation has an administrator already; further ones are invited by them."""

    def __init__(self) -> None:
        super().__init__(_("已经有管理员了，新的管理员请由现有管理员邀请。"))


def invite_staff(
    *, phone: str, name: str, by: Person | None, at: datetime, login: str = "", is_staff: bool = False
) -> Invitation:
    """Make a person with a sign-in, if need be, and send them a link by SMS to set a first password.

    Earlier open links of the person end. Who may invite is judged by the caller.

    Args:
        phone: a mobile number typed in any way.
        name: shown to the invited person for a check.
        by: who invites.
        at: now.
        login: a staff name, empty for the phone.
        is_staff: may use the admin pages of the city's staff.

    Raises:
        BadPhone: not a mobile number.
        LoginTaken: the staff name is another user's.
    """
    with transaction.atomic():
        person = register_person(name=name, phone=phone, at=at)
        user = make_user(person=person, at=at, login=login, is_staff=is_staff)
        if is_staff and not user.is_staff:
            User.objects.filter(pk=user.pk).update(is_staff=True)
        invitation, _token = _make_invitation(person, by, at)
        outbox.put(
            "accounts.invited", about=f"accounts.invitation:{invitation.pk}",
            key=f"accounts:invited:{invitation.pk}", ids={"invitation_id": invitation.pk}, at=at,
        )  # fmt: skip
    return invitation


def make_first_admin(*, phone: str, name: str, at: datetime) -> tuple[User, str]:
    """Make the installation's administrator; returns the user and the token of the link to set the password.

    Raises:
        BadPhone: not a mobile number.
        AdministratorExists: there is one already.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [digests.lock_number("first admin")])
        if queries.has_administrator():
            raise AdministratorExists
        person = register_person(name=name, phone=phone, at=at)
        user = make_user(person=person, at=at)
        user.is_staff = user.is_superuser = user.is_active = True
        user.save(update_fields=["is_staff", "is_superuser", "is_active"])
        invitation, token = _make_invitation(person, None, at)
        Invitation.objects.filter(pk=invitation.pk).update(sendable="")
    return user, token


def _make_invitation(person: Person, by: Person | None, at: datetime) -> tuple[Invitation, str]:
    Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None).update(withdrawn_at=at, sendable="")
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        person=person, token_hash=digests.token_digest(token), sendable=token, invited_by=by, created_at=at,
        expires_at=at + rules.INVITATION_LIFE,
    )  # fmt: skip
    return invitation, token


def use_invitation(*, token: str, password: str, at: datetime) -> User:
    """Spend a link: set the password, keep the consent to the privacy notice, end all sessions.

    Raises:
        LinkOver: used, withdrawn, too old or forged, or the account was closed.
        django.core.exceptions.ValidationError: the password is refused; the link stays usable.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(no_key=True, of=("self",))
        invitation = locked.filter(token_hash=digests.token_digest(token)).first()
        if invitation is None or invitation.used_at or invitation.withdrawn_at or at >= invitation.expires_at:
            raise LinkOver
        user = User.objects.select_related("person").get(person_id=invitation.person_id)
        if not user.is_active:
            raise LinkOver
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        invitation.used_at, invitation.sendable = at, ""
        invitation.save(update_fields=["used_at", "sendable"])
        consent_to_privacy(person=user.person, at=at)
        return sign_out_everywhere(user=user)
