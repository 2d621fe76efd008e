"""Dispatch rules: set, changed, put in order, switched off. Each change is a new version, kept with who and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _l

from communities import roles
from communities.actions import check_unmoved, keep_change
from communities.rules import NotAllowed
from core import once as keys
from core import outbox
from grievances import rules
from grievances.models import Area, Category, DispatchRule, Organisation, Person
from grievances.queries import active_rules_after, broken, target_code, target_words
from grievances.rules import CatchAllStays, PointsBack, TargetGone

STEP = 10
LAST = 32_000
BROKEN = "grievances.rule_broken"
CHECKED_AT_ONCE = 2_000

Target = Person | Organisation | str


def subject_of(rule_id: int) -> str:
    """How a rule is named among the changes of settings."""
    return f"rule:{rule_id}"


def create_rule(
    *, area: Area, category: Category | None, target: Target, by: Person, at: datetime, at_once: bool = False,
    tier: str = "", urgency: str = "", hours: str = "", once: keys.Key | None = None, address: str = "",
) -> DispatchRule:  # fmt: skip
    """Add a rule at an area: after those for the same category there, but before those with fewer conditions.

    ``target`` is a person, an organisation, a role ("role:dispatcher") or the nearest organisation of a kind
    ("kind:property"); ``tier``, ``urgency`` and ``hours`` are conditions, "" is any. Raises NotAllowed,
    TargetGone, PointsBack, AlreadyDone.
    """
    if not rules.may_set_rules(by, area):
        raise NotAllowed
    with transaction.atomic():
        keys.spend(once, address)
        equals = DispatchRule.objects.select_for_update(no_key=True).filter(
            area=area, category=category, is_catch_all=False
        )
        rule = DispatchRule(area=area, category=category, at_once=at_once, tier=tier, urgency=urgency, hours=hours)
        aim(rule=rule, target=target)
        rule.order = _place_among(equals, rule, by, at)
        rule.save()
        keep_change(subject=subject_of(rule.pk), area=area, before=None, after=said(rule), by=by, at=at)
    return rule


def change_rule(
    *, rule_id: int, category: Category | None, target: Target, at_once: bool, by: Person, at: datetime,
    tier: str = "", urgency: str = "", hours: str = "", expect: int | None = None, once: keys.Key | None = None, address: str = "",
) -> DispatchRule:  # fmt: skip
    """Change what a rule is for, or who gets it; of the catch-all only who gets it.

    Raises NotAllowed, SettingMoved, TargetGone, PointsBack, CatchAllStays, AlreadyDone.
    """
    with transaction.atomic():
        keys.spend(once, address)
        rule = _locked(rule_id, by)
        check_unmoved(subject=subject_of(rule_id), expect=expect)
        before = said(rule)
        rule.category, rule.at_once = category, at_once
        rule.tier, rule.urgency, rule.hours = tier, urgency, hours
        if rule.is_catch_all and (category is not None or at_once or tier or urgency or hours):
            raise CatchAllStays
        if target_code(rule) != _code(target):
            aim(rule=rule, target=target)
        _check_way(rule)
        _keep(rule, before, by, at)
    return rule


def set_rule_active(
    *, rule_id: int, active: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> DispatchRule:
    """Switch a rule off or on again; a rule is never deleted, because cases name it.

    Raises NotAllowed, CatchAllStays.
    """
    with transaction.atomic():
        keys.spend(once, address)
        rule = _locked(rule_id, by)
        if rule.is_catch_all and not active:
            raise CatchAllStays
        before = said(rule)
        rule.is_active = active
        _keep(rule, before, by, at)
    return rule


def move_rule(
    *, rule_id: int, up: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> DispatchRule:
    """Ask a rule before (or after) its neighbour of the same place and category; raises NotAllowed."""
    with transaction.atomic():
        keys.spend(once, address)
        rule = _locked(rule_id, by)
        equals = DispatchRule.objects.select_for_update(no_key=True).filter(
            area=rule.area_id, category=rule.category_id, is_active=True, is_catch_all=rule.is_catch_all
        )
        line = sorted(equals, key=lambda one: (one.order, one.pk))
        place = next((index for index, one in enumerate(line) if one.pk == rule.pk), -1)
        other = place - 1 if up else place + 1
        if place < 0 or not 0 <= other < len(line):
            return rule
        line[place], line[other] = line[other], line[place]
        for number, one in enumerate(line, 1):
            before, one.order = said(one), number * STEP
            _keep(one, before, by, at)
    return rule


def retarget_rules(
    *, rules: Iterable[DispatchRule], to: Target | None, by: Person, at: datetime
) -> list[DispatchRule]:  # fmt: skip
    """Send what these rules name to somebody else, all or none: a hand-over.

    ``to`` is as of create_rule, None switches the rules off. Raises NotAllowed, TargetGone,
    CatchAllStays.
    """
    with transaction.atomic():
        changed = [_locked(pk, by) for pk in sorted({rule.pk for rule in rules})]
        for rule in changed:
            before = said(rule)
            if to is None:
                if rule.is_catch_all:
                    raise CatchAllStays
                rule.is_active = False
            else:
                aim(rule=rule, target=to)
            _keep(rule, before, by, at)
    return changed


def said(rule: DispatchRule) -> dict[str, Any]:
    """A rule as the changes of settings keep it: ids and codes, no names of people."""
    return {
        "category": rule.category_id, "tier": rule.tier, "urgency": rule.urgency, "hours": rule.hours, "target": target_code(rule), "at_once": rule.at_once, "order": rule.order,
        "is_active": rule.is_active, "version": rule.version,
    }  # fmt: skip


def ensure_catch_all(*, at: datetime) -> list[DispatchRule]:
    """Give each city its catch-all (the dispatcher of a case's community) where it has none; returns the new ones."""
    with transaction.atomic():
        cities = Area.objects.select_for_update(no_key=True).filter(parent=None, kind="city", valid_until=None)
        held = set(DispatchRule.objects.filter(is_catch_all=True).values_list("area_id", flat=True))
        made = []
        for city in cities.order_by("pk"):
            if city.pk not in held:
                rule = DispatchRule.objects.create(area=city, role=roles.Role.DISPATCHER, order=LAST, is_catch_all=True)
                keep_change(subject=subject_of(rule.pk), area=city, before=None, after=said(rule), by=None, at=at)
                made.append(rule)
    return made


def check_rules(*, at: datetime) -> int:
    """Tell those who set the rules of a place of each rule that broke, once per breaking; returns how many.

    A rule breaks when whom it names left, closed or is found nowhere, or when its category is retired. One
    that works again is told of anew when it breaks again.
    """
    told, last = 0, 0
    while rules_now := active_rules_after(last, CHECKED_AT_ONCE):
        why, last = broken(rules_now), rules_now[-1].pk
        for rule in rules_now:
            if rule.pk in why and rule.broken_since is None:
                told += _broke(rule, at)
        mended = [rule.pk for rule in rules_now if rule.broken_since is not None and rule.pk not in why]
        DispatchRule.objects.filter(pk__in=mended).update(broken_since=None)
    return told


def _broke(rule: DispatchRule, at: datetime) -> int:
    with transaction.atomic():
        marked = DispatchRule.objects.filter(pk=rule.pk, broken_since=None).update(broken_since=at)
        if marked:
            outbox.put(
                BROKEN, about=f"grievances.dispatchrule:{rule.pk}",
                key=f"{BROKEN}:{rule.pk}:{rule.version}:{at:%Y%m%d%H%M%S%f}", ids={"version": rule.version}, at=at,
            )  # fmt: skip
    return marked


def _place_among(equals: Iterable[DispatchRule], rule: DispatchRule, by: Person, at: datetime) -> int:
    """The order for a new rule: before the first that asks for less; the others make room where there is none."""
    line = sorted(equals, key=lambda one: (one.order, one.pk))
    place = next((index for index, one in enumerate(line) if one.asks < rule.asks), len(line))
    low = line[place - 1].order if place else 0
    if place == len(line):
        return min(low + STEP, LAST)
    if line[place].order - low >= 2:
        return (low + line[place].order) // 2
    for number, one in enumerate(line):
        before, one.order = said(one), (number + 1 + (number >= place)) * STEP
        _keep(one, before, by, at)
    return (place + 1) * STEP


def _check_way(rule: DispatchRule) -> None:
    """A rule that skips the dispatcher may not end at the dispatcher: that is a circle."""
    if rule.at_once and rule.role == roles.Role.DISPATCHER:
        raise PointsBack


def _locked(rule_id: int, by: Person) -> DispatchRule:
    rule = DispatchRule.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=rule_id)
    if not rules.may_set_rules(by, rule.area):
        raise NotAllowed
    return rule


def _keep(rule: DispatchRule, before: dict[str, Any], by: Person, at: datetime) -> None:
    if said(rule) == before:
        return
    rule.version += 1
    rule.save()
    keep_change(subject=subject_of(rule.pk), area=rule.area, before=before, after=said(rule), by=by, at=at)


def _code(target: Target) -> str:
    if isinstance(target, Person):
        return f"person:{target.pk}"
    return f"organisation:{target.pk}" if isinstance(target, Organisation) else target


def aim(*, rule: DispatchRule, target: Target) -> None:
    """Set the one target of a rule; raises TargetGone where it could never take anything."""
    rule.role, rule.organisation_kind, rule.person, rule.organisation = "", "", None, None
    if isinstance(target, Person):
        rule.person = target
        gone = bool(roles.people_without([target.pk]))
    elif isinstance(target, Organisation):
        rule.organisation = target
        gone = target.closed_at is not None
    else:
        sort, _colon, name = target.partition(":")
        rule.role, rule.organisation_kind = (name, "") if sort == "role" else ("", name)
        gone = name not in (roles.Role.values if sort == "role" else Organisation.OrganisationKind.values)
    if gone:
        raise TargetGone(target_words(rule) if not isinstance(target, str) else target)
    _check_way(rule)


outbox.kinds.register(BROKEN, _l("派单规则派不出去了"))
