"""Changing one's own number, or at the counter somebody else's who lost theirs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts import queries, rules
from accounts.actions import limits
from accounts.actions.codes import spend_code
from accounts.actions.people import PhoneTaken, change_phone, locked_phone
from accounts.actions.sessions import sign_out_everywhere
from accounts.models import AccountEvent, Person, SignInCode, User
from accounts.phones import normalise_phone
from core import once as forms
from core import outbox
from core.once import Key
from core.refusals import Refused


class NotProven(Refused):
    """It is too long ago that they showed by a code or password that it is them."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("请先用验证码或密码确认是您本人，再接着办。"))


class SameNumber(Refused):
    """It is the number they have."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("这就是您现在用的号码，不用换。"))


class NumberHasAccount(PhoneTaken):
    """The right code came, but somebody is registered under the number."""

    def __init__(self) -> None:
        Refused.__init__(
            self,
            _("这个号码已经登记过，不能再绑到这里。如果也是您本人的，请用它登录，在“我的”里注销那个账户，再回来换；拿不准就打社区电话。"),
        )  # fmt: skip


class NotAtTheCounter(Refused):
    """Whoever wants to change another's number does not look after them."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("没有找到归您服务的这个号码。请核对旧号码；不住在本社区或有工作身份的，请找市级管理员。"))


class NoReasonGiven(Refused):
    """Changing another's number needs a reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写一句为什么要代改，本人能看到。"))


def change_own_phone(
    *, user: User, phone: str, code: str, proven_at: datetime | None, ip: str, at: datetime, asked: int | None = None
) -> bool:
    """Give the signed-in person another number, by the code that was sent there; ends all their sessions.

    The old number hears of it by SMS. The same press again within 20 seconds changes nothing more.

    Args:
        user: whose number.
        phone: eleven digits, as the code was asked for.
        code: what was typed.
        proven_at: when they last showed by a code or password that it is them.
        ip: the network address that tries, "" when unknown.
        at: now.
        asked: the id of the code that their own page asked for.

    Returns:
        Whether something changed: False when the number is theirs already.

    Raises:
        NotProven: the proof is older than ten minutes.
        NumberHasAccount: somebody is registered under the number; said only after the right code.
        WrongCode, DeadCode, TooOften: as `spend_code`.
    """
    mine = Person.objects.get(pk=user.person_id).phone == phone
    if not mine and not rules.is_proven(proven_at, at):
        raise NotProven
    move: Callable[[], bool] = partial(_move, user.person, phone, by=user.person, at=at, reason="")
    return spend_code(phone=phone, purpose=SignInCode.Purpose.CHANGE, code=code, ip=ip, at=at, asked=asked, then=move)


def change_number_by_staff(
    *, old_phone: str, phone: str, by: Person, reason: str, at: datetime, once: Key | None = None
) -> bool:
    """Change the number of somebody who lost theirs and came to the counter; they can read who did it and why.

    Args:
        old_phone: the number they had, by which they are found, typed in any way.
        phone: the new one, typed in any way.
        by: the member of staff; an app above says in ``rules.counters`` whom they look after.
        reason: in words, at most 200 characters are kept.
        at: now.
        once: the form's key.

    Returns:
        Whether something changed.

    Raises:
        NotAtTheCounter: nobody has the old number, ``by`` does not look after this person, or it is themselves.
        NoReasonGiven: the reason is empty.
        BadPhone: not a mobile number.
        TooOften: more than forty tries on one day.
        AlreadyDone: this form was sent before.
        NumberHasAccount: somebody is registered under the number.
    """
    words = " ".join(reason.split())[:200]
    if not words:
        raise NoReasonGiven
    digits = normalise_phone(phone)
    forms.check(once)
    limits.spend(f"counter:{by.pk}", limit=rules.COUNTER_TRIES_PER_DAY, window=rules.DAY, at=at)
    person = queries.find_person_by_phone(old_phone)
    if person is None or not rules.may_change_number(by, person):
        raise NotAtTheCounter
    with locked_phone(digits):
        forms.spend(once, "")
        return _move(person, digits, by=by, at=at, reason=words)


def check_new_number(*, person: Person, phone: str) -> None:
    """Refuse the number that the person has already (SameNumber); of others it says nothing."""
    if person.phone == phone:
        raise SameNumber


def _move(person: Person, phone: str, *, by: Person, at: datetime, reason: str) -> bool:
    with locked_phone(phone):
        old = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if old.phone == phone:
            return False
        try:
            change_phone(person=old, phone=phone)
        except PhoneTaken:
            raise NumberHasAccount from None
        event = AccountEvent.objects.create(
            person=old, what=AccountEvent.What.PHONE, by=by, at=at, reason=reason, sendable=old.phone
        )
        outbox.put(
            "accounts.phone_changed", about=f"accounts.accountevent:{event.pk}",
            key=f"accounts:phone_changed:{event.pk}", ids={"event_id": event.pk}, at=at,
        )  # fmt: skip
        user = queries.user_of_person(old)
        if user is not None:
            sign_out_everywhere(user=user)
    return True
