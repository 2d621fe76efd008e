"""What stands in somebody's name, for the day they leave: open cases and dispatch rules, and who could take them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities import roles
from communities.roles import Role
from grievances.models import Area, Case, DispatchRule, Organisation, Person
from grievances.queries.rules import rules_naming
from grievances.queries.seeing import PLACE_COLUMN
from grievances.workflow import WORKING

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class Heap:
    """Open cases that somebody has for the same reason (a role at a place, an organisation, in person).

    ``takers`` are (person id, words) of those who could take them.
    """

    key: str
    words: str
    cases: list[Case]
    takers: list[tuple[int, str]]


def cases_naming(person: Person) -> QuerySet[Case]:
    """The open cases that the person accepted, or that were given to them by name."""
    accepted = Case.objects.filter(handler=person, state__in=WORKING).order_by().values("pk")
    given = Case.objects.filter(holder_person=person, state__in=WORKING).order_by().values("pk")
    return Case.objects.filter(pk__in=accepted.union(given))


def named_words(person: Person) -> list[str]:
    """What stands in the person's name, each in words; nothing where they may leave."""
    cases, rules = cases_naming(person).count(), rules_naming(person).order_by().count()
    found = [ngettext("%(n)d 件在办", "%(n)d 件在办", cases) % {"n": cases}] if cases else []
    return found + ([ngettext("%(n)d 条派单规则", "%(n)d 条派单规则", rules) % {"n": rules}] if rules else [])


def heaps_of(person: Person, tops: Collection[Area], at: datetime) -> list[Heap]:
    """The person's open cases under ``tops``, at most 200, in heaps by why they have them."""
    cases = cases_naming(person).filter(_within(tops))
    cases = cases.order_by("due_at", "pk")
    heaps: dict[str, list[Case]] = {}
    for case in cases[:SHOWN_AT_MOST]:
        heaps.setdefault(_key(case), []).append(case)
    return [Heap(key, _words(rows[0]), rows, _takers(rows[0], person, at)) for key, rows in heaps.items()]


def rule_takers(rule: DispatchRule, leaving: Person, at: datetime) -> list[tuple[int, str]]:
    """Who could get what a rule sends: those who work for its place."""
    return takers_at(rule.area, leaving, at)


def takers_at(area: Area, leaving: Person, at: datetime) -> list[tuple[int, str]]:
    """Who could take over at a place, with the role that each holds, the nearest first."""
    found: dict[int, str] = {}
    for grant in roles.colleagues_of(area, at):
        if grant.person_id != leaving.pk and grant.area is not None:
            words = f"{grant.person} · {grant.get_role_display()} · {grant.area.near_name}"
            found.setdefault(grant.person_id, words)
    return list(found.items())


def _takers(case: Case, leaving: Person, at: datetime) -> list[tuple[int, str]]:
    if case.holder_organisation is not None:
        return organisation_takers(case.holder_organisation, leaving, at)
    return takers_at(case.area, leaving, at)


def organisation_takers(organisation: Organisation, leaving: Person, at: datetime) -> list[tuple[int, str]]:
    """Who else acts for an organisation."""
    people = roles.people_of(organisation, at=at)
    return [(one.pk, f"{one} · {organisation.name}") for one in people if one.pk != leaving.pk]


def _within(tops: Collection[Area]) -> Q:
    scope = Q(pk__in=[])
    for top in tops:
        if top.kind == "city":
            return Q()
        scope |= Q(**{PLACE_COLUMN[top.kind]: top})
    return scope


def _key(case: Case) -> str:
    if case.holder_organisation_id is not None:
        return f"o{case.holder_organisation_id}"
    return f"r{case.holder_area_id}-{case.holder_role}" if case.holder_role else f"p{case.community_id or case.area_id}"


def _words(case: Case) -> str:
    if case.holder_organisation is not None:
        return case.holder_organisation.name
    if case.holder_area is not None:
        return f"{case.holder_area.near_name} · {Role(case.holder_role).label}"
    return _("%(place)s · 直接派给本人") % {"place": (case.community or case.area).name}
