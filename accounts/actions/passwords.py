"""Passwords: checked with a limit, changed, reset by a code."""

from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import digests, rules
from accounts.actions import limits
from accounts.actions.codes import use_code
from accounts.actions.sessions import sign_out_everywhere
from accounts.models import SignInCode, User
from core.refusals import Refused


class WrongPassword(Refused):
    """Login and password do not belong together; says nothing about which of them is wrong."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("登录名或密码不对，请再看一看。忘记密码可以用短信验证码重设。"))


def check_password(request: HttpRequest, *, login: str, password: str, ip: str, at: datetime) -> User:
    """The user of a login and password.

    A try is counted before it is judged, so that tries at the same moment cannot pass the limit together;
    the right password clears the login's count.

    Args:
        request: handed on to the authentication backends.
        login: a staff name or a phone number.
        password: as typed.
        ip: the network address that tries, "" when unknown.
        at: now.

    Raises:
        TooOften: ten wrong tries for this login in a quarter of an hour, or a hundred from the address.
        WrongPassword: they do not belong together, or the account was closed.
    """
    key = f"password.login:{digests.login_key(login.strip().lower())}"
    limits.spend(key, limit=rules.PASSWORDS_PER_LOGIN, window=rules.QUARTER, at=at)
    place = f"password.address:{digests.address_key(ip)}" if ip else ""
    if place:
        limits.spend(place, limit=rules.PASSWORDS_PER_ADDRESS, window=rules.QUARTER, at=at)
    user = authenticate(request, username=login, password=password)
    if not isinstance(user, User):
        raise WrongPassword
    limits.forgive(key)
    if place:
        limits.give_back(place, at=at)
    return user


def change_password(*, user: User, password: str) -> User:
    """Give a user another password and end all their sessions; returns the user as saved.

    Raises:
        django.core.exceptions.ValidationError: the password is too short, too common or too like the person.
    """
    validate_password(password, user)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=user.pk)
        user.set_password(password)
        user.save(update_fields=["password"])
        return sign_out_everywhere(user=user)


def reset_password(*, phone: str, code: str, password: str, ip: str, at: datetime, asked: int | None = None) -> User:
    """Spend a reset code and set the password; ends all sessions of the user.

    Raises what `use_code` and `change_password` raise; a password that is refused leaves the code unspent.
    """
    validate_password(password)
    user = use_code(phone=phone, purpose=SignInCode.Purpose.RESET, code=code, ip=ip, at=at, asked=asked)
    user.set_password(password)
    user.save(update_fields=["password"])
    return sign_out_everywhere(user=user)
