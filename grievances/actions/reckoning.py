"""Deadlines worked out anew when the calendar or duty hours change, in batches that a page can watch."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import jobs, outbox
from core.history import History
from core.workflow import Actor
from grievances import queries
from grievances.actions.base import flow
from grievances.actions.timing import clocks_of, reckon_again, start_clocks
from grievances.clocks import Calendars
from grievances.models import Area, Case
from grievances.workflow import RECKONED, RUNNING

BATCH: Final = 100
# Reports that began under the old calendar have been written by then.
SETTLE: Final = timedelta(seconds=10)
LEAST_MOVE: Final = timedelta(minutes=1)
TOLD_FROM: Final = timedelta(days=1)


@outbox.on("communities.calendar_changed", "grievances.reckoning")
def begin_for_calendar(row: outbox.OutboxRow) -> None:
    """The calendar changed: every open case is worked out anew."""
    _begin(row, None)


@outbox.on("communities.duty_changed", "grievances.reckoning")
def begin_for_duty(row: outbox.OutboxRow) -> None:
    """The duty hours of an area changed: the open cases there and below are worked out anew."""
    _begin(row, Area.objects.filter(pk=row.about_id).first())


def _begin(row: outbox.OutboxRow, area: Area | None) -> None:
    total = queries.to_reckon(area).count()
    if not total:
        return
    name = f"{queries.JOBS}{'all' if area is None else area.pk}.{row.pk}"
    jobs.begin(name=name, total=total, at=row.at, note=area.name if area is not None else "")
    _put(name, area.pk if area is not None else None, 0, row.at + SETTLE)


@outbox.on("grievances.reckon", "grievances.reckoning")
def reckon_batch(row: outbox.OutboxRow) -> None:
    """Work out the next cases by id, count them as done, and leave the rest to the next row, all in one transaction.

    A worker that dies leaves the row undone, and another does the same cases.
    """
    name, after, at = row.ids["job"], row.ids["after"], max(timezone.now(), row.at)
    area = Area.objects.filter(pk=row.ids["area"]).first() if row.ids["area"] else None
    near = Prefetch("merged", Case.objects.select_related("area", "category").prefetch_related("pauses"))
    found = queries.to_reckon(area).filter(pk__gt=after).prefetch_related("pauses", near)
    cases = list(found.order_by("pk")[:BATCH])
    known = Calendars()
    for case in cases:
        if _moves(case, known):
            reckon_case(case_id=case.pk, at=at, known=known)
    job = jobs.lock(name)
    if len(cases) < BATCH:
        jobs.advance(job, at=at, by=job.total)
        return
    jobs.advance(job, at=at, by=min(len(cases), max(job.total - job.done - 1, 0)))
    _put(name, row.ids["area"], cases[-1].pk, at)


@transaction.atomic
def reckon_case(*, case_id: int, at: datetime, known: Calendars | None = None) -> bool:
    """Work out the deadlines of one case anew; returns whether they moved by a minute or more.

    The old date of completion stays in the history. A case that was late is so no more where its new deadline
    lies ahead; what was decided at a result stays. Who holds it and who reported it are told where the date
    of completion moved by more than a day.
    """
    known = known or Calendars()
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case_id)
    case = Case.objects.get(pk=case_id)
    if case.state not in RECKONED or not _moves(case, known):
        return False
    old, clocks = case.due_at, clocks_of(case, known=known)
    moved: dict[str, Any] = {
        "old": old,
        "new": clocks.due_at,
        "told": "yes" if abs(clocks.due_at - old) > TOLD_FROM else "",
    }

    def then(subject: Case, row: History) -> None:
        stood_since = _stood_since(subject, at)
        reckon_again(subject, known=known)
        if subject.due_at > stood_since:
            subject.is_late = False
        if subject.contacted_at is None and subject.contact_due is not None and subject.contact_due > stood_since:
            subject.contact_in_time = None
        if subject.state in RUNNING:
            start_clocks(subject, again_at=at)

    last = flow.last_row(case)
    moment = max(at, last.at) if last is not None else at
    flow.take(
        "recompute", case_id, actor=Actor.system(), at=moment, recorded_at=moment, then=then, **moved
    )  # fmt: skip
    return True


def _stood_since(case: Case, at: datetime) -> datetime:
    """Now, or where the clocks stand still, since when they do."""
    pause = case.pauses.filter(ended_at=None).first()
    return pause.began_at if pause is not None else at


def _moves(case: Case, known: Calendars) -> bool:
    """Whether one of the deadlines that still count is no longer what the calendar says, by a minute or more."""
    clocks = clocks_of(case, known=known)
    owes = case.contacted_at is None and case.contact_due is not None
    return _apart(case.due_at, clocks.due_at) or (owes and _apart(case.contact_due, clocks.contact_due))


def _apart(old: datetime | None, new: datetime) -> bool:
    return old is None or abs(new - old) >= LEAST_MOVE


def _put(name: str, area_id: int | None, after: int, due: datetime) -> None:
    ids = {"job": name, "area": area_id, "after": after}
    outbox.put(
        "grievances.reckon", about="grievances.reckoning:0", key=f"grievances.reckon:{name}:{after}", at=due, ids=ids
    )


outbox.kinds.register("grievances.reckon", _("重算在办的时限"))
