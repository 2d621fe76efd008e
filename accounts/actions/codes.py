"""Codes by SMS: asked for, sent once, used once."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Literal, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import digests, queries, rules
from accounts.actions import limits
from accounts.actions.people import locked_phone, make_user, register_person
from accounts.actions.sessions import forget_sessions
from accounts.models import Invitation, SignInCode, User
from accounts.phones import normalise_phone
from core import outbox
from core.refusals import Refused

Purpose = SignInCode.Purpose
T = TypeVar("T")
Verdict = Literal["right", "again", "wrong", "dead", "expired", "used", "none"]


class TooSoon(Refused):
    """A code was asked for less than a minute ago; ``seconds`` is how long to wait for the next."""

    status = 429

    def __init__(self, seconds: int, code: SignInCode) -> None:
        super().__init__(_("验证码刚刚发出，没收到的话，%(seconds)d 秒后可以再要一次。") % {"seconds": seconds})
        self.seconds, self.code = seconds, code


class WrongCode(Refused):
    """The digits are not those of the code; ``left`` tries remain."""

    status = 422

    def __init__(self, left: int) -> None:
        super().__init__(ngettext("验证码不对，还可以试 %d 次。", "验证码不对，还可以试 %d 次。", left) % left)
        self.left = left


class DeadCode(Refused):
    """The code can no longer be used: too many tries, too old, used, or never asked for."""

    status = 422


class Closed(Refused):
    """The right code came, but the account was closed."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("这个账户已经停用。如需恢复，请联系所在社区。"))


DEAD_WORDS: dict[Verdict, str | Promise] = {
    "dead": _("验证码输错了 5 次，已经作废，请再要一个新的。"),
    "expired": _("验证码过了 5 分钟，已经失效，请再要一个新的。"),
    "used": _("这个验证码已经用过了，请再要一个新的。"),
    "none": _("没有可用的验证码，请先获取一个。"),
}


def ask_code(*, phone: str, purpose: str, ip: str, at: datetime, language: str = "") -> SignInCode:
    """Make a code for a phone and have it sent; an older one of the same purpose ends.

    A code for resetting a password is sent only to a phone that has a sign-in, but the answer is the same.

    Args:
        phone: a mobile number typed in any way.
        purpose: "sign_in", "reset", "confirm" or "change".
        ip: the network address that asks, "" when unknown.
        at: now.
        language: of the message; "" for the city's.

    Raises:
        BadPhone: not a mobile number.
        TooSoon: less than 60 seconds after the last one.
        TooOften: more than the phone or the address may ask for.
    """
    digits = normalise_phone(phone)
    if ip:
        limits.spend(
            f"code.address:{digests.address_key(ip)}",
            limit=rules.CODES_PER_ADDRESS_AND_HOUR, window=rules.HOUR, at=at,
        )  # fmt: skip
    with locked_phone(digits):
        last = queries.newest_code(digits, purpose)
        if last is not None and at < last.created_at + rules.CODE_PAUSE:
            raise TooSoon(_seconds(last.created_at + rules.CODE_PAUSE - at), last)
        key = digests.phone_key(digits)
        limits.spend(f"code.hour:{key}", limit=rules.CODES_PER_PHONE_AND_HOUR, window=rules.HOUR, at=at)
        limits.spend(f"code.day:{key}", limit=rules.CODES_PER_PHONE_AND_DAY, window=rules.DAY, at=at)
        return _make_code(digits, purpose, at, language)


def _make_code(phone: str, purpose: str, at: datetime, language: str) -> SignInCode:
    SignInCode.objects.filter(phone=phone, purpose=purpose, expires_at__gt=at).update(expires_at=at, sendable="")
    digits = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    wanted = purpose != Purpose.RESET or User.objects.filter(person__phone=phone, is_active=True).exists()
    code = SignInCode.objects.create(
        phone=phone, purpose=purpose, code_hash=digests.code_digest(phone, purpose, digits),
        sendable=digits if wanted else "", created_at=at, expires_at=at + rules.CODE_LIFE,
    )  # fmt: skip
    if wanted:
        outbox.put(
            "accounts.code", about=f"accounts.signincode:{code.pk}", key=f"accounts:code:{code.pk}",
            ids={"code_id": code.pk, "language": language}, at=at,
        )  # fmt: skip
    return code


def use_code(*, phone: str, purpose: str, code: str, ip: str, at: datetime, asked: int | None = None) -> User:
    """Spend a code and return the user of its phone.

    At sign-in an unknown phone becomes a person with a sign-in. Arguments and what is raised: `spend_code`.

    Raises:
        Closed: the account was closed.
    """
    user = spend_code(
        phone=phone, purpose=purpose, code=code, ip=ip, at=at, asked=asked,
        then=lambda: _user_of(phone, purpose, at),
    )  # fmt: skip
    if user is None or not user.is_active:
        raise Closed
    return user


def spend_code(
    *, phone: str, purpose: str, code: str, ip: str, at: datetime, asked: int | None = None, then: Callable[[], T]
) -> T:
    """Spend a code: whoever knows it has the phone at hand. A wrong try is kept even though it raises.

    Args:
        phone: eleven digits, as the code was asked for.
        purpose: what the code was asked for; one of another purpose does not fit.
        code: what was typed; blanks between the digits do not matter.
        ip: the network address that tries, "" when unknown.
        at: now.
        asked: the id of the code that the caller's own page asked for. For it, the same digits are taken
            again for 20 seconds: a second press of the button lands where the first one did.
        then: called in the transaction that spends the code, while everybody else with this phone waits.

    Returns:
        What ``then`` returned.

    Raises:
        WrongCode, DeadCode: as their words say.
        TooOften: too many wrong tries from this address.
    """
    guess = f"guess.address:{digests.address_key(ip)}" if ip else ""
    if guess:
        limits.spend(guess, limit=rules.GUESSES_PER_ADDRESS_AND_HOUR, window=rules.HOUR, at=at)
    with locked_phone(phone):
        row = queries.newest_code(phone, purpose)
        verdict = _judge(row, "".join(code.split()), at, asked)
        if row is not None and verdict == "wrong":
            SignInCode.objects.filter(pk=row.pk).update(wrong_tries=F("wrong_tries") + 1)
        if row is not None and verdict in ("right", "again"):
            if verdict == "right":
                SignInCode.objects.filter(pk=row.pk).update(used_at=at, sendable="")
            if guess:
                limits.give_back(guess, at=at)
            return then()
    left = rules.CODE_TRIES - row.wrong_tries - 1 if row is not None else 0
    if verdict == "wrong" and left > 0:
        raise WrongCode(left)
    raise DeadCode(DEAD_WORDS["dead" if verdict == "wrong" else verdict])


def _judge(row: SignInCode | None, typed: str, at: datetime, asked: int | None) -> Verdict:
    if row is None:
        return "none"
    fits = digests.same(row.code_hash, digests.code_digest(row.phone, row.purpose, typed))
    if row.used_at is not None:
        fresh = row.pk == asked and at <= row.used_at + rules.CODE_GRACE
        return "again" if fits and fresh else "used"
    if row.wrong_tries >= rules.CODE_TRIES:
        return "dead"
    if at >= row.expires_at:
        return "expired"
    return "right" if fits else "wrong"


def _user_of(phone: str, purpose: str, at: datetime) -> User | None:
    if purpose == Purpose.SIGN_IN:
        make_user(person=register_person(name="", phone=phone, at=at), at=at)
    return User.objects.select_related("person").filter(person__phone=phone).first()


def clean_up(*, at: datetime) -> int:
    """Blank what can no longer be sent; delete codes a day old, counters that ended and dead sessions.

    Returns how many rows were blanked or deleted, Django's session rows not counted.
    """
    blanked = SignInCode.objects.filter(expires_at__lte=at).exclude(sendable="").update(sendable="")
    blanked += Invitation.objects.filter(expires_at__lte=at).exclude(sendable="").update(sendable="")
    deleted = SignInCode.objects.filter(created_at__lt=at - rules.CODES_KEPT).delete()[0]
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return blanked + deleted + forget_sessions(at=at) + limits.forget_old(at=at)


def _seconds(rest: timedelta) -> int:
    return max(1, int(rest.total_seconds() + 0.999))
