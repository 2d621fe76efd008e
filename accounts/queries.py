"""Reads: people, their sessions, consents, and who looked at what."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import digests, rules
from accounts.models import (
    AccountEvent,
    ActingFor,
    Consent,
    DataExport,
    Device,
    Invitation,
    Language,
    OpeningLog,
    Person,
    SavedView,
    SignInCode,
    Theme,
    User,
)
from accounts.phones import BadPhone, normalise_phone
from core.saying import length_words
from core.statements import Given, Statement

SAVED_LONGEST = 500
NOT_SAVED = frozenset({"after", "case", "turn", "page", "once"})
ELDER_COOKIE = "elder"
THEME_COOKIE = "theme"
BROWSERS = (
    ("MicroMessenger", _("微信")),
    ("Edg", "Edge"),
    ("HuaweiBrowser", _("华为浏览器")),
    ("UCBrowser", _("UC 浏览器")),
    ("QQBrowser", _("QQ 浏览器")),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", _("鸿蒙手机")),
    ("Android", _("安卓手机")),
    ("iPhone", _("苹果手机")),
    ("iPad", _("苹果平板")),
    ("Windows", _("电脑")),
    ("Macintosh", _("苹果电脑")),
    ("Linux", _("电脑")),
)


def person_of(user: User | AnonymousUser) -> Person | None:
    """The person of a signed-in user; None for a visitor."""
    return user.person if isinstance(user, User) else None


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a request; raises PermissionDenied for a visitor."""
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied


def find_person_by_phone(phone: str) -> Person | None:
    """The person with this mobile number, typed in any way; None when unknown or not a number."""
    try:
        digits = normalise_phone(phone)
    except BadPhone:
        return None
    return Person.objects.filter(phone=digits).first()


def user_by_login(login: str) -> User | None:
    """The user of a staff name or of a phone number."""
    named = User.objects.select_related("person").filter(login=login.strip().lower()).first()
    if named is not None:
        return named
    person = find_person_by_phone(login)
    return User.objects.select_related("person").filter(person=person).first() if person else None


def user_of_person(person: Person) -> User | None:
    """The sign-in of a person, with the person; None for someone without one."""
    return User.objects.select_related("person").filter(person_id=person.pk).first()


def waiting_export(person: Person) -> DataExport | None:
    """The copy of the person's data that is being made now."""
    return DataExport.objects.filter(person=person, state=DataExport.State.WAITING).first()


def saved_views(person: Person, page: str) -> list[SavedView]:
    """The views of a page that the person keeps, by name; one query."""
    return list(SavedView.objects.filter(person_id=person.pk, page=page).order_by("name", "pk"))


def saved_views_of(person: Person) -> QuerySet[SavedView]:
    """Everything the person saved, on whatever page."""
    return SavedView.objects.filter(person=person).order_by("page", "name")


def saved_view(person: Person, pk: int) -> SavedView | None:
    """One's own saved view, or None."""
    return SavedView.objects.filter(pk=pk, person_id=person.pk).select_related("person").first()


def plain_query(query: str) -> str:
    """The filters in a page's query string: without the place in the list, the opened row and empty values."""
    kept = QueryDict(query[:SAVED_LONGEST], mutable=True)
    for name in list(kept):
        if name in NOT_SAVED or not kept[name]:
            del kept[name]
    return kept.urlencode()[:SAVED_LONGEST]


def exports_of(person: Person) -> QuerySet[DataExport]:
    """The copies a person asked for, newest first."""
    return DataExport.objects.filter(person=person).order_by("-asked_at", "-id")


def events_of(person: Person) -> QuerySet[AccountEvent]:
    """What happened to a person's account, newest first."""
    return AccountEvent.objects.filter(person=person).select_related("by").order_by("-at", "-id")


def has_consented(person: Person, *, version: str = rules.PRIVACY_VERSION) -> bool:
    """Whether the person said yes to this version of the privacy notice."""
    return Consent.objects.filter(
        person=person, what=Consent.What.PRIVACY, text_version=version, withdrawn_at=None
    ).exists()


def has_ever_consented(person: Person) -> bool:
    """Whether the person said yes to any version of the privacy notice and did not take it back."""
    return Consent.objects.filter(person=person, what=Consent.What.PRIVACY, withdrawn_at=None).exists()


def consents_of(person: Person) -> QuerySet[Consent]:
    """A person's consents, newest first."""
    return Consent.objects.filter(person=person).order_by("-at", "-id")


def openings_of(person: Person) -> QuerySet[OpeningLog]:
    """Who looked at full values of this person, newest first."""
    return OpeningLog.objects.filter(person=person).select_related("opener").order_by("-at", "-id")


def may_act_for(person: Person, other: Person, at: datetime) -> bool:
    """Whether ``person`` may act for ``other`` at ``at``: by a consent that holds, within its time."""
    return _acting(at).filter(person=person, for_person=other).exists()


def people_acted_for(person: Person, at: datetime) -> list[Person]:
    """Those for whom ``person`` may act at the moment ``at``, by name."""
    return _ACTED_FOR.rows(person=person.pk, at=at)


def open_help(helper: Person, for_person: Person, at: datetime) -> QuerySet[ActingFor]:
    """What ``for_person`` asked of ``helper`` and is neither taken back nor refused nor over."""
    return ActingFor.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at), person=helper, for_person=for_person,
        declined_at=None, consent__withdrawn_at=None,
    )  # fmt: skip


def helpers_of(person: Person, at: datetime) -> list[ActingFor]:
    """Who may act for me or was asked to, newest first; what is over or taken back is left out."""
    return list(_current(at).filter(for_person=person).select_related("person"))


def helped_by(person: Person, at: datetime) -> list[ActingFor]:
    """For whom I may act or was asked to, newest first; what I refused or is over is left out."""
    return list(_current(at).filter(person=person, declined_at=None).select_related("for_person"))


def _current(at: datetime) -> QuerySet[ActingFor]:
    live = Q(valid_until=None) | Q(valid_until__gt=at)
    return ActingFor.objects.filter(live, consent__withdrawn_at=None).order_by("-valid_from", "-id")


def acting_of(row_id: int) -> ActingFor:
    """What a notice of acting for somebody is about, with both people."""
    return ActingFor.objects.select_related("person", "for_person", "consent").get(pk=row_id)


def all_acting(person: Person) -> QuerySet[ActingFor]:
    """Every time the person acted for somebody or somebody for them, with what was answered, newest first."""
    mine = ActingFor.objects.filter(person=person).order_by().values("pk")
    for_me = ActingFor.objects.filter(for_person=person).order_by().values("pk")
    found = ActingFor.objects.filter(pk__in=mine.union(for_me))
    return found.select_related("person", "for_person", "consent").order_by("-valid_from", "-id")


def _acting(at: Any) -> QuerySet[ActingFor]:
    return ActingFor.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at, confirmed_at__lte=at,
        consent__withdrawn_at=None,
    )  # fmt: skip


def _acted_for() -> QuerySet[Person]:
    acting = _acting(Given("at")).filter(person_id=Given("person"))
    return Person.objects.filter(acted_for_by__in=acting).distinct().order_by("name", "id")


_ACTED_FOR = Statement(_acted_for)


def newest_code(phone: str, purpose: str) -> SignInCode | None:
    """The last code asked for this phone; only it can be used."""
    return SignInCode.objects.filter(phone=phone, purpose=purpose).order_by("-created_at", "-id").first()


def open_invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation of a link, if it can still be used at ``at``."""
    return (
        Invitation.objects.select_related("person")
        .filter(token_hash=digests.token_digest(token), used_at=None, withdrawn_at=None, expires_at__gt=at)
        .first()
    )


def device_marks(user_agent: str) -> tuple[str, str]:
    """What is kept of what a browser says of itself: the marks of its system and browser, "" for unknown ones."""
    first = [next((mark for mark, _words in names if mark in user_agent), "") for names in (SYSTEMS, BROWSERS)]
    return first[0], first[1]


def device_words(device: Device) -> str:
    """A device as people know it: 安卓手机 · 微信."""
    found = [dict(SYSTEMS).get(device.system), dict(BROWSERS).get(device.browser)]
    return " · ".join(str(words) for words in found if words) or gettext("不认识的设备")


def masked_network(address: str) -> str:
    """The first half of a network address: 1.2.*.*, or 2408:84e7:*; "" for an unknown one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return ".".join([*str(parsed).split(".")[:2], "*", "*"])
    return ":".join([*parsed.exploded.split(":")[:2], "*"])


def signed_in_devices(user: User, at: datetime) -> list[Device]:
    """Where a user is signed in at ``at``, the last sign-in first."""
    return list(Device.objects.filter(user=user, ended_at=None, expires_at__gt=at).order_by("-created_at", "-pk"))


@dataclass(frozen=True)
class DeviceRow:
    """A device as pages show it: the row, its name, when it was last used, and whether it is the one that asks."""

    device: Device
    words: str
    seen: str
    is_this: bool = False


def devices_shown(user: User | None, at: datetime, *, session_key: str | None = "") -> list[DeviceRow]:
    """Where a user is signed in at ``at``, in words; ``session_key`` is that of the request that asks."""
    if user is None:
        return []
    mine = digests.session_digest(session_key) if session_key else ""
    return [
        DeviceRow(device, device_words(device), _seen_words(device, at), device.key_digest == mine)
        for device in signed_in_devices(user, at)
    ]


def _seen_words(device: Device, at: datetime) -> str:
    """When a device was last used: it is written down once an hour, so nothing nearer is said."""
    gap = at - device.last_seen_at
    return gettext("一小时内") if gap < rules.HOUR else gettext("%(length)s前") % {"length": length_words(gap)}


def sign_outs_of(person: Person) -> QuerySet[AccountEvent]:
    """When others ended the sign-in of a person: who, why, and on which devices. Page it by -at, -id."""
    ended = AccountEvent.objects.filter(person=person, what=AccountEvent.What.SIGNED_OUT)
    return ended.select_related("by").prefetch_related("devices")


def sign_out_event(pk: int) -> AccountEvent:
    """The row that says who ended whose sign-in, with both people; raises AccountEvent.DoesNotExist."""
    return AccountEvent.objects.select_related("person", "by").prefetch_related("devices").get(pk=pk)


def has_administrator() -> bool:
    """Whether the installation has an administrator who can sign in."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()


DEMO_FIRST = ("居民", "网格员", "社区工作者", "派单员", "社区书记", "街道干部", "县（市、区）干部", "市级管理员")


def demo_people() -> list[tuple[str, list[Person]]]:
    """Invented people who can be signed in as, grouped by their role in words: each group in order of making."""
    groups: dict[str, list[Person]] = {}
    found = Person.objects.filter(is_demo=True, merged_into=None, user__is_active=True).select_related("user")
    for person in found.order_by("id"):
        groups.setdefault(person.demo_words.partition(" · ")[0], []).append(person)
    order = {words: place for place, words in enumerate(DEMO_FIRST)}
    return sorted(groups.items(), key=lambda group: order.get(group[0], len(order)))


def demo_user(person_id: int) -> User:
    """The sign-in of an invented person; raises Http404 for anybody real."""
    users = User.objects.select_related("person").filter(is_active=True, person__is_demo=True)
    return get_object_or_404(users, person_id=person_id)


@dataclass(frozen=True)
class Preferences:
    """How pages look for someone: ``theme`` auto, light or dark; ``elder`` mode; ``language`` or ""."""

    theme: str = Theme.AUTO
    elder: bool = False
    language: str = Language.BROWSER


def preferences(request: HttpRequest) -> Preferences:
    """The preferences of the signed-in person, or a visitor's from cookies."""
    user = getattr(request, "user", None)
    person = person_of(user) if user is not None else None
    if person is not None:
        return Preferences(person.theme, person.elder_mode, person.language)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Preferences(
        theme=theme if theme in Theme.values else Theme.AUTO.value,
        elder=request.COOKIES.get(ELDER_COOKIE) == "1",
    )
