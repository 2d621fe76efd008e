"""Who should receive a case: the first rule that fits walking up the tree, and there is always one."""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from communities import queries as places
from communities import roles
from communities.roles import Role
from core.saying import listed_words
from grievances.models import RULES, Area, Case, Category, DispatchRule, Organisation, Person, Urgency
from grievances.rulebook import BELOW_COMMUNITY, LADDER, Asked, Ground, Holder, Proposal, Rulebook

__all__ = ["LADDER", "Asked", "Holder", "Proposal", "Rulebook", "asked_at", "book_along", "book_below", "desk_of", "from_code",
           "holder_choices", "holder_of", "level_above", "possible_holders", "propose", "propose_again",
           "propose_for", "with_somebody"]  # fmt: skip


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


def propose(
    area: Area, category: Category | None, *, urgency: str = Urgency.NORMAL, tier: str = "", at: datetime | None = None
) -> Proposal:
    """The holder for a case at this place, with the rule that says so and what it was asked about.

    ``tier`` is what a dispatcher raised the case to ("" the category's own); ``at`` (default now) tells
    whether it falls into the duty hours of the place.
    """
    asked = asked_at(area, category, urgency=urgency, tier=tier, at=at)
    return book_along(area).propose(asked)


def asked_at(
    area: Area, category: Category | None, *, urgency: str = Urgency.NORMAL, tier: str = "", at: datetime | None = None
) -> Asked:
    """What the rules are asked about a case at this place and moment; two queries."""
    in_hours = places.calendar_for(area).is_open(at or timezone.now())
    return Asked(area, category, urgency, tier, in_hours)


def propose_for(case: Case, *, category: Category | None = None, at: datetime | None = None) -> Proposal:
    """The holder for a case as it stands, or as if it were of another ``category``."""
    other = category is not None and category.pk != case.category_id
    return propose(case.area, category if other else case.category, urgency=case.urgency, tier=case.tier, at=at)


def propose_again(
    area: Area, category: Category | None, *, back: Holder, said: str, urgency: str = Urgency.NORMAL, tier: str = "",
    before: Collection[str] = (), at: datetime | None = None,
) -> Proposal:  # fmt: skip
    """The holder for a case that ``back`` returned: whom the return names (``said``), never one who returned it.

    ``before`` are the codes of all who returned this case earlier, so that two rules do not send it to and fro.
    """
    plain, never = "".join(said.split()), {back.code, *before}
    facts = {"back": back.public_words}
    for holder in possible_holders(area):
        if holder.code not in never and any(name and "".join(name.split()) in plain for name in _names(holder)):
            return Proposal(holder, 0, _("%(back)s退回，建议由%(who)s来办") % (facts | {"who": holder.public_words}))
    book, asked = book_along(area), asked_at(area, category, urgency=urgency, tier=tier, at=at)
    proposal = book.propose(asked)
    if proposal.holder.code not in never:
        return proposal
    found = book.propose(asked, never=never)
    if found.rule_id:
        return found
    desk = book.ground.somebody(Holder(role=Role.DISPATCHER, area=book.ground.community(area)), area)
    found = found if desk.code in never else Proposal(desk, 0, "")
    why = _("%(back)s退回，先由%(who)s看看该由谁办") % (facts | {"who": found.holder.public_words})
    return Proposal(found.holder, 0, why, inputs=asked.inputs)


def book_along(area: Area) -> Rulebook:
    """The rulebook for one place: what lies on its way up."""
    grids = list(area.get_children().filter(kind="grid", valid_until=None)[:2]) if area.kind != "grid" else []
    known = _linked([*places.ancestors_of(area), *grids])
    ids = list(known)
    below = {area.pk: [known[grid.pk] for grid in grids]}
    ground = Ground(known, below, roles.posts_at(ids), _bodies(places.organisations_at(ids)))
    return _book(ground)


def book_below(area: Area) -> Rulebook:
    """The rulebook for every place at and below ``area``, with as many queries however many places and cases."""
    above, inside = places.ancestors_of(area), list(places.tree_below(area))
    known = _linked([*above, *inside])
    grids: dict[int, list[Area]] = {}
    for place in inside:
        if place.kind == "grid" and place.valid_until is None and place.parent_id is not None:
            grids.setdefault(place.parent_id, []).append(known[place.pk])
    along, under = roles.posts_at([place.pk for place in above]), roles.posts_below(area)
    ground = Ground(known, grids, along.with_more(under), _bodies(places.organisations_at(known)))
    return _book(ground)


def _linked(found: Iterable[Area]) -> dict[int, Area]:
    """Places by id, each with its parent set where that is among them."""
    known = {place.pk: place for place in found}
    for place in known.values():
        if place.parent_id in known:
            place.parent = known[place.parent_id]
    return known


def _bodies(serving: Iterable[tuple[int, Organisation]]) -> Mapping[tuple[str, int], Organisation]:
    """The organisations that somebody acts for, by kind and area, the oldest of each."""
    rows = list(serving)
    nobody = roles.organisations_without({body.pk for _area, body in rows})
    found: dict[tuple[str, int], Organisation] = {}
    for area_id, body in rows:
        if body.pk not in nobody:
            found.setdefault((body.kind, area_id), body)
    return found


def _book(ground: Ground) -> Rulebook:
    held = RULES.get()
    rules = _with_people([rule for area_id in ground.areas for rule in held.get(area_id, ())])
    return Rulebook(ground, rules, gone_targets(rules))


def _with_people(rules: list[DispatchRule]) -> list[DispatchRule]:
    """The rules, those that name a person as copies with that person: who is no reference data."""
    people = Person.objects.in_bulk({rule.person_id for rule in rules if rule.person_id is not None})
    for place, rule in enumerate(rules):
        if rule.person_id is not None:
            rules[place] = copy(rule)
            rules[place].person = people[rule.person_id]
    return rules


def gone_targets(rules: Iterable[DispatchRule]) -> set[int]:
    """The ids of rules that name somebody who left, or an organisation that is closed or has nobody; two queries."""
    named = list(rules)
    people = roles.people_without({rule.person_id for rule in named if rule.person_id})
    bodies = roles.organisations_without({rule.organisation_id for rule in named if rule.organisation_id})
    return {rule.pk for rule in named if rule.person_id in people or rule.organisation_id in bodies}


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


def _community(area: Area) -> Area:
    place: Area = area
    while place.kind in BELOW_COMMUNITY and place.parent is not None:
        place = place.parent
    return place
