"""Jobs: long work with a name, done in pieces, whose progress a page can show.

The count of what is done is advanced in the transaction that does it, so that work that was killed goes on
where it stopped and nothing is done twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Count, F, Min, Q, Sum

LOCK_SPACE = 7302


class Job(models.Model):
    """One long piece of work: how many of its parts are done."""

    name = models.CharField(max_length=80, unique=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        app_label = "core"
        constraints = [models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total")]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Progress:
    """How far one or several jobs have come, together."""

    done: int
    total: int
    started_at: datetime
    finished: bool

    @property
    def percent(self) -> int:
        """Whole percents, 100 only when everything is done."""
        return self.done * 100 // self.total if self.total else 100


def begin(*, name: str, total: int, at: datetime, note: str = "") -> Job:
    """The job of this name, begun at ``at`` unless it was begun before; ``total`` counts its parts."""
    job, _made = Job.objects.get_or_create(name=name, defaults={"total": total, "started_at": at, "note": note})
    return job


def lock(name: str) -> Job:
    """The job, locked until the running transaction ends; raises Job.DoesNotExist."""
    return Job.objects.select_for_update(no_key=True).get(name=name)


def advance(job: Job, *, at: datetime, by: int = 1) -> Job:
    """Count ``by`` more parts as done, in the transaction that did them; the last one finishes the job."""
    with transaction.atomic():
        job.done = min(job.done + by, job.total)
        job.finished_at = at if job.done >= job.total else None
        job.save(update_fields=["done", "finished_at"])
    return job


def progress(prefix: str) -> Progress | None:
    """How far the jobs whose names begin with ``prefix`` have come; None where there is none. One query."""
    found = Job.objects.filter(name__startswith=prefix).aggregate(
        done=Sum("done"), total=Sum("total"), began=Min("started_at"), open=Count("pk", filter=Q(finished_at=None))
    )
    if found["began"] is None:
        return None
    return Progress(found["done"], found["total"], found["began"], not found["open"])


def newest(prefix: str) -> Job | None:
    """The job begun last of those whose names begin with ``prefix``, or None."""
    return Job.objects.filter(name__startswith=prefix).order_by("-pk").first()


@contextmanager
def hold(name: str) -> Iterator[bool]:
    """Be the only one at work under this name in the whole database; gives False where somebody else is.

    Held by the connection, not by a transaction: when its process is killed, it is free.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_SPACE, name])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_SPACE, name])
