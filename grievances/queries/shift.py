"""Handing over at the end of a shift: what is in somebody's hands, who could take it, and what was offered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from communities import roles
from communities.queries import calendar_for
from grievances import rules
from grievances.models import Area, Case, Person, ShiftItem, ShiftOffer
from grievances.queries.handing import organisation_takers
from grievances.queries.load import Load, Offered
from grievances.workflow import IN_HANDS, WORKING

MOST = 200


@dataclass(frozen=True)
class InHand:
    """One open case of mine, how many days old it is, and to whom it is offered already (empty: to nobody)."""

    case: Case
    days: int
    offered_to: str


def shift_cases(person: Person, at: datetime) -> list[InHand]:
    """The open cases in somebody's hands by name, nearest deadline first, at most 200; three queries."""
    accepted = Case.objects.filter(handler=person, state__in=IN_HANDS).order_by().values("pk")
    given = Case.objects.filter(holder_person=person, state__in=IN_HANDS).order_by().values("pk")
    found = Case.objects.filter(pk__in=accepted.union(given))
    cases = list(found.order_by("due_at", "pk")[:MOST])
    items = ShiftItem.objects.filter(case__in=cases, is_open=True).values_list("case", "offer__to__name")
    offered = dict(items) if cases else {}
    return [InHand(case, (at - case.reported_at).days, offered.get(case.pk, "")) for case in cases]


def shift_takers(giver: Person, cases: Sequence[Case], at: datetime) -> list[tuple[str, list[tuple[str, Offered]]]]:
    """Who could take some of the cases, in groups by unit or community, each with what they have in hand.

    One query for each unit and each community of the cases, and four for all people together.
    """
    bodies = {case.holder_organisation_id: case.holder_organisation for case in cases if case.holder_organisation}
    places = {
        place.pk: place for case in cases if not case.holder_organisation for place in [case.community or case.area]
    }
    groups = [(body.name, organisation_takers(body, giver, at)) for body in bodies.values()]
    groups += [(place.name, _workers(place, giver, at)) for place in places.values()]
    people = {pk for _title, takers in groups for pk, _words in takers}
    loads = _loads(people, cases[0].area, at) if people else {}
    return [(title, [(str(pk), Offered(words, loads[pk])) for pk, words in takers]) for title, takers in groups]


def shift_taker(pk: int) -> Person:
    """The colleague who was chosen from `shift_takers`; raises Person.DoesNotExist."""
    return Person.objects.get(pk=pk)


def shift_offers_to(person: Person, at: datetime) -> list[ShiftOffer]:
    """The offers that wait for this person's answer, each with ``n``, how many cases it is about; one query."""
    return list(_waiting(at).filter(to=person))


def shift_offers_by(person: Person, at: datetime) -> list[ShiftOffer]:
    """The person's own offers that nobody answered yet, each with ``n``; one query."""
    return list(_waiting(at).filter(giver=person))


def shift_offer_for(asker: Person, pk: int) -> ShiftOffer:
    """An offer, for its giver and its receiver alone; raises Http404."""
    found = ShiftOffer.objects.select_related("giver", "to", "answered_by").filter(Q(giver=asker) | Q(to=asker), pk=pk)
    offer = found.first()
    if offer is None:
        raise Http404
    return offer


def shift_items(offer: ShiftOffer) -> list[ShiftItem]:
    """The cases of an offer, nearest deadline first; one query."""
    items = offer.items.select_related("case")
    return list(items.order_by("case__due_at", "case_id"))


def shift_for_notice(pk: int) -> ShiftOffer:
    """An offer with its people and ``n``, how many cases it is about, ``moved``, how many went over."""
    counted = ShiftOffer.objects.annotate(n=Count("items"), moved=Count("items", filter=Q(items__moved=True)))
    return counted.select_related("giver", "to").get(pk=pk)


def _waiting(at: datetime) -> QuerySet[ShiftOffer]:
    found = ShiftOffer.objects.filter(answer="", until__gt=at).annotate(n=Count("items"))
    return found.select_related("giver", "to").order_by("pk")


def _workers(place: Area, giver: Person, at: datetime) -> list[tuple[int, str]]:
    """Who works for a place, the nearest first; auditors and administrators are no handlers."""
    found: dict[int, str] = {}
    for grant in roles.colleagues_of(place, at):
        if grant.person_id != giver.pk and grant.area is not None and grant.role in rules.WORKS_HERE:
            words = f"{grant.person} · {grant.get_role_display()} · {grant.area.near_name}"
            found.setdefault(grant.person_id, words)
    return list(found.items())


def _loads(people: Collection[int], area: Area, at: datetime) -> dict[int, str]:
    """In words how much each has in hand by name, whether the duty hours run, and who is away."""
    on_duty, away = calendar_for(area).is_open(at), roles.absences(people, [], at)
    held: dict[int, Load] = {pk: Load(on_duty=on_duty, absence=away.get(pk)) for pk in people}
    work, late = Case.objects.filter(state__in=WORKING).order_by(), Count("pk", filter=Q(due_at__lt=at))
    accepted = work.filter(handler__in=people).values_list("handler").annotate(n=Count("pk"), late=late)
    given = work.filter(holder_person__in=people, handler=None).values_list("holder_person")
    for pk, n, over in accepted.union(given.annotate(n=Count("pk"), late=late), all=True):
        held[pk] = replace(held[pk], open=held[pk].open + n, late=held[pk].late + over)
    return {pk: load.words for pk, load in held.items()}
