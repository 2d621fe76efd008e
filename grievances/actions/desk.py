"""Who looks at a case on the desk: a soft claim that shows, gives way, and ends by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from communities.rules import NotAllowed
from grievances import queries, rules
from grievances.models import Case, DeskClaim, Person
from grievances.workflow import WAITING_FOR_DISPATCH

CLAIMED_FOR = timedelta(minutes=2)


def look_at(*, case_id: int, by: Person, at: datetime, take_over: bool = False, leave: bool = True) -> DeskClaim | None:
    """Claim a case that waits for dispatch, or keep one's claim; returns whose claim stands now.

    A claim of somebody else stays until it ends, unless ``take_over``. With ``leave`` one's claims of other cases
    end: one case stands open at a time. None where the case waits no more. Raises NotAllowed for whoever does not
    dispatch for its place, and Case.DoesNotExist.
    """
    with transaction.atomic():
        case = Case.objects.select_related("area").get(pk=case_id)
        if not rules.is_dispatcher(by, case):
            raise NotAllowed
        mine = DeskClaim.objects.filter(person=by)
        if case.state not in WAITING_FOR_DISPATCH:
            (mine if leave else mine.filter(case_id=case_id)).delete()
            return None
        if leave:
            mine.exclude(case_id=case_id).delete()
        return _claim(case_id, by, at, take_over)


def next_case(*, by: Person, at: datetime, after: Case | None = None) -> int | None:
    """Claim the first case on one's desk that waits and nobody else looks at, and return its id; None without one.

    Two dispatchers at one moment get two cases: of two claims on one case the database keeps the first.
    """
    return _first(queries.next_waiting(by, at, after), by, at)


def _first(ids: Iterable[int], by: Person, at: datetime) -> int | None:
    for case_id in ids:
        with transaction.atomic():
            if _claim(case_id, by, at, take_over=False).person_id == by.pk:
                DeskClaim.objects.filter(person=by).exclude(case_id=case_id).delete()
                return case_id
    return None


def _claim(case_id: int, by: Person, at: datetime, take_over: bool) -> DeskClaim:
    until = at + CLAIMED_FOR
    DeskClaim.objects.bulk_create([DeskClaim(case_id=case_id, person=by, since=at, until=until)], ignore_conflicts=True)
    # Read without the person: a row joined before the wait for the lock would belong to whoever had it then.
    claim = DeskClaim.objects.select_for_update().get(case_id=case_id)
    is_mine, runs = claim.person_id == by.pk, claim.until > at
    if runs and not is_mine and not take_over:
        return claim
    if is_mine and runs:
        claim.until = max(until, claim.until)
    else:
        claim.person, claim.since, claim.until = by, at, until
    claim.save()
    return claim
