"""Asking somebody to act for me, their answer, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import digests, queries, rules
from accounts.actions import limits
from accounts.actions.consents import end_acting_for
from accounts.actions.people import register_person
from accounts.models import ActingFor, Consent, Person
from accounts.phones import normalise_phone
from core import once as forms
from core import outbox
from core.once import Key
from core.refusals import Refused


class OwnNumber(Refused):
    """Nobody acts for themselves."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("这是您自己的号码，请填要替您办事的人的号码。"))


class AskedBefore(Refused):
    """This number was asked already, and has not said no."""

    def __init__(self) -> None:
        super().__init__(_("这个号码您已经请过了，不用再请一次。要改时间，请先收回，再重新请。"))


class BadEnd(Refused):
    """The end lies in the past or more than a year ahead."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请选一个今天以后、一年以内的日期。"))


class NoSuchHelp(Refused):
    """There is no such request of or to this person."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("这里没有要您回答的代办。"))


class HelpOver(Refused):
    """It was taken back, answered otherwise or its time is over."""

    def __init__(self) -> None:
        super().__init__(_("这项代办已经收回或结束了。"))


def ask_helper(
    *, for_person: Person, phone: str, what_for: str, valid_until: datetime, at: datetime, once: Key | None = None
) -> ActingFor:
    """Consent to somebody acting for me; it holds once they have signed in and said yes.

    What is answered does not tell whether the number has an account: whoever signs in with it is asked.

    Args:
        for_person: who consents.
        phone: of the one who is to act, typed in any way.
        what_for: in words, at most 60 characters are kept.
        valid_until: until when, at most a year ahead.
        at: now.
        once: the form's key.

    Raises:
        BadPhone, OwnNumber, BadEnd, AskedBefore, AlreadyDone, TooOften: as their words say.
    """
    digits = normalise_phone(phone)
    if digits == for_person.phone:
        raise OwnNumber
    if not at < valid_until <= at + rules.ACTING_AT_MOST:
        raise BadEnd
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=for_person.pk)
        forms.spend(once, "")
        helper = register_person(name="", phone=digits, at=at)
        if queries.open_help(helper, for_person, at).exists():
            raise AskedBefore
        limits.spend(f"helper:{for_person.pk}", limit=rules.HELPERS_ASKED_PER_DAY, window=rules.DAY, at=at)
        consent = Consent.objects.create(
            person=for_person, what=Consent.What.ACTING, text_version=rules.ACTING_VERSION, at=at
        )
        acting = ActingFor.objects.create(
            person=helper, for_person=for_person, consent=consent, what_for=" ".join(what_for.split())[:60],
            valid_from=at, valid_until=valid_until,
        )  # fmt: skip
        tried = limits.count(f"helper.sms:{digests.phone_key(digits)}", window=rules.DAY, at=at)
        _tell("asked", acting, at, to="helper", sms=tried <= rules.HELPER_SMS_PER_PHONE_AND_DAY)
    return acting


def answer_help(*, acting_id: int, person: Person, yes: bool, at: datetime) -> ActingFor:
    """Say yes or no to acting for somebody; the same answer again changes nothing.

    Raises:
        NoSuchHelp: somebody else was asked.
        HelpOver: it was taken back, its time is over, or it was answered otherwise.
    """
    with transaction.atomic():
        acting = _locked(acting_id)
        if acting.person_id != person.pk:
            raise NoSuchHelp
        answered = acting.confirmed_at if yes else acting.declined_at
        if answered is not None:
            return acting
        over = acting.valid_until is not None and acting.valid_until <= at
        if over or acting.consent.withdrawn_at or acting.confirmed_at or acting.declined_at:
            raise HelpOver
        if yes:
            acting.confirmed_at = at
        else:
            acting.declined_at = at
        acting.save(update_fields=["confirmed_at", "declined_at"])
        _tell("confirmed" if yes else "declined", acting, at, to="giver")
    return acting


def end_help(*, acting_id: int, by: Person, at: datetime) -> ActingFor:
    """Take the consent back, or stop acting for somebody: either side may, at any time; twice is no error.

    Raises:
        NoSuchHelp: ``by`` is neither of the two.
    """
    with transaction.atomic():
        acting = _locked(acting_id)
        if by.pk not in (acting.person_id, acting.for_person_id):
            raise NoSuchHelp
        if acting.consent.withdrawn_at is None:
            end_acting_for(acting=acting, at=at)
            _tell("ended", acting, at, to="helper" if by.pk == acting.for_person_id else "giver")
    return acting


def _locked(acting_id: int) -> ActingFor:
    rows = ActingFor.objects.select_for_update(no_key=True, of=("self",))
    acting = rows.select_related("consent", "person", "for_person").filter(pk=acting_id).first()
    if acting is None:
        raise NoSuchHelp
    return acting


def _tell(what: str, acting: ActingFor, at: datetime, *, to: str, sms: bool = False) -> None:
    outbox.put(
        "accounts.helper", about=f"accounts.actingfor:{acting.pk}", key=f"accounts:helper:{acting.pk}:{what}",
        ids={"what": what, "to": to, "sms": sms}, at=at,
    )  # fmt: skip
