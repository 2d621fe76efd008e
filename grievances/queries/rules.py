"""Dispatch rules as the pages of settings need them: in walking order, with what is broken about them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from communities import queries as places
from communities import roles
from communities.roles import Role
from grievances import rules as may
from grievances.models import Area, Case, Category, DispatchRule, Organisation, Person, RuleTrial

WITH_NAMES = ("area", "category", "category__parent", "organisation", "person")


@dataclass(frozen=True)
class RulesAt:
    """The active rules of one place, in the order in which they are asked; ``own``: it is the place asked for."""

    area: Area
    own: bool
    rules: list[DispatchRule]


def rules_naming(person: Person) -> QuerySet[DispatchRule]:
    """The rules in use that send cases to this person, with their places and categories."""
    return DispatchRule.objects.filter(person=person, is_active=True).select_related(*WITH_NAMES).order_by("pk")


def rules_naming_category(category_id: int) -> QuerySet[DispatchRule]:
    """The rules in use for this category or its sub categories, with their places."""
    named = DispatchRule.objects.filter(category_id=category_id) | DispatchRule.objects.filter(
        category__parent_id=category_id
    )
    return named.filter(is_active=True).select_related(*WITH_NAMES).order_by("area__tree_id", "area__lft", "order")


def rule_by_id(pk: int) -> DispatchRule | None:
    """A rule with its names, or None."""
    return DispatchRule.objects.filter(pk=pk).select_related(*WITH_NAMES).first()


def walk(area: Area) -> list[RulesAt]:
    """The rules in use for ``area`` as a case there meets them: its own, then those of each place above."""
    path = list(reversed(places.ancestors_of(area)))
    rows = DispatchRule.objects.filter(area__in=path, is_active=True, is_catch_all=False).select_related(*WITH_NAMES)
    return [
        RulesAt(place, place.pk == area.pk, sorted((row for row in rows if row.area_id == place.pk), key=_order))
        for place in path
    ]


def switched_off(area: Area) -> list[DispatchRule]:
    """The place's own rules that are switched off, the newest first."""
    rules = DispatchRule.objects.filter(area=area, is_active=False).select_related(*WITH_NAMES)
    return list(rules.order_by("-pk")[:50])


def _order(rule: DispatchRule) -> tuple[int, int, int, int, int]:
    """Sub categories before main ones before "any"; among equals the order that was set."""
    category = rule.category
    if category is None:
        return (2, 0, 0, rule.order, rule.pk)
    main = category.parent or category
    return (0 if category.parent_id else 1, main.order, category.order, rule.order, rule.pk)


def target_words(rule: DispatchRule) -> str:
    """Who gets it, as people read it."""
    if rule.person is not None:
        return str(rule.person)
    if rule.organisation is not None:
        return rule.organisation.name
    if rule.role:
        return str(Role(rule.role).label)
    kinds = dict(Organisation.OrganisationKind.choices)
    return _("最近的%(kind)s") % {"kind": kinds.get(rule.organisation_kind, rule.organisation_kind)}


def target_code(rule: DispatchRule) -> str:
    """Who gets it in a form field: "person:3", "organisation:8", "role:grid_worker", "kind:property"."""
    if rule.person_id is not None:
        return f"person:{rule.person_id}"
    if rule.organisation_id is not None:
        return f"organisation:{rule.organisation_id}"
    return f"role:{rule.role}" if rule.role else f"kind:{rule.organisation_kind}"


def broken(rules: Iterable[DispatchRule]) -> dict[int, str]:
    """Those of the rules that send nothing anywhere, by id, each with why.

    Two queries, and one per kind of organisation named.
    """
    found = list(rules)
    gone = roles.people_without(_ids(rule.person_id for rule in found))
    closed = roles.organisations_without(_ids(rule.organisation_id for rule in found))
    why: dict[int, str] = {}
    empty = _without_kind(rule for rule in found if rule.organisation_kind)
    for rule in found:
        if rule.pk in empty:
            why[rule.pk] = _("这里没有哪一家%(who)s接得住，请换一种单位，或者交给岗位。") % {"who": target_words(rule)}
        if rule.category is not None and not _in_use(rule):
            why[rule.pk] = _("“%(what)s”这一类已经停用，这条规则不会再用到。") % {"what": rule.category.name}
        if rule.person_id in gone:
            why[rule.pk] = _("%(who)s已经不在岗，请换一个人，或者交给岗位。") % {"who": rule.person}
        if rule.organisation_id in closed:
            why[rule.pk] = _("“%(who)s”已经停办，或者没有人能接，请换一个单位。") % {"who": rule.organisation}
    return why


def _without_kind(rules: Iterable[DispatchRule]) -> set[int]:
    """The ids of those rules whose kind of organisation nobody serves there, above or below."""
    by_kind: dict[str, dict[int, list[int]]] = {}
    for rule in rules:
        by_kind.setdefault(rule.organisation_kind, {}).setdefault(rule.area_id, []).append(rule.pk)
    found: set[int] = set()
    for kind, areas in by_kind.items():
        for area_id in roles.areas_without_kind(kind, areas):
            found.update(areas[area_id])
    return found


def hints(rules: Iterable[DispatchRule]) -> dict[int, str]:
    """What to know about rules in walking order that do work: never reached, or always one level up.

    At most one query per role named.
    """
    line = list(rules)
    said: dict[int, str] = {}
    by_role: dict[str, set[int]] = {}
    for rule in line:
        if rule.role:
            by_role.setdefault(rule.role, set()).add(rule.area_id)
    empty = {role: roles.areas_without(role, ids, below=True) for role, ids in by_role.items()}
    for number, rule in enumerate(line):
        if rule.role and rule.area_id in empty[rule.role]:
            said[rule.pk] = _("这里还没有%(who)s，会一直转给上一级。") % {"who": Role(rule.role).label}
        earlier = next((one for one in line[:number] if covers(one, rule)), None)
        if earlier is not None:
            said[rule.pk] = _("轮不到这一条：前面的规则 %(rule)s 已经都接走了。") % {"rule": earlier.pk}
    return said


def covers(earlier: DispatchRule, later: DispatchRule) -> bool:
    """Whether an earlier rule of the same place and category takes all that a later one could."""
    always = bool(earlier.role and earlier.role != Role.GRID_WORKER) or target_code(earlier) == target_code(later)
    pairs = ((earlier.tier, later.tier), (earlier.urgency, later.urgency), (earlier.hours, later.hours))
    same = earlier.area_id == later.area_id and earlier.category_id == later.category_id
    return always and same and not later.is_catch_all and all(asks in ("", other) for asks, other in pairs)


def catch_all_of(area: Area) -> DispatchRule:
    """The catch-all of the city of ``area``: its row, or how it would be made."""
    root = places.ancestors_of(area)[0]
    found = DispatchRule.objects.filter(area=root, is_catch_all=True).select_related(*WITH_NAMES).first()
    return found or DispatchRule(area=root, role=Role.DISPATCHER, is_catch_all=True)


def _ids(values: Iterable[int | None]) -> Collection[int]:
    return {value for value in values if value is not None}


def _in_use(rule: DispatchRule) -> bool:
    category = rule.category
    return category is not None and category.is_active and (category.parent is None or category.parent.is_active)


def newest_rule_change(pk: int) -> int:
    """The number of the newest change of a rule: a form carries it, so that nobody overwrites another's."""
    return places.newest_change(f"rule:{pk}")


def rule_for(asker: Person, pk: int) -> DispatchRule:
    """A rule in the asker's tree, or above a place whose rules the asker sets; raises Http404."""
    rule = rule_by_id(pk)
    if rule is None:
        raise Http404
    if roles.may_see_area(asker, rule.area):
        return rule
    mine = roles.areas_where(asker, may.SETS_RULES)
    top = rule.area
    if any(top.tree_id == area.tree_id and top.lft < area.lft and area.rght < top.rght for area in mine):
        return rule
    raise Http404


def neighbours(rules: Iterable[DispatchRule]) -> dict[int, tuple[bool, bool]]:
    """For rules in walking order: whether one can go up or down among those of its category, by id."""
    line = list(rules)
    found: dict[int, tuple[bool, bool]] = {}
    for number, rule in enumerate(line):
        up = number > 0 and line[number - 1].category_id == rule.category_id
        down = number + 1 < len(line) and line[number + 1].category_id == rule.category_id
        found[rule.pk] = (up, down)
    return found


def target_names(codes: Collection[str]) -> dict[str, str]:
    """The words of receivers by their code, those that are gone too; two queries."""
    names = {f"role:{value}": str(label) for value, label in Role.choices}
    names |= {
        f"kind:{value}": _("最近的%(kind)s") % {"kind": label} for value, label in Organisation.OrganisationKind.choices
    }
    wanted = {sort: [int(code.partition(":")[2]) for code in codes if code.startswith(f"{sort}:")]
              for sort in ("person", "organisation")}  # fmt: skip
    names |= {f"person:{one.pk}": str(one) for one in Person.objects.filter(pk__in=wanted["person"])}
    bodies = Organisation.objects.filter(pk__in=wanted["organisation"])
    return names | {f"organisation:{one.pk}": one.name for one in bodies}


def target_of_code(code: str) -> Person | Organisation | None:
    """The person or organisation that a receiver's code names; None for roles and kinds."""
    sort, _colon, rest = code.partition(":")
    if sort == "person":
        return Person.objects.filter(pk=rest).first()
    return Organisation.objects.filter(pk=rest).first() if sort == "organisation" else None


def cases_by_id(ids: Collection[int]) -> dict[int, Case]:
    """Cases by id, for whoever sets the rules of their place: only numbers and categories are shown of them."""
    return Case.objects.select_related("category", "community").in_bulk(list(ids))


def active_rules_after(last: int, limit: int) -> list[DispatchRule]:
    """The next rules in use by id."""
    found = DispatchRule.objects.filter(is_active=True, pk__gt=last).select_related(*WITH_NAMES)
    return list(found.order_by("pk")[:limit])


def rule_for_notice(row: Any) -> DispatchRule:
    """The rule that an outbox row is about."""
    return DispatchRule.objects.select_related(*WITH_NAMES).get(pk=row.about_id)


def setters_of(area: Area) -> list[Person]:
    """Who sets the rules of a place: its heads and administrators, or those of the nearest level above."""
    for place in reversed(places.ancestors_of(area)):
        people = roles.holders_at(may.SETS_RULES, place)
        if people:
            return people
    return []


def trial_for(asker: Person, pk: int) -> RuleTrial:
    """A trial of a place whose rules the asker sets; raises Http404."""
    found = RuleTrial.objects.filter(pk=pk).select_related("area", "rule").first()
    if found is None or not may.may_set_rules(asker, found.area):
        raise Http404
    return found


def category_names() -> dict[int, str]:
    """Every category's name by id, those switched off too; one query."""
    return {one.pk: str(one) for one in Category.objects.select_related("parent")}
