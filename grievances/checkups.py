"""What the doctor looks at in the loop: rules that lead nowhere, and open cases in nobody's hands."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities import roles
from core.doctor import Finding, Look, register, some
from grievances.models import Case, DispatchRule
from grievances.workflow import State

IN_HANDS = (State.DISPATCHED, State.HANDLING)
MEND_RULES = _("打开“派单规则”，给这些规则换一个接得住的人或单位，或者停用它们。")


@register("grievances.rules", _("派单规则都有人接"))
def rules(look: Look) -> Iterator[Finding]:
    """Active rules whose target has nobody, whose category is not in use, or whose area has ended."""
    active = list(
        DispatchRule.objects.filter(is_active=True)
        .select_related("area", "category__parent", "organisation", "person")
        .order_by("area__tree_id", "area__lft", "order", "pk")
    )
    for what, broken in (
        (_("%(count)s 条派单规则派给了已经没有人的地方：%(names)s"), _to_nobody(active, look)),
        (_("%(count)s 条派单规则的类别已经停用：%(names)s"), [rule for rule in active if _category_off(rule)]),
        (_("%(count)s 条派单规则的辖区已经撤销：%(names)s"), [rule for rule in active if rule.area.valid_until]),
    ):
        if broken:
            yield Finding(what, MEND_RULES, {"count": len(broken), "names": some(_named(rule) for rule in broken)})


def _to_nobody(active: list[DispatchRule], look: Look) -> list[DispatchRule]:
    gone = roles.people_without([rule.person_id for rule in active if rule.person_id], look.at)
    closed = roles.organisations_without([rule.organisation_id for rule in active if rule.organisation_id], look.at)
    areas_of: dict[tuple[str, str], set[int]] = defaultdict(set)
    for rule in active:
        areas_of[rule.role, rule.organisation_kind].add(rule.area_id)
    empty = {
        (role, kind): roles.areas_without(role, ids, below=True, at=look.at)
        if role
        else roles.areas_without_kind(kind, ids)
        for (role, kind), ids in areas_of.items()
        if role or kind
    }
    return [
        rule for rule in active
        if rule.person_id in gone or rule.organisation_id in closed
        or rule.area_id in empty.get((rule.role, rule.organisation_kind), ())
    ]  # fmt: skip


def _category_off(rule: DispatchRule) -> bool:
    category = rule.category
    return category is not None and not (category.is_active and (category.parent is None or category.parent.is_active))


def _named(rule: DispatchRule) -> str:
    what = rule.category.name if rule.category is not None else _now("各类诉求")
    return f"{rule.area.name} · {what}（{rule.pk}）"


@register("grievances.holders", _("在办的诉求都有人办"), slow=True)
def holders(look: Look) -> Iterator[Finding]:
    """Open cases whose holder is a role that nobody has, an organisation without anybody, or someone who left."""
    held = Case.objects.filter(state__in=IN_HANDS).order_by()
    for found in (_empty_roles(held, look), _empty_organisations(held, look), _people_gone(held, look)):
        if found:
            yield Finding(
                _("%(count)s 件在办的诉求没有人能办，在：%(names)s"),
                _("给这些地方安排人；或由派单员在派单台上改派。"),
                {"count": sum(found.values()), "names": some(found)},
            )


def _empty_roles(held: Any, look: Look) -> dict[str, int]:
    found: dict[str, int] = {}
    counted = held.exclude(holder_role="").values_list("holder_role", "holder_area").annotate(n=Count("pk"))
    by_role: dict[str, dict[int, int]] = defaultdict(dict)
    for role, area_id, count in counted:
        by_role[role][area_id] = count
    for role, areas in by_role.items():
        for area_id, name in roles.areas_without(role, areas, at=look.at).items():
            found[f"{name}（{roles.Role(role).label}）"] = areas[area_id]
    return found


def _empty_organisations(held: Any, look: Look) -> dict[str, int]:
    counted = held.exclude(holder_organisation=None).values_list("holder_organisation").annotate(n=Count("pk"))
    counts = dict(counted)
    return {name: counts[pk] for pk, name in roles.organisations_without(counts, look.at).items()}


def _people_gone(held: Any, look: Look) -> dict[str, int]:
    counted = held.exclude(holder_person=None).values_list("holder_person", "holder_person__name")
    counts = {pk: (name, count) for pk, name, count in counted.annotate(n=Count("pk"))}
    return {f"{counts[pk][0]}（{pk}）": counts[pk][1] for pk in roles.people_without(counts, look.at)}
