"""Persons and their sign-ins."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import digests
from accounts.models import Language, Person, Theme, User
from accounts.phones import looks_like_phone, normalise_phone
from core.refusals import Refused


class LoginTaken(Refused):
    """Another user has this login."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("这个登录名已经有人用了，请换一个。"))


class PhoneTaken(Refused):
    """Another person has this phone."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("这个手机号已经登记在另一位居民名下。"))


@contextmanager
def locked_phone(phone: str) -> Iterator[None]:
    """A transaction that holds everything about one phone: others with this phone wait."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [digests.lock_number(f"phone:{phone}")])
        yield


def register_person(*, name: str, phone: str, at: datetime) -> Person:
    """The person with this phone, made now if nobody has it; an empty name is filled in.

    Args:
        name: as known, may be empty.
        phone: a mobile number typed in any way, or "" for someone without one (always a new person).
        at: when they became known.

    Raises:
        BadPhone: neither empty nor a mobile number.
    """
    if not phone.strip():
        return Person.objects.create(name=name.strip(), created_at=at)
    digits = normalise_phone(phone)
    with locked_phone(digits):
        person, made = Person.objects.get_or_create(phone=digits, defaults={"name": name.strip(), "created_at": at})
        if not made and not person.name and name.strip():
            person.name = name.strip()
            person.save(update_fields=["name"])
    return person


def make_user(
    *, person: Person, at: datetime, login: str = "", password: str | None = None, is_staff: bool = False,
    is_superuser: bool = False,
) -> User:  # fmt: skip
    """The sign-in of a person, made now if they have none.

    Args:
        person: whose.
        at: when it was opened.
        login: a staff name; empty takes the phone.
        password: None leaves sign-in by code only.
        is_staff: may use the admin pages of the city's staff.
        is_superuser: the installation's administrator.

    Raises:
        LoginTaken: the name is another user's, or reads as a phone number that is not the person's own.
    """
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        user = User.objects.filter(person=person).first()
        if user is not None:
            return user
        return User.objects.create_user(
            _free_login(person, login), password, person=person, created_at=at, is_staff=is_staff,
            is_superuser=is_superuser,
        )  # fmt: skip


def _free_login(person: Person, wished: str) -> str:
    """The wished name; without one the phone, or a made-up name where an older user still has that."""
    name = wished.strip().lower()
    if name:
        foreign_number = looks_like_phone(name) and name != person.phone
        if foreign_number or User.objects.filter(login=name).exists():
            raise LoginTaken
        return name
    if person.phone and not User.objects.filter(login=person.phone).exists():
        return person.phone
    return f"p{person.pk}"


def set_name(*, person: Person, name: str) -> Person:
    """Keep how a person is called: blanks joined, at most 60 characters; an empty name changes nothing."""
    words = " ".join("".join(sign for sign in name if sign.isprintable() or sign.isspace()).split())[:60]
    if words:
        person.name = words
        person.save(update_fields=["name"])
    return person


def change_phone(*, person: Person, phone: str) -> Person:
    """Give a person another mobile number; a login that was the old number follows.

    Raises:
        BadPhone: not a mobile number.
        PhoneTaken: another person has it.
    """
    digits = normalise_phone(phone)
    with locked_phone(digits):
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if Person.objects.filter(phone=digits).exclude(pk=person.pk).exists():
            raise PhoneTaken
        old, person.phone = person.phone, digits
        person.save(update_fields=["phone"])
        if not User.objects.filter(login=digits).exists():
            User.objects.filter(person=person, login=old).update(login=digits)
    return person


def set_preferences(
    *, person: Person, theme: str | None = None, elder: bool | None = None, language: str | None = None
) -> Person:
    """Keep how pages look for a person; None leaves a setting as it is, an unknown value too."""
    changed = []
    if theme in Theme.values:
        person.theme = str(theme)
        changed.append("theme")
    if elder is not None:
        person.elder_mode = elder
        changed.append("elder_mode")
    if language in Language.values:
        person.language = str(language)
        changed.append("language")
    if changed:
        person.save(update_fields=changed)
    return person
