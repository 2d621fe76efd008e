"""Dispatch rules: set, changed, put in order, switched off. Each change is a new version, kept with who and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from communities import roles
from communities.actions import check_unmoved, keep_change
from communities.rules import NotAllowed
from core import once as keys
from grievances import rules
from grievances.models import Area, Category, DispatchRule, Organisation, Person
from grievances.queries import target_code, target_words
from grievances.rules import TargetGone

STEP = 10
LAST = 32_000

Target = Person | Organisation | str


def subject_of(rule_id: int) -> str:
    """How a rule is named among the changes of settings."""
    return f"rule:{rule_id}"


def create_rule(
    *, area: Area, category: Category | None, target: Target, by: Person, at: datetime, at_once: bool = False,
    once: keys.Key | None = None, address: str = "",
) -> DispatchRule:  # fmt: skip
    """Add a rule at an area, after those for the same category there.

    ``target`` is a person, an organisation, a role ("role:dispatcher") or the nearest organisation of a kind
    ("kind:property"). Raises NotAllowed, TargetGone, AlreadyDone.
    """
    if not rules.may_set_rules(by, area):
        raise NotAllowed
    with transaction.atomic():
        keys.spend(once, address)
        equals = DispatchRule.objects.select_for_update(no_key=True).filter(area=area, category=category)
        last = max((rule.order for rule in equals), default=0)
        rule = DispatchRule(area=area, category=category, at_once=at_once, order=min(last + STEP, LAST))
        _aim(rule, target)
        rule.save()
        keep_change(subject=subject_of(rule.pk), area=area, before=None, after=said(rule), by=by, at=at)
    return rule


def change_rule(
    *, rule_id: int, category: Category | None, target: Target, at_once: bool, by: Person, at: datetime,
    expect: int | None = None, once: keys.Key | None = None, address: str = "",
) -> DispatchRule:  # fmt: skip
    """Change what a rule is for, or who gets it; raises NotAllowed, SettingMoved, TargetGone, AlreadyDone."""
    with transaction.atomic():
        keys.spend(once, address)
        rule = _locked(rule_id, by)
        check_unmoved(subject=subject_of(rule_id), expect=expect)
        before = said(rule)
        rule.category, rule.at_once = category, at_once
        if target_code(rule) != _code(target):
            _aim(rule, target)
        _keep(rule, before, by, at)
    return rule


def set_rule_active(
    *, rule_id: int, active: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> DispatchRule:
    """Switch a rule off or on again; a rule is never deleted, because cases name it. Raises NotAllowed."""
    with transaction.atomic():
        keys.spend(once, address)
        rule = _locked(rule_id, by)
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
            area=rule.area_id, category=rule.category_id, is_active=True
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

    ``to`` is as of create_rule, None switches the rules off. Raises NotAllowed, TargetGone.
    """
    with transaction.atomic():
        changed = [_locked(pk, by) for pk in sorted({rule.pk for rule in rules})]
        for rule in changed:
            before = said(rule)
            if to is None:
                rule.is_active = False
            else:
                _aim(rule, to)
            _keep(rule, before, by, at)
    return changed


def said(rule: DispatchRule) -> dict[str, Any]:
    """A rule as the changes of settings keep it: ids and codes, no names of people."""
    return {
        "category": rule.category_id, "target": target_code(rule), "at_once": rule.at_once, "order": rule.order,
        "is_active": rule.is_active, "version": rule.version,
    }  # fmt: skip


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


def _aim(rule: DispatchRule, target: Target) -> None:
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
