"""Who should receive a case: the first rule that fits walking up the tree, and there is always one."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from communities import queries as places
from communities import roles
from communities.roles import Role
from communities.rules import ROLE_KINDS
from core.saying import listed_words
from grievances.models import Area, Case, Category, DispatchRule, Organisation, Person

LADDER = (Role.DISPATCHER, Role.COMMUNITY_STAFF, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL,
          Role.DISTRICT_OFFICIAL, Role.CITY_ADMIN, Role.AREA_ADMIN)  # fmt: skip


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
        """The holder as people read it."""
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


@dataclass(frozen=True)
class Proposal:
    """A holder with the reason: the rule's id (0: the catch-all), the words, and who was missing."""

    holder: Holder
    rule_id: int
    why: str
    at_once: bool = False
    empty: Holder | None = None


def holder_of(case: Case) -> Holder:
    """The case's holder now, from what the case has loaded."""
    return Holder(case.holder_person, case.holder_organisation, case.holder_role, case.holder_area)


def desk_of(area: Area) -> Holder:
    """The dispatchers of a place's community, or who stands in for them."""
    community = _community(area)
    return with_somebody(Holder(role=Role.DISPATCHER, area=community), community)


def from_code(code: str) -> Holder | None:
    """The holder that a form named, or None when it does not exist."""
    sort, _colon, rest = code.partition(":")
    if sort == "role":
        role, _colon, area_id = rest.partition(":")
        area = Area.objects.filter(pk=area_id).first() if area_id.isdigit() else None
        return Holder(role=role, area=area) if area is not None and role in Role.values else None
    if not rest.isdigit():
        return None
    if sort == "person":
        person = Person.objects.filter(pk=rest).first()
        return Holder(person=person) if person else None
    organisation = Organisation.objects.filter(pk=rest).first() if sort == "organisation" else None
    return Holder(organisation=organisation) if organisation else None


def propose(area: Area, category: Category | None) -> Proposal:
    """The holder for a case of this category at this place, with the rule that says so."""
    for rule in _rules(area, category):
        wanted = _target(rule, area)
        if wanted is None:
            continue
        holder = with_somebody(wanted, area)
        empty = wanted if holder != wanted else None
        return Proposal(holder, rule.pk, _because(rule, area, holder, empty), rule.at_once, empty)
    default = category.handler if category is not None else Role.DISPATCHER
    wanted = _by_name(default, area) or Holder(role=Role.DISPATCHER, area=_community(area))
    holder = with_somebody(wanted, area)
    why = _("没有专门的规则，按类别默认派给%(who)s") % {"who": holder.words}
    return Proposal(holder, 0, why, False, wanted if holder != wanted else None)


def propose_again(area: Area, category: Category | None, *, back: Holder, said: str) -> Proposal:
    """The holder for a case that ``back`` returned: whom the return names (``said``), never ``back`` again."""
    plain = "".join(said.split())
    facts = {"back": back.words}
    for holder in possible_holders(area):
        if holder != back and any(name and "".join(name.split()) in plain for name in _names(holder)):
            return Proposal(holder, 0, _("%(back)s退回，建议由%(who)s来办") % (facts | {"who": holder.words}))
    proposal = propose(area, category)
    if proposal.holder != back:
        return proposal
    community = desk_of(area)
    return Proposal(community, 0, _("%(back)s退回，先由%(who)s看看该由谁办") % (facts | {"who": community.words}))


def _names(holder: Holder) -> list[str]:
    """How a note may name a holder: an organisation or a grid; roles are too general to be meant."""
    if holder.organisation is not None:
        return [holder.organisation.name]
    return [holder.area.name] if holder.role == Role.GRID_WORKER and holder.area is not None else []


def possible_holders(area: Area) -> list[Holder]:
    """Whom a dispatcher may choose for this place: its grids' workers, serving organisations, then roles above."""
    community = _community(area)
    grids = community.get_descendants().filter(kind="grid", valid_until=None).select_related("parent")
    near = sorted(grids, key=lambda grid: (grid.parent_id not in (area.pk, area.parent_id), grid.lft))
    found = [Holder(role=Role.GRID_WORKER, area=grid) for grid in near]
    found += [Holder(organisation=body) for body in places.organisations_serving(area)]
    found.append(Holder(role=Role.DISPATCHER, area=community))
    if community.parent is not None:
        found.append(Holder(role=Role.STREET_OFFICIAL, area=community.parent))
    return found


def holder_choices(area: Area, proposal: Proposal | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Whom a form offers, in groups: grids with their workers' names, organisations, roles; the proposal first."""
    offered = possible_holders(area)
    grids = [holder.area for holder in offered if holder.role == Role.GRID_WORKER and holder.area is not None]
    workers = roles.holders_by_area(Role.GRID_WORKER, grids)
    groups: dict[str, list[tuple[str, str]]] = {}
    if proposal is not None and proposal.holder not in offered:
        groups[_("建议")] = [(proposal.holder.code, proposal.holder.words)]
    for holder in offered:
        names = [str(person) for person in workers.get(holder.area.pk, [])] if holder.area is not None else []
        if holder.organisation is not None:
            group, words = _("单位"), holder.words
        elif holder.role == Role.GRID_WORKER:
            who = listed_words(names) or _("现在没有人，会转给上一级")
            group, words = _("网格"), f"{holder.words} · {who}"
        else:
            group, words = _("社区和街道"), holder.words
        groups.setdefault(group, []).append((holder.code, words))
    return list(groups.items())


def with_somebody(wanted: Holder, area: Area) -> Holder:
    """``wanted``, or the next level up that has somebody: an empty role never keeps a case."""
    if wanted.role == "":
        return wanted
    found = roles.holders_of(wanted.role, wanted.area or area)
    if found.people and not found.climbed:
        return wanted
    for role in LADDER:
        if found.area is not None and roles.holders_at(role, found.area):
            return Holder(role=role, area=found.area)
    return wanted


def level_above(area: Area) -> Holder:
    """Who decides above the community of this place: the second reopening of a case goes there."""
    above = _community(area).parent or area
    return with_somebody(Holder(role=Role.STREET_OFFICIAL, area=above), above)


def _rules(area: Area, category: Category | None) -> list[DispatchRule]:
    """The rules that could fit, nearest place first; there, the sub category before the main one before any."""
    path = list(reversed(places.ancestors_of(area)))
    depth = {place.pk: index for index, place in enumerate(path)}
    wanted: list[int | None] = [None] if category is None else [category.pk, category.parent_id, None]
    found = DispatchRule.objects.filter(area_id__in=depth, is_active=True).select_related(
        "organisation", "person", "area", "category"
    )
    fitting = [rule for rule in found if rule.category_id in wanted]
    return sorted(fitting, key=lambda rule: (depth[rule.area_id], wanted.index(rule.category_id), rule.order, rule.pk))


def _target(rule: DispatchRule, area: Area) -> Holder | None:
    """Whom the rule means here; None where they left, closed, or are not found: then the next rule is asked."""
    if rule.person is not None:
        return None if roles.people_without([rule.person.pk]) else Holder(person=rule.person)
    if rule.organisation is not None:
        return None if rule.organisation.closed_at is not None else Holder(organisation=rule.organisation)
    return _by_name(rule.role or rule.organisation_kind, area)


def _by_name(name: str, area: Area) -> Holder | None:
    """A role's holder at the place it belongs to, or the nearest organisation of a kind, or None."""
    if name == Role.GRID_WORKER:
        grid = _grid(area)
        return Holder(role=name, area=grid) if grid is not None else None
    if name in Role.values:
        return Holder(role=name, area=_level_of(name, area))
    organisation = places.nearest_organisation(name, area)
    return Holder(organisation=organisation) if organisation is not None else None


def _level_of(role: str, area: Area) -> Area:
    """The place on the way up where the role belongs, the community or above it; else the community."""
    place: Area | None = _community(area)
    while place is not None:
        if place.kind in ROLE_KINDS.get(role, ()):
            return place
        place = place.parent
    return _community(area)


def _grid(area: Area) -> Area | None:
    """The grid of a place: itself, or the only grid below a compound; None where it cannot be told."""
    if area.kind == "grid":
        return area
    grids = list(area.get_children().filter(kind="grid")[:2])
    return grids[0] if len(grids) == 1 else None


def _community(area: Area) -> Area:
    place: Area = area
    while place.kind in ("grid", "compound") and place.parent is not None:
        place = place.parent
    return place


def _because(rule: DispatchRule, area: Area, holder: Holder, empty: Holder | None) -> str:
    what = rule.category.name if rule.category else _("各类诉求")
    words = _("这里属%(place)s，%(what)s由%(who)s负责（规则 %(rule)s）") % {
        "place": area.name, "what": what, "who": holder.words, "rule": rule.pk,
    }  # fmt: skip
    if empty is not None:
        words += _("；%(empty)s现在没有人，先由上一级接手") % {"empty": empty.words}
    return words
