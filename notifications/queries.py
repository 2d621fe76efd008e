"""Reads of the inbox and of what was sent; each takes the asker."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from communities.queries import areas_under
from communities.roles import Role, areas_where
from core import outbox
from core.outbox import OutboxWork
from core.statements import COUNT, Given, Statement
from notifications.models import Delivery, DemoSms, Message, Person

State = Delivery.State
_UNREAD = Statement(
    lambda: (
        Message.objects.filter(person_id=Given("person"), read_at__isnull=True).order_by().values_list(COUNT, flat=True)
    )
)
TROUBLE = (State.FAILED, State.UNKNOWN, State.SKIPPED)
OVERSEERS = (Role.CITY_ADMIN, Role.AREA_ADMIN)


def inbox(asker: Person) -> QuerySet[Message]:
    """The asker's messages."""
    return Message.objects.filter(person=asker)


def unread_count(asker: Person) -> int:
    """How many messages the asker has not opened; one small index."""
    return _UNREAD.rows(person=asker.pk)[0]


def message_for(asker: Person, pk: int) -> Message:
    """One message of the asker's; raises Http404 for anybody else's."""
    return get_object_or_404(Message, pk=pk, person=asker)


def oversees_all(asker: Person) -> bool:
    """Whether the asker administers the whole city: then also what lies in no area."""
    return any(top.parent_id is None for top in areas_where(asker, OVERSEERS))


def overseen(asker: Person) -> QuerySet[Delivery]:
    """The deliveries about matters in the areas that the asker administers; all for the city's administrators."""
    tops = areas_where(asker, OVERSEERS)
    if any(top.parent_id is None for top in tops):
        return Delivery.objects.all()
    if not tops:
        return Delivery.objects.none()
    return Delivery.objects.filter(reduce(or_, (Q(area__in=areas_under(top)) for top in tops)))


def in_trouble(asker: Person, state: str) -> QuerySet[Delivery]:
    """Overseen deliveries that failed, whose fate is unknown, or for which there was no number."""
    return overseen(asker).filter(state=state, state__in=TROUBLE).select_related("row", "person")


def delivery_for(asker: Person, pk: int) -> Delivery:
    """One overseen delivery; raises Http404 for others."""
    return get_object_or_404(overseen(asker), pk=pk)


def counts_since(asker: Person, since: datetime) -> dict[str, int]:
    """How many overseen deliveries stand in each state since a moment."""
    rows = overseen(asker).filter(due_at__gte=since).values_list("state").annotate(n=Count("id"))
    counted = {str(state): n for state, n in rows.order_by()}
    return {str(state): counted.get(state, 0) for state in State.values}


def stuck_work(asker: Person, limit: int = 50) -> list[OutboxWork]:
    """Effects that failed often, oldest first: for the city's administrators only, they name no area."""
    return list(outbox.stuck()[:limit]) if oversees_all(asker) else []


def demo_sent() -> QuerySet[DemoSms]:
    """What the demo's gateway "sent"."""
    return DemoSms.objects.all()
