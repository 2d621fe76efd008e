"""Work in somebody's hands and on a dispatcher's desk."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Least

from communities import roles
from communities.roles import Role
from grievances import rules
from grievances.models import Area, Case, Person
from grievances.queries.seeing import PLACE_COLUMN, open_to, role_held
from grievances.workflow import OPEN, WAITING_FOR_DISPATCH, WORKING, State

NEXT_DUE = models.Case(When(contacted_at=None, then=Least("contact_due", "due_at")), default=F("due_at"))

NEXT_WARN = models.Case(
    When(contacted_at=None, contact_due__lt=F("due_at"), then=F("warn_contact_at")), default=F("warn_at")
)

NEXT_IS_CONTACT = models.Case(
    When(contacted_at=None, contact_due__lt=F("due_at"), then=Value(True)),
    default=Value(False),
    output_field=models.BooleanField(),
)

DESK_STATES = {
    "": Q(state__in=WAITING_FOR_DISPATCH),
    "returned": Q(state=State.RETURNED),
    "sent": Q(state=State.DISPATCHED),
    "doing": Q(state=State.HANDLING),
    "late": Q(is_late=True, state__in=[*WAITING_FOR_DISPATCH, *WORKING]),
    "feedback": Q(state=State.FEEDBACK),
    "all": Q(),
}


def held_by(asker: Person) -> QuerySet[Case]:
    """Open work in the asker's hands (待办): to accept or being handled, nearest deadline first.

    ``next_due`` is that deadline: the first contact's until somebody called, then the completion's.
    """
    parts = [part for person in roles.acts_as(asker) for part in _held_parts(person)]
    ids = parts[0].order_by().values("pk").union(*(part.order_by().values("pk") for part in parts[1:]))
    held = open_to(asker, Case.objects.filter(pk__in=ids))
    return held.annotate(next_due=NEXT_DUE, next_warn=NEXT_WARN, next_is_contact=NEXT_IS_CONTACT).order_by(
        "next_due", "pk"
    )


def _held_parts(person: Person) -> list[QuerySet[Case]]:
    """The index ranges of open work in one person's hands: by name, by role, by organisation."""
    parts = [
        Case.objects.filter(holder_person=person, state__in=WORKING),
        Case.objects.filter(handler=person, state__in=WORKING),
        *(part.filter(state__in=WORKING) for part in role_held(person)),
    ]
    organisations = roles.organisations_of(person)
    if organisations:
        parts.append(Case.objects.filter(holder_organisation_id__in=organisations, state__in=WORKING))
    return parts


def stood_in_for(asker: Person, cases: Iterable[Case]) -> dict[int, str]:
    """For whom the asker would do each of the cases (代…), by the case's id; own work is left out."""
    absent = roles.absent_for(asker)
    others = [case for case in cases if not rules.holds(asker, case)] if absent else []
    held = ((case.pk, next((who.name for who in absent if rules.holds(who, case)), "")) for case in others)
    return {pk: name for pk, name in held if name}


def queue_counts(held: QuerySet[Case], at: datetime) -> dict[str, int]:
    """How much of the work in somebody's hands is late, to accept, being handled, and all of it."""
    return held.order_by().aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(next_due__lt=at)),
        new=Count("pk", filter=Q(state=State.DISPATCHED)),
        doing=Count("pk", filter=Q(state=State.HANDLING)),
    )


def desk_of(asker: Person) -> QuerySet[Case]:
    """Every case of the places the asker dispatches for, without order."""
    places, scope = desk_places(asker), Q(pk__in=[])
    if any(place.kind == "city" for place in places):
        return open_to(asker, Case.objects.all())
    for place in places:
        scope |= Q(**{PLACE_COLUMN[place.kind]: place})
    return open_to(asker, Case.objects.filter(scope))


def desk_places(asker: Person) -> list[Area]:
    """The areas the asker dispatches for, and those where they stand in because nobody does."""
    held = [(grant.role, grant.area) for grant in roles.grants_of(asker) if grant.area is not None]
    found = {area.pk: area for role, area in held if Role.DISPATCHER in roles.meant_by(role)}
    for role, area in held:
        if role in rules.STAND_INS and area.pk not in found and rules.stands_in(asker, area):
            found[area.pk] = area
    return list(found.values())


def filtered(cases: QuerySet[Case], wanted: dict[str, str]) -> QuerySet[Case]:
    """The cases that the desk's filters ask for; without a state, those that wait for dispatch."""
    cases = cases.filter(DESK_STATES[wanted.get("state", "")])
    for name in ("kind", "source"):
        if name in wanted:
            cases = cases.filter(**{name: wanted[name]})
    if "main" in wanted:
        cases = cases.filter(Q(category_id=wanted["main"]) | Q(category__parent_id=wanted["main"]))
    return cases.filter(title__icontains=wanted["q"]) if "q" in wanted else cases


def desk_counts(cases: QuerySet[Case]) -> dict[str, int]:
    """How many of a desk's cases stand under each chip that stays small."""
    counted = {name: Count("pk", filter=DESK_STATES[name]) for name in ("returned", "sent", "late", "doing")}
    waiting = Count("pk", filter=DESK_STATES[""])
    return cases.filter(state__in=OPEN).order_by().aggregate(waiting=waiting, **counted)


def to_dispatch(asker: Person) -> QuerySet[Case]:
    """What waits for the asker's dispatching: new reports and returns."""
    return desk_of(asker).filter(state__in=WAITING_FOR_DISPATCH).order_by("due_at", "pk")


def to_dispatch_count(asker: Person) -> int:
    """How many cases wait for the asker's dispatching."""
    return to_dispatch(asker).count()
