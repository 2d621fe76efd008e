"""Outbox: effects are rows of the transaction that causes them; workers carry them out afterwards.

A row (``OutboxRow``) makes one piece of work (``OutboxWork``) per handler of its kind. Work is claimed
with SKIP LOCKED under a lease, done in a transaction of its own that also marks it done, and tried
again with a pause that doubles up to an hour. Handlers therefore take effect once, however often a
worker dies.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from celery import current_app
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.functional import Promise
from kombu import Connection
from kombu.pools import producers

from core.reference import steady
from core.registry import Registry

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
STUCK_AFTER = 6
DRAIN_TASK = "core.tasks.drain_outbox"
NUDGE_SECONDS = 0.2

Handler = Callable[["OutboxRow"], None]
kinds: Registry[str | Promise] = Registry("outbox kind")
_reactions: dict[str, dict[str, Handler]] = {}
_generic: dict[str, tuple[Callable[[str], bool], Handler]] = {}


class OutboxRow(models.Model):
    """Something that happened and has effects: ids only, never texts or personal data."""

    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=60, db_index=True)
    key = models.CharField(max_length=160, unique=True)
    ids = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.key

    @property
    def about_id(self) -> int:
        """The id part of ``about``, e.g. 12 of "grievances.case:12"."""
        return int(self.about.rpartition(":")[2])


class OutboxWork(models.Model):
    """One handler's part of a row: waiting, claimed until a moment, or done."""

    row = models.ForeignKey(OutboxRow, on_delete=models.PROTECT, related_name="work")
    handler = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(fields=["row", "handler"], name="outbox_row_handler")]
        indexes = [models.Index("due_at", "id", name="outbox_waiting", condition=Q(done_at__isnull=True))]


def on(kind: str, name: str) -> Callable[[Handler], Handler]:
    """Decorator: call the function for every row of ``kind``, as the reaction ``name``."""

    def register(handler: Handler) -> Handler:
        if name in _reactions.setdefault(kind, {}):
            raise ValueError(f"reaction {name!r} to {kind!r} is registered twice")
        _reactions[kind][name] = handler
        return handler

    return register


def on_every(name: str, wants: Callable[[str], bool]) -> Callable[[Handler], Handler]:
    """Decorator: call the function for rows of every kind that ``wants(kind)``."""

    def register(handler: Handler) -> Handler:
        if name in _generic:
            raise ValueError(f"generic handler {name!r} is registered twice")
        _generic[name] = (wants, handler)
        return handler

    return register


def handlers_of(kind: str) -> dict[str, Handler]:
    """The handlers of a kind, by name."""
    found = dict(_reactions.get(kind, {}))
    found.update({name: handler for name, (wants, handler) in _generic.items() if wants(kind)})
    return found


def put(
    kind: str, *, about: str, key: str, at: datetime, ids: dict[str, Any] | None = None, due_at: datetime | None = None
) -> OutboxRow:
    """Put a row and its work inside the running transaction; a worker is nudged after the commit.

    ``about`` is "app.model:id", ``key`` is unique for ever, ``due_at`` (default ``at``) is when handlers
    may start. Raises KeyError for a kind that nobody registered.
    """
    kinds.get(kind)
    row = OutboxRow(kind=kind, about=about, key=key, ids=ids or {}, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [kind, about, key, json.dumps(row.ids), at, due_at or at, list(handlers_of(kind))])
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    if not any(entry[1] is nudge for entry in connection.run_on_commit):
        transaction.on_commit(nudge)
    return row


_PUT = """
WITH put AS (INSERT INTO core_outboxrow (kind, about, key, ids, at) VALUES (%s, %s, %s, %s::jsonb, %s) RETURNING id),
work AS (
    INSERT INTO core_outboxwork (row_id, handler, due_at, tries, last_error)
    SELECT put.id, handler, %s, 0, '' FROM put, unnest(%s::text[]) AS handler
)
SELECT id FROM put
"""


def nudge() -> None:
    """Tell a worker that there is work; may fail, because a sweep comes every few seconds anyway."""
    try:
        with producers[_broker()].acquire(block=True, timeout=NUDGE_SECONDS) as producer:
            current_app.send_task(DRAIN_TASK, producer=producer, retry=False, ignore_result=True, expires=30)
    except Exception as error:
        log.debug("no nudge: %s", type(error).__name__)


@cache
def _broker() -> Connection:
    """The broker as nudges ask it: quick to give up; its lines are kept in a pool and opened when first used."""
    options = {"socket_timeout": NUDGE_SECONDS, "socket_connect_timeout": NUDGE_SECONDS, "max_retries": 0}
    return current_app.connection_for_write(transport_options=options)


def claim(*, at: datetime, limit: int) -> list[OutboxWork]:
    """Claim due work under a lease of a minute; other workers pass it over."""
    with transaction.atomic(durable=True):
        due = (
            OutboxWork.objects.filter(done_at__isnull=True, due_at__lte=at)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:limit]
        )
        ids = list(due)
        OutboxWork.objects.filter(pk__in=ids).update(claimed_until=at + LEASE, tries=F("tries") + 1)
    return list(OutboxWork.objects.filter(pk__in=ids).select_related("row").order_by("due_at", "id"))


def drain(*, at: datetime, limit: int = 100) -> int:
    """Claim and do at most ``limit`` pieces of due work; returns how many were claimed."""
    claimed = claim(at=at, limit=limit)
    for work in claimed:
        with steady():
            _do(work, at)
    return len(claimed)


def _do(work: OutboxWork, at: datetime) -> None:
    handler = handlers_of(work.row.kind).get(work.handler)
    try:
        if handler is None:
            raise LookupError(f"no handler {work.handler!r} for {work.row.kind!r}")
        with transaction.atomic():
            if _done(work, at):
                handler(work.row)
    except Exception as error:
        log.exception("outbox work %s of %s failed", work.handler, work.row.key)
        pause = min(timedelta(seconds=2 ** min(work.tries, 12)), LONGEST_PAUSE)
        OutboxWork.objects.filter(pk=work.pk).update(
            claimed_until=None, due_at=at + pause, last_error=f"{type(error).__name__}: {error}"[:300]
        )


def _done(work: OutboxWork, at: datetime) -> bool:
    """Mark a piece of work as done; False where somebody did it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [at, work.pk])
        return cursor.rowcount == 1


_DONE = """
UPDATE core_outboxwork SET done_at = %s, claimed_until = NULL, last_error = '' WHERE id = %s AND done_at IS NULL
"""


def stuck() -> "models.QuerySet[OutboxWork]":
    """Work that failed often enough for staff to look at, oldest first."""
    waiting = OutboxWork.objects.filter(done_at__isnull=True, tries__gte=STUCK_AFTER)
    return waiting.select_related("row").order_by("due_at", "id")


def send_again(*, work_id: int, at: datetime) -> None:
    """Let stuck work start anew at once."""
    OutboxWork.objects.filter(pk=work_id, done_at__isnull=True).update(tries=0, due_at=at, claimed_until=None)


def waiting_rows(*, about: str) -> list[OutboxRow]:
    """Rows about one subject ("app.model:id") with work that nobody has done yet, oldest first."""
    waiting = OutboxWork.objects.filter(done_at__isnull=True, row__about=about).values("row_id")
    return list(OutboxRow.objects.filter(pk__in=waiting).order_by("at", "id"))


def set_aside(*, about: str, before: datetime, at: datetime) -> int:
    """Mark what waits of rows about one subject from before a moment as done, unheard; returns how much.

    For data that are loaded with their clock passed in: nobody is told today of what happened long ago.
    """
    old = OutboxWork.objects.filter(done_at__isnull=True, row__about=about, row__at__lt=before)
    return old.update(done_at=at, claimed_until=None)
