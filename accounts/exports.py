"""What this app holds of a person: who they are, what they agreed to, where they sign in, who looked."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts import queries
from accounts.models import Person
from core.exports import Exporter, Table, exports

STAFF = _l("工作人员")
AT, UNTIL = _l("时间"), _l("到什么时候")


def _tables(person: Person) -> Iterator[Table]:
    yield Table(
        "profile", _l("我是谁"),
        {"name": _l("姓名"), "phone": _l("手机号"), "phone2": _l("备用电话"), "birth_date": _l("出生日期"),
         "language": _l("语言"), "elder_mode": _l("长者模式"), "theme": _l("颜色"), "created_at": _l("登记时间")},
        [{"name": person.name, "phone": person.phone, "phone2": person.phone2, "birth_date": person.birth_date,
          "language": person.get_language_display(), "elder_mode": person.elder_mode,
          "theme": person.get_theme_display(), "created_at": person.created_at}],
    )  # fmt: skip
    yield Table(
        "consents", _l("我同意过什么"),
        {"what": _l("同意什么"), "version": _l("文本版本"), "at": AT, "taken_by": _l("由谁当面记录"), "withdrawn_at": _l("撤回时间")},
        ({"what": consent.get_what_display(), "version": consent.text_version, "at": consent.at,
          "taken_by": STAFF if consent.taken_by_id else "", "withdrawn_at": consent.withdrawn_at}
         for consent in queries.consents_of(person)),
    )  # fmt: skip
    yield from _signing_in(person)
    yield _acting(person)
    yield Table(
        "saved_views", _l("我存下的筛选"), {"name": _l("名称"), "query": _l("筛选条件"), "at": AT},
        ({"name": view.name, "query": view.query, "at": view.created_at} for view in queries.saved_views_of(person)),
    )  # fmt: skip


def _signing_in(person: Person) -> Iterator[Table]:
    user = queries.user_of_person(person)
    yield Table(
        "sessions", _l("在哪些设备上登录着"),
        {"device": _l("设备"), "network": _l("大致网络地址"), "created_at": _l("登录时间"), "last_seen_at": _l("最近使用")},
        ({"device": queries.device_words(device), "network": device.network, "created_at": device.created_at,
          "last_seen_at": device.last_seen_at}
         for device in (queries.signed_in_devices(user, timezone.now()) if user else ())),
    )  # fmt: skip
    yield Table(
        "openings", _l("谁看过我的完整信息"),
        {"opener": _l("谁看的"), "field": _l("哪一项"), "reason": _l("理由"), "at": AT},
        ({"opener": STAFF, "field": opening.field_words(), "reason": opening.reason, "at": opening.at}
         for opening in queries.openings_of(person)),
    )  # fmt: skip
    yield Table(
        "events", _l("我的账户记录"),
        {"what": _l("做了什么"), "by": _l("谁做的"), "cause": _l("原因"), "reason": _l("理由"), "at": AT},
        ({"what": event.get_what_display(), "by": _("本人") if event.by_id == person.pk else STAFF,
          "cause": event.get_cause_display(), "reason": event.reason, "at": event.at} for event in queries.events_of(person)),
    )  # fmt: skip


def _acting(person: Person) -> Table:
    return Table(
        "acting", _l("代办"),
        {"way": _l("谁替谁"), "what_for": _l("办什么"), "since": _l("从什么时候"), "until": UNTIL,
         "confirmed_at": _l("确认时间"), "withdrawn_at": _l("撤回时间")},
        ({"way": _("别人替我办") if acting.for_person_id == person.pk else _("我替别人办"), "what_for": acting.what_for,
          "since": acting.valid_from, "until": acting.valid_until, "confirmed_at": acting.confirmed_at,
          "withdrawn_at": acting.consent.withdrawn_at} for acting in queries.all_acting(person)),
    )  # fmt: skip


def _others(person: Any) -> Iterator[tuple[str, str]]:
    """Those who looked, those who changed something, and the two sides of acting for somebody."""
    for opening in queries.openings_of(person):
        yield opening.opener.name, str(STAFF)
    for event in queries.events_of(person):
        yield event.by.name, str(STAFF)
    for acting in queries.all_acting(person):
        other = acting.person if acting.for_person_id == person.pk else acting.for_person
        yield other.name, _("代办的另一方")


exports.register("accounts", Exporter(label=_l("账户"), tables=_tables, others=_others))
