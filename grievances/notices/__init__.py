"""Who hears of which step of a case, and in which words (printed into docs/notices.md)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities import roles
from communities.roles import Role
from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from core.saying import due_words
from grievances import queries
from grievances.links import rating_address
from grievances.models import Case, DispatchRule, Person, Urgency
from grievances.notices import shift as shift
from grievances.notices.wording import (
    BOTH,
    CHECKER,
    DISPATCHER,
    FOLLOWER,
    FORMER,
    HOLDER,
    INBOX,
    JOINED,
    OF_THE_CLOCK,
    REPORTER,
    SAMPLE,
    SETTLER,
    SUPERIOR,
    URGENT,
    WORDS,
)
from grievances.workflow import MOST_RETURNED, WAITING_FOR_DISPATCH


def recipients(row: Any, case: Case) -> list[Recipient]:
    """Everybody who hears of an outbox row about a case, each in one role; who did it is left out."""
    found = [
        (role, person)
        for role in _roles_told(row, case)
        for person in (queries.held_before(row.ids.get("row")) if role == FORMER else _people(role, case, row))
    ]
    around = {person.pk for role, person in found if role != SUPERIOR}
    found = [(role, person) for role, person in found if role != SUPERIOR or person.pk not in around]
    done_by = queries.actor_of_row(row.ids.get("row"))
    return [
        Recipient(as_role=role, person_id=person.pk, phone=person.phone, language=person.language or "zh-hans")
        for role, person in found
        if person.pk != done_by or (role == REPORTER and row.kind == "grievances.reported")
    ]


def words(row: Any, case: Case, recipient: Recipient) -> Wording:
    """The texts for one recipient, in the language that is active."""
    wording = WORDS[row.kind][recipient.as_role]
    facts = _facts(row, case, recipient)
    if recipient.as_role == FOLLOWER:
        url = reverse("wall_item", args=[case.pk])
        return Wording(title=str(wording.title) % {"title": queries.public_title(case)}, url=url)
    if recipient.as_role == JOINED:
        own = queries.own_merged(case, recipient.person_id)
        return Wording(title=str(wording.title) % {"title": own.title}, url=queries.address_of(own))
    sms = str(wording.sms) % facts if wording.sms else ""
    return Wording(title=str(wording.title) % facts, sms=sms, url=queries.address_of(case))


def _roles_told(row: Any, case: Case) -> list[str]:
    """Who hears of it; of an urgent case holder and dispatcher in its own words, by SMS at once."""
    told = [role for role in _roles_named(row, case) if role not in URGENT.values()]
    if case.urgency != Urgency.URGENT:
        return told
    if row.kind == "grievances.triaged" and case.state in WAITING_FOR_DISPATCH:
        told.append(DISPATCHER)
    return [URGENT[role] if URGENT.get(role) in WORDS[row.kind] else role for role in told]


def _roles_named(row: Any, case: Case) -> list[str]:
    """What is added goes to whoever has the case; of a release only what is new."""
    roles_named = list(WORDS[row.kind])
    if row.kind == "grievances.added":
        return [DISPATCHER if case.state in WAITING_FOR_DISPATCH else HOLDER]
    if row.kind == "grievances.returned" and case.returned < MOST_RETURNED:
        return [DISPATCHER]
    if row.kind == "grievances.returned":
        return [SUPERIOR]
    if row.kind == "grievances.contacted" and not queries.was_reached(row.ids.get("row")):
        return []
    if row.kind == "grievances.extension_decided" and not queries.was_granted(row.ids.get("row")):
        return [HOLDER]
    if row.kind == "grievances.commented" and case.state in WAITING_FOR_DISPATCH:
        return [DISPATCHER]
    if row.kind == "grievances.triaged" and case.state in WAITING_FOR_DISPATCH:
        return [REPORTER]
    if row.kind == "grievances.handed_over":
        return [HOLDER, REPORTER] if case.handler_id is not None else [HOLDER]
    if row.kind == "grievances.released":
        is_first, brings_result = queries.release_was(row.ids.get("row"))
        return [role for role, hears in ((REPORTER, is_first or brings_result), (FOLLOWER, brings_result)) if hears]
    return _told_of_the_clock(row, case) if row.kind in OF_THE_CLOCK else roles_named


def _told_of_the_clock(row: Any, case: Case) -> list[str]:
    """The holder, or the dispatcher of what nobody has; of a new date only where it moved by much."""
    if row.kind == "grievances.recomputed" and not queries.moved_much(row.ids.get("row")):
        return []
    unheard = HOLDER if case.state in WAITING_FOR_DISPATCH else DISPATCHER
    late = row.kind == "grievances.overdue"
    return [role for role in WORDS[row.kind] if role != unheard or (late and role == DISPATCHER)]


NEAR: dict[str, Callable[[Case], list[Person]]] = {
    JOINED: queries.joined_of, CHECKER: queries.checkers_of, SETTLER: queries.settlers_of,
}  # fmt: skip


def _people(role: str, case: Case, row: Any) -> list[Person]:
    if role == SUPERIOR:
        level = queries.level_of_row(row.ids.get("row"))
        return queries.superiors_of(case) if level is None else queries.people_of_level(case, level.pk)
    if role == FOLLOWER:
        return queries.followers_of(case)
    if role == REPORTER:
        return [who for who in (case.reporter, case.proxy) if who is not None and not case.reporter_left]
    if role in NEAR:
        return NEAR[role](case)
    if role in (DISPATCHER, URGENT[DISPATCHER]):
        return roles.holders_of(Role.DISPATCHER, case.area).people
    return queries.people_holding(case)


def _facts(row: Any, case: Case, recipient: Recipient) -> dict[str, str]:
    hidden = case.is_confidential and recipient.as_role != REPORTER
    level = (
        queries.level_of_row(row.ids.get("row")) if row.kind in ("grievances.escalated", "grievances.alarmed") else None
    )
    return {
        "title": _now("一件保密诉求") if hidden else case.title,
        "number": case.number,
        "holder": queries.holder_words(case),
        "level": level.name if level is not None else "",
        "due": due_words(case.due_at, now=row.at),
        "contact": due_words(case.contact_due or case.due_at, now=row.at),
        "link": settings.SITE_URL + rating_address(case, row.ids.get("seq", 0)),
    }


def _samples(kind: str) -> list[tuple[str, Wording]]:
    return [
        (role, Wording(title=str(text.title) % SAMPLE, sms=str(text.sms) % SAMPLE if text.sms else ""))
        for role, text in WORDS[kind].items()
    ]


for _kind, _roles in WORDS.items():
    notice_kinds.register(
        _kind,
        NoticeKind(
            kind=_kind,
            label=_kind,
            to=recipients,
            words=words,
            subject=queries.for_notice,
            channels={role: BOTH if text.sms else INBOX for role, text in _roles.items()},
            sample=partial(_samples, _kind),
        ),
    )


RULE_BROKEN = "grievances.rule_broken"
RULE_SETTER = "rule_setter"
_BROKEN_WORDS = _("%(place)s的规则 %(rule)s（%(what)s）派不出去了，请换一个承办")


def _setters(row: Any, rule: DispatchRule) -> list[Recipient]:
    """Who sets rules there, unless the rule was mended or switched off meanwhile."""
    if rule.broken_since is None or not rule.is_active:
        return []
    return [
        Recipient(as_role=RULE_SETTER, person_id=person.pk, language=person.language or "zh-hans")
        for person in queries.setters_of(rule.area)
    ]


def _broken_words(row: Any, rule: DispatchRule, recipient: Recipient) -> Wording:
    what = str(rule.category) if rule.category is not None else _now("各类诉求")
    facts = {"place": rule.area.name, "rule": rule.pk, "what": what}
    return Wording(title=str(_BROKEN_WORDS) % facts, url=reverse("rule", args=[rule.pk]))


def _broken_sample() -> list[tuple[str, Wording]]:
    facts = {"place": "滨河社区", "rule": 12, "what": "水管漏水"}
    return [(RULE_SETTER, Wording(title=str(_BROKEN_WORDS) % facts))]


notice_kinds.register(
    RULE_BROKEN,
    NoticeKind(
        kind=RULE_BROKEN, label=RULE_BROKEN, to=_setters, words=_broken_words, subject=queries.rule_for_notice,
        channels={RULE_SETTER: INBOX}, sample=_broken_sample,
    ),
)  # fmt: skip
