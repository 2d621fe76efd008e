"""Stand-ins (代班), by who is away and by who stands in."""

from datetime import datetime

from django.db.models import Q

from communities.models import Person, StandIn


def stand_ins_of(person: Person, at: datetime) -> list[StandIn]:
    """Who stands in for somebody now and later, the first first."""
    found = StandIn.objects.filter(person=person, ended_at=None, valid_until__gt=at)
    return list(found.select_related("stand_in", "by").order_by("valid_from", "pk")[:50])


def past_stand_ins_of(person: Person, at: datetime) -> list[StandIn]:
    """The last ten that are over, the newest first."""
    found = StandIn.objects.filter(Q(valid_until__lte=at) | Q(ended_at__isnull=False), person=person)
    return list(found.select_related("stand_in", "ended_by").order_by("-valid_until", "-pk")[:10])


def stood_in_by(person: Person, at: datetime) -> list[StandIn]:
    """For whom somebody stands in now and later, the first first."""
    found = StandIn.objects.filter(stand_in=person, ended_at=None, valid_until__gt=at)
    return list(found.select_related("person").order_by("valid_from", "pk")[:50])


def stand_in_by_id(pk: int) -> StandIn:
    """The stand-in of this id; raises StandIn.DoesNotExist."""
    return StandIn.objects.select_related("person").get(pk=pk)
