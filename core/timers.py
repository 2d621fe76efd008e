"""Timers: steps that the clock takes. Put and withdrawn in the transaction that starts or ends a clock."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import F, Q

from core.reference import steady
from core.refusals import Refused
from core.registry import Registry

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)

TakeStep = Callable[..., None]
takers: Registry[TakeStep] = Registry("timer's taker")


class Timer(models.Model):
    """A step that is due on a subject ("grievances.case", 12) at a moment."""

    label = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    step = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(fields=["label", "subject_id", "step"], name="timer_subject_step")]
        indexes = [models.Index(fields=["due_at", "id"], name="timer_due")]


def put(label: str, subject_id: int, step: str, due_at: datetime) -> None:
    """Start the clock of ``step``, or set it anew; call inside the transaction that starts it."""
    put_all(label, subject_id, {step: due_at})


def put_all(label: str, subject_id: int, due: Mapping[str, datetime]) -> None:
    """As ``put``, for several steps at once, each with its moment."""
    takers.get(label)
    if not due:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [label, subject_id, list(due), list(due.values())])


_PUT = """
INSERT INTO core_timer (label, subject_id, step, due_at, tries, last_error)
SELECT %s, %s, step, due_at, 0, '' FROM unnest(%s::text[], %s::timestamptz[]) AS due (step, due_at)
ON CONFLICT (label, subject_id, step)
DO UPDATE SET due_at = EXCLUDED.due_at, claimed_until = NULL, tries = 0, last_error = ''
"""


def withdraw(label: str, subject_id: int, *steps: str) -> None:
    """Stop the clocks of ``steps`` (of all steps when none is named)."""
    timers = Timer.objects.filter(label=label, subject_id=subject_id)
    (timers.filter(step__in=steps) if steps else timers).delete()


def sweep(*, at: datetime, limit: int = 200) -> int:
    """Take due steps as SYSTEM; returns how many timers were claimed.

    The claim is a lease in a transaction of its own, so that the step can lock its subject first:
    subjects before timers, everywhere. A step that is refused because the subject has moved on
    removes its timer.
    """
    with transaction.atomic(durable=True):
        due = (
            Timer.objects.filter(due_at__lte=at)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        ids = list(due)
        Timer.objects.filter(pk__in=ids).update(claimed_until=at + LEASE, tries=F("tries") + 1)
    for timer in Timer.objects.filter(pk__in=ids).order_by("due_at", "id"):
        with steady():
            _take(timer, at)
    return len(ids)


def _take(timer: Timer, at: datetime) -> None:
    mine = Timer.objects.filter(pk=timer.pk, due_at=timer.due_at)
    try:
        with transaction.atomic():
            takers.get(timer.label)(timer.subject_id, timer.step, at)
            mine.delete()
    except Refused:
        mine.delete()
    except Exception as error:
        log.exception("timer %s of %s:%s failed", timer.step, timer.label, timer.subject_id)
        pause = min(timedelta(seconds=2 ** min(timer.tries, 12)), LONGEST_PAUSE)
        mine.update(claimed_until=None, due_at=at + pause, last_error=f"{type(error).__name__}: {error}"[:300])


def due_of(label: str, subject_id: int, until: datetime) -> list[tuple[str, datetime]]:
    """The steps of one subject that are due by ``until``, with their moments, earliest first."""
    found = Timer.objects.filter(label=label, subject_id=subject_id, due_at__lte=until).order_by("due_at", "id")
    return list(found.values_list("step", "due_at"))


def waiting_of(label: str, subject_id: int) -> dict[str, datetime]:
    """Every timer of one subject: its step and when it is due."""
    return dict(Timer.objects.filter(label=label, subject_id=subject_id).values_list("step", "due_at"))


def take_now(label: str, subject_id: int, step: str, at: datetime, recorded_at: datetime) -> None:
    """Take one subject's timed step at a moment of the past (for data that is loaded with its clock passed in)."""
    timers = Timer.objects.filter(label=label, subject_id=subject_id, step=step)
    try:
        with transaction.atomic():
            takers.get(label)(subject_id, step, at, recorded_at)
            timers.filter(due_at=at).delete()
    except Refused:
        timers.delete()
