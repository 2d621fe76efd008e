"""What this app tells people: their sign-in was ended by those who look after them."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import device_words, sign_out_event
from communities.models import AccountEvent, Area, Role
from communities.roles import holders_at
from core import outbox
from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from core.outbox import OutboxRow
from core.saying import listed_words

NAMED_AT_MOST = 3
CITY_LANGUAGE = "zh-hans"


def _event_of(row: OutboxRow) -> AccountEvent:
    return sign_out_event(row.about_id)


def _to(row: OutboxRow, event: AccountEvent) -> list[Recipient]:
    """Whose sign-in it was, and the heads of their communities; who did it knows."""
    person = event.person
    found = [Recipient(as_role="self", person_id=person.pk, phone=person.phone, language=_language(person.language))]
    for area in Area.objects.filter(pk__in=row.ids["communities"]):
        heads = [head for head in holders_at(Role.COMMUNITY_HEAD, area, row.at) if head.pk != event.by_id]
        found += [
            Recipient(as_role="head", person_id=head.pk, phone=head.phone, language=_language(head.language))
            for head in heads
        ]
    return found


def _language(chosen: str) -> str:
    return chosen or CITY_LANGUAGE


def _words(row: OutboxRow, event: AccountEvent, recipient: Recipient) -> Wording:
    place = Area.objects.get(pk=row.ids["place"])
    said = {
        "where": _where(event, everywhere=row.ids["all"]), "place": place.name, "ask": _ask(place),
        "cause": event.get_cause_display(), "who": event.person.name, "by": event.by.name,
    }  # fmt: skip
    return _wording(recipient.as_role, said, event.reason, event.person_id)


def _where(event: AccountEvent, *, everywhere: bool) -> str:
    devices = list(event.devices.all())
    if not devices or len(devices) > NAMED_AT_MOST:
        return _("所有设备") if everywhere else _("一台设备")
    return listed_words(device_words(device) for device in devices)


def _ask(place: Area) -> str:
    """Whom to ask: the duty phone of the place, or the nearest above that has one."""
    phone = next((step.duty_phone for step in reversed(place.path()) if step.duty_phone), "")
    return (
        _("如有疑问请打 %(phone)s。") % {"phone": phone}
        if phone
        else _("如有疑问请联系%(place)s。") % {"place": place.name}
    )


def _wording(as_role: str, said: dict[str, str], reason: str, person_id: int) -> Wording:
    why = _("%(cause)s（%(reason)s）") % {**said, "reason": reason} if reason else said["cause"]
    if as_role == "head":
        return Wording(
            title=_("%(who)s的登录已结束") % said,
            body=_("%(by)s结束了%(who)s在%(where)s上的登录，原因：%(why)s。") % {**said, "why": why},
            url=reverse("person_signed_out", args=[person_id]),
        )
    return Wording(
        title=_("您的登录已由%(place)s结束") % said,
        body=_("您在%(where)s上的登录已由%(place)s结束，原因：%(why)s。还没用过的验证码和链接也作废了。%(ask)s")
        % {**said, "why": why},
        sms=_("您在%(where)s上的登录已由%(place)s结束，原因：%(cause)s。%(ask)s") % said,
        url=reverse("me_security"),
    )


def _sample() -> list[tuple[str, Wording]]:
    said = {
        "where": "安卓手机 · 微信", "place": "滨河社区", "ask": "如有疑问请打 0357-2011234。", "cause": "手机丢了",
        "who": "赵建国", "by": "周敏",
    }  # fmt: skip
    return [(role, _wording(role, said, "昨天落在公交车上", 1)) for role in ("self", "head")]


outbox.kinds.register("communities.signed_out", gettext_lazy("登录被结束"))
notice_kinds.register(
    "communities.signed_out",
    NoticeKind(
        kind="communities.signed_out",
        label=gettext_lazy("登录被结束"),
        subject=_event_of,
        to=_to,
        words=_words,
        channels={"self": ("inbox", "sms"), "head": ("inbox",)},
        life_seconds=3 * 24 * 3600,
        sample=_sample,
    ),
)
