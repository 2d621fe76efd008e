"""Somebody is away for a while and a colleague stands in (代班); ended early when they are back."""

from datetime import datetime, timedelta

from django.db import transaction

from communities.models import Person, StandIn
from communities.roles import may_open_staff, peers_of
from communities.rules import AlreadyAway, AlreadyEnded, BadTerm, InACircle, NotAllowed, NotAPeer
from core import once as keys

LONGEST = timedelta(days=366)


def begin_stand_in(
    *, person: Person, stand_in: Person, since: datetime, until: datetime, by: Person, at: datetime, reason: str = "",
    once: keys.Key | None = None, address: str = "",
) -> StandIn:  # fmt: skip
    """Let ``stand_in`` do the work of ``person`` from ``since`` until ``until`` (before it, not at it).

    ``by`` is the person, or an administrator of where they work. Returns the record. Raises NotAllowed, NotAPeer,
    BadTerm, AlreadyAway, InACircle, AlreadyDone.
    """
    _judge(person, by)
    if since < at or until <= since or until - since > LONGEST:
        raise BadTerm
    with transaction.atomic():
        keys.spend(once, address)
        pair = [person.pk, stand_in.pk]
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=pair).order_by("pk"))
        if stand_in.pk == person.pk or not any(grant.person_id == stand_in.pk for grant in peers_of(person, at)):
            raise NotAPeer(str(stand_in))
        overlapping = StandIn.objects.filter(ended_at=None, valid_from__lt=until, valid_until__gt=since)
        if overlapping.filter(person=person).exists():
            raise AlreadyAway
        if overlapping.filter(person=stand_in, stand_in=person).exists():
            raise InACircle(str(stand_in))
        return StandIn.objects.create(
            person=person, stand_in=stand_in, valid_from=since, valid_until=until, by=by,
            reason=" ".join(reason.split())[:100],
        )  # fmt: skip


def end_stand_in(
    *, stand_in_id: int, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> StandIn:
    """End a stand-in early: the person is back. Raises NotAllowed, AlreadyEnded, AlreadyDone."""
    with transaction.atomic():
        keys.spend(once, address)
        found = StandIn.objects.select_for_update(of=("self",)).select_related("person").get(pk=stand_in_id)
        _judge(found.person, by)
        if found.ended_at is not None or found.valid_until <= at:
            raise AlreadyEnded
        found.ended_at, found.ended_by = at, by
        found.save(update_fields=["ended_at", "ended_by"])
    return found


def _judge(person: Person, by: Person) -> None:
    if by.pk != person.pk and not may_open_staff(by, person, person.pk):
        raise NotAllowed
