"""Reads of the inbox and of what was sent; each takes the asker."""

from datetime import datetime

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from notifications.models import Delivery, DemoSms, Message, Person

TROUBLE = (Delivery.State.FAILED, Delivery.State.UNKNOWN)


def inbox(asker: Person) -> QuerySet[Message]:
    """The asker's messages."""
    return Message.objects.filter(person=asker)


def unread_count(asker: Person) -> int:
    """How many messages the asker has not opened; one small index."""
    return Message.objects.filter(person=asker, read_at__isnull=True).count()


def message_for(asker: Person, pk: int) -> Message:
    """One message of the asker's; raises Http404 for anybody else's."""
    return get_object_or_404(Message, pk=pk, person=asker)


def troubled(asker: Person) -> QuerySet[Delivery]:
    """Deliveries that failed or whose fate is unknown (the view lets only administrators ask)."""
    return Delivery.objects.filter(state__in=TROUBLE).select_related("row", "person")


def counts_since(asker: Person, since: datetime) -> dict[str, int]:
    """How many deliveries stand in each state since a moment."""
    rows = Delivery.objects.filter(due_at__gte=since).values_list("state").annotate(n=Count("id"))
    counted = {str(state): n for state, n in rows.order_by()}
    return {str(state): counted.get(state, 0) for state in Delivery.State.values}


def demo_sent() -> QuerySet[DemoSms]:
    """What the demo's gateway "sent"."""
    return DemoSms.objects.all()
