"""The rules of dispatch as plain values: read once, then asked for any number of cases without the database.

Asked in this order, the first that names somebody counts: rules of the nearest place, then of each above it
(there: sub category before main one before any, then the order that was set); a tier that a dispatcher
raised; the handler that the category names; the tier of the category (小事业主治、大物业办、难事社区商);
the catch-all. docs/decisions/0012-rules-as-data.md says why.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from communities.roles import Posts, Role
from communities.rules import ROLE_KINDS
from grievances.models import Area, Category, DispatchRule, Hours, Organisation, Person, Tier, Urgency

LADDER = (Role.DISPATCHER, Role.COMMUNITY_STAFF, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL,
          Role.DISTRICT_OFFICIAL, Role.CITY_ADMIN, Role.AREA_ADMIN)  # fmt: skip
DECIDERS = tuple(role for role in LADDER if role != Role.COMMUNITY_STAFF)  # who are its dispatchers
BELOW_COMMUNITY = ("grid", "compound")


@dataclass(frozen=True)
class Holder:
    """A person, an organisation, or a role at an area; exactly one of the three."""

    person: Person | None = None
    organisation: Organisation | None = None
    role: str = ""
    area: Area | None = None

    @property
    def code(self) -> str:
        """The holder in a form field and in history: "person:3", "organisation:8", "role:grid_worker:41"."""
        if self.person is not None:
            return f"person:{self.person.pk}"
        if self.organisation is not None:
            return f"organisation:{self.organisation.pk}"
        return f"role:{self.role}:{self.area.pk if self.area else 0}"

    @property
    def words(self) -> str:
        """The holder as staff read it."""
        if self.person is not None:
            return str(self.person)
        if self.organisation is not None:
            return self.organisation.name
        if not self.role:
            return ""
        if self.area is None:
            return str(Role(self.role).label)
        if self.role == Role.GRID_WORKER:
            return f"{self.area.parent.name}{self.area.name}" if self.area.parent else self.area.name
        return f"{self.area.name}{Role(self.role).label}"

    @property
    def public_words(self) -> str:
        """The holder as anybody may read it: a person's name is not for everybody."""
        return _("指定的工作人员") if self.person is not None else self.words


@dataclass(frozen=True)
class Asked:
    """What a rule is asked about: the place, the category, how urgent, whether in duty hours.

    ``tier`` is what a dispatcher raised the case to, "" where it stands as the category says.
    """

    area: Area
    category: Category | None = None
    urgency: str = Urgency.NORMAL
    tier: str = ""
    in_hours: bool = True

    @property
    def tier_now(self) -> str:
        """The tier that counts."""
        return self.tier or (self.category.tier if self.category is not None else Tier.SMALL)

    @property
    def inputs(self) -> dict[str, Any]:
        """As a case keeps it: codes and ids only."""
        return {
            "category": self.category.code if self.category is not None else "", "tier": str(self.tier_now),
            "urgency": str(self.urgency), "in_hours": self.in_hours, "area": self.area.pk,
        }  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A holder with the reason: the rule's id and version (0: no rule), the words, and who was missing.

    ``inputs`` are what the rules were asked about; ``for_hall`` marks a hard matter for the deliberation hall.
    """

    holder: Holder
    rule_id: int
    why: str
    at_once: bool = False
    empty: Holder | None = None
    version: int = 0
    inputs: dict[str, Any] = field(default_factory=dict)
    for_hall: bool = False


@dataclass(frozen=True)
class Ground:
    """The places a rulebook knows, and who works there.

    ``areas`` by id with those above them; ``grids`` the open grids right below an area, by its id; ``bodies``
    the open organisations that somebody acts for, by kind and area id, the oldest first.
    """

    areas: Mapping[int, Area]
    grids: Mapping[int, Sequence[Area]]
    posts: Posts
    bodies: Mapping[tuple[str, int], Organisation]
    _paths: dict[int, list[Area]] = field(default_factory=dict)

    def path(self, area: Area) -> list[Area]:
        """The area and those above it, from the top down."""
        if area.pk not in self._paths:
            found = [self.areas.get(area.pk, area)]
            while found[-1].parent_id is not None:
                found.append(self.areas[found[-1].parent_id])
            self._paths[area.pk] = found[::-1]
        return self._paths[area.pk]

    def somebody(self, wanted: Holder, area: Area) -> Holder:
        """``wanted``, or the next level up that has somebody: an empty role never keeps a case."""
        if wanted.role == "":
            return wanted
        found, climbed = self.posts.where(wanted.role, self.path(wanted.area or area))
        if found is None or not climbed:
            return wanted
        return next((Holder(role=role, area=found) for role in LADDER if self.posts.filled(role, found.pk)), wanted)

    def nearest(self, kind: str, area: Area) -> Holder | None:
        """The nearest organisation of a kind that serves the place and has somebody."""
        above = (self.bodies.get((kind, step.pk)) for step in reversed(self.path(area)))
        body = next((found for found in above if found is not None), None)
        return Holder(organisation=body) if body is not None else None

    def level_of(self, role: str, area: Area) -> Area:
        """The place on the way up where the role belongs, the community or above it; else the community."""
        upwards = [step for step in reversed(self.path(area)) if step.kind not in BELOW_COMMUNITY]
        return next((step for step in upwards if step.kind in ROLE_KINDS.get(role, ())), self.community(area))

    def grid(self, area: Area) -> Area | None:
        """The grid of a place: itself, or the only grid below a compound; None where it cannot be told."""
        if area.kind == "grid":
            return self.areas.get(area.pk, area)
        grids = self.grids.get(area.pk, ())
        return grids[0] if len(grids) == 1 else None

    def community(self, area: Area) -> Area:
        """The community of a place, or the place itself where it lies higher."""
        return next((step for step in reversed(self.path(area)) if step.kind not in BELOW_COMMUNITY), area)

    def by_name(self, name: str, area: Area) -> Holder | None:
        """A role's holder at the place it belongs to, or the nearest organisation of a kind, or None."""
        if name == Role.GRID_WORKER:
            grid = self.grid(area)
            return Holder(role=name, area=grid) if grid is not None else None
        if name in Role.values:
            return Holder(role=name, area=self.level_of(name, area))
        return self.nearest(name, area)


@dataclass(frozen=True)
class Rulebook:
    """Rules on the ground they are for; ``gone`` are the ids of rules whose person or organisation left."""

    ground: Ground
    rules: Sequence[DispatchRule]
    gone: Collection[int] = frozenset()

    def changed(self, rule: DispatchRule) -> "Rulebook":
        """The same book with ``rule`` added, or in the place of the one with its id."""
        others = [one for one in self.rules if one.pk != rule.pk]
        return replace(self, rules=[*others, rule], gone={pk for pk in self.gone if pk != rule.pk})

    @cached_property
    def at(self) -> Mapping[int, Sequence[DispatchRule]]:
        """The rules of each place in the order that was set, by the place's id."""
        found: dict[int, list[DispatchRule]] = {}
        for rule in sorted(self.rules, key=lambda one: (one.order, one.pk or 0)):
            if not rule.is_catch_all and rule.is_active and rule.pk not in self.gone and in_use(rule.category):
                found.setdefault(rule.area_id, []).append(rule)
        return found

    @cached_property
    def catch_alls(self) -> Mapping[int, DispatchRule]:
        """The catch-all by the id of its city."""
        return {rule.area_id: rule for rule in self.rules if rule.is_catch_all and rule.pk not in self.gone}

    @property
    def asks_hours(self) -> bool:
        """Whether any rule depends on the duty hours."""
        return any(rule.hours for rules in self.at.values() for rule in rules)

    def propose(self, asked: Asked, *, never: Collection[str] = ()) -> Proposal:
        """The holder with the reason, never one whose code is among ``never`` (who gave the case back)."""
        for way in self._ways(asked):
            holder = self.ground.somebody(way.wanted, asked.area)
            if holder.code not in never:
                return way.proposal(asked, holder)
        return self._higher(asked, never)

    def holder(self, asked: Asked) -> Holder:
        """Only the holder, without the words: for many cases."""
        return self.ground.somebody(next(iter(self._ways(asked))).wanted, asked.area)

    def fitting(self, asked: Asked) -> list[DispatchRule]:
        """The rules that fit, in the order they are asked; the catch-all is not among them."""
        found = []
        for place in reversed(self.ground.path(asked.area)):
            here = [rule for rule in self.at.get(place.pk, ()) if fits(rule, asked)]
            found += sorted(here, key=lambda rule: _grade(rule, asked.category))
        return found

    def _ways(self, asked: Asked) -> Iterator["Way"]:
        for rule in self.fitting(asked):
            wanted = self._target(rule, asked.area)
            if wanted is not None:
                yield Way(wanted, rule)
        yield from self._without_rule(asked)
        root = self.ground.path(asked.area)[0]
        rule = self.catch_alls.get(root.pk) or DispatchRule(area=root, role=Role.DISPATCHER, is_catch_all=True)
        wanted = self._target(rule, asked.area) or Holder(role=Role.DISPATCHER, area=self.ground.community(asked.area))
        yield Way(wanted, rule)

    def _without_rule(self, asked: Asked) -> Iterator["Way"]:
        """A tier that was raised, the handler that the category names, the tier of the category."""
        category = asked.category
        if category is None:
            return
        raised = bool(asked.tier) and asked.tier != category.tier
        if category.handler != Role.GRID_WORKER and not raised:
            wanted = self.ground.by_name(category.handler, asked.area)
            yield from [Way(wanted, by_handler=True)] if wanted is not None else []
            return
        for wanted in self._by_tier(asked.tier_now, asked):
            yield Way(wanted)

    def _by_tier(self, tier: str, asked: Asked) -> list[Holder]:
        """小事业主治、大物业办、难事社区商; what touches safety is not left to neighbours."""
        found: list[Holder | None] = []
        if tier == Tier.SMALL:
            safety = asked.category is not None and asked.category.is_safety
            found = [None if safety else self.ground.nearest(OWNERS, asked.area)]
            found.append(self.ground.by_name(Role.GRID_WORKER, asked.area))
        elif tier == Tier.LARGE:
            found = [self.ground.nearest(PROPERTY, asked.area), self.ground.by_name(Role.GRID_WORKER, asked.area)]
        else:
            found = [self.ground.by_name(Role.DISPATCHER, asked.area)]
        return [holder for holder in found if holder is not None]

    def _target(self, rule: DispatchRule, area: Area) -> Holder | None:
        """Whom the rule means here; None where none is found: then the next rule is asked."""
        if rule.person is not None:
            return Holder(person=rule.person)
        if rule.organisation is not None:
            return Holder(organisation=rule.organisation)
        return self.ground.by_name(rule.role or rule.organisation_kind, area)

    def _higher(self, asked: Asked, never: Collection[str]) -> Proposal:
        """Everybody below gave it back: the first level from the community up that did not."""
        path = self.ground.path(asked.area)
        upwards = [step for step in reversed(path) if step.kind not in BELOW_COMMUNITY]
        filled = self.ground.posts.filled
        posts = [Holder(role=role, area=step) for step in upwards for role in DECIDERS if filled(role, step.pk)]
        holder = next((one for one in posts if one.code not in never), None)
        if holder is None:
            top = Holder(role=Role.DISPATCHER, area=self.ground.community(asked.area))
            holder = posts[-1] if posts else top
        why = _("前面的都退回过，由%(who)s定下由谁办") % {"who": holder.public_words}
        return Proposal(holder, 0, why, inputs=asked.inputs)


@dataclass(frozen=True)
class Way:
    """One way to a holder: by a rule, by the handler that the category names, or by the tier."""

    wanted: Holder
    rule: DispatchRule | None = None
    by_handler: bool = False

    def proposal(self, asked: Asked, holder: Holder) -> Proposal:
        """The proposal in words; ``holder`` has it where ``wanted`` has nobody."""
        empty = self.wanted if holder != self.wanted else None
        if self.rule is None:
            words = _("没有专门的规则，按类别默认派给%(who)s") if self.by_handler else TIER_WHY[Tier(asked.tier_now)]()
            why = words % {"who": holder.public_words}
            return Proposal(holder, 0, why, False, empty, 0, asked.inputs, asked.tier_now == Tier.HARD)
        if self.rule.is_catch_all:
            why = _("没有别的规则合得上，按兜底规则派给%(who)s") % {"who": holder.public_words}
        else:
            why = because(self.rule, asked, holder, empty)
        version = self.rule.version if self.rule.pk else 0
        return Proposal(holder, self.rule.pk or 0, why, self.rule.at_once, empty, version, asked.inputs)


OWNERS, PROPERTY = Organisation.OrganisationKind.OWNERS, Organisation.OrganisationKind.PROPERTY
TIER_WHY = {
    Tier.SMALL: lambda: _("小事业主治：由%(who)s来办"),
    Tier.LARGE: lambda: _("大事物业办：由%(who)s来办"),
    Tier.HARD: lambda: _("难事社区商：由%(who)s牵头，适合到议事厅商量"),
}


def in_use(category: Category | None) -> bool:
    """Whether the category is offered, with its main one; None is any."""
    return category is None or (category.is_active and (category.parent is None or category.parent.is_active))


def fits(rule: DispatchRule, asked: Asked) -> bool:
    """Whether every condition of the rule holds; the place is not looked at."""
    category = asked.category
    return (
        (rule.category_id is None or (category is not None and rule.category_id in (category.pk, category.parent_id)))
        and rule.tier in ("", asked.tier_now)
        and rule.urgency in ("", asked.urgency)
        and rule.hours in ("", Hours.IN if asked.in_hours else Hours.OUT)
    )


def conditions_words(rule: DispatchRule) -> list[str]:
    """The conditions of a rule besides place and category, in words."""
    words = [str(Tier(rule.tier).label)] if rule.tier else []
    words += [str(Urgency(rule.urgency).label)] if rule.urgency else []
    return words + ([str(Hours(rule.hours).label)] if rule.hours else [])


def because(rule: DispatchRule, asked: Asked, holder: Holder, empty: Holder | None) -> str:
    """Why this holder, in a sentence for everybody: place, category, the conditions that decided, the rule."""
    what = rule.category.name if rule.category else _("各类诉求")
    decided = conditions_words(rule)
    facts = {
        "place": asked.area.name, "who": holder.public_words, "rule": rule.pk or _("新"),
        "what": "、".join([what, *decided]) if decided else what,
    }  # fmt: skip
    words = _("这里属%(place)s，%(what)s由%(who)s负责（规则 %(rule)s）") % facts
    if empty is not None:
        words += _("；%(empty)s现在没有人，先由上一级接手") % {"empty": empty.public_words}
    return words


def _grade(rule: DispatchRule, category: Category | None) -> int:
    if rule.category_id is None:
        return 2
    return 0 if category is not None and rule.category_id == category.pk else 1
