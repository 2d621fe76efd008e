"""Walking and sealing the histories: what was written stays what it was."""

import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.history import GENESIS, History, Seal, StepText, histories

BATCH = 2000


@dataclass(frozen=True)
class Fault:
    """Something wrong in a history: which table, which subject, and what."""

    table: str
    subject_id: int | None
    words: str


def seal_day(*, day: date, at: datetime) -> list[Seal]:
    """Seal every history table: each seal covers the rows since the one before and chains onto it.

    A short SHARE lock waits for running writers, so that no row below the sealed id comes later.
    A day that has its seal already is left alone.
    """
    return [seal for model in histories() if (seal := _seal(model, day, at)) is not None]


def _seal(model: type[History], day: date, at: datetime) -> Seal | None:
    table = model._meta.db_table
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table)} IN SHARE MODE")
        if Seal.objects.filter(table=table, day__gte=day).exists():
            return None
        before = Seal.objects.filter(table=table).order_by("-day").first()
        last_row = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        start = before.last_row if before else 0
        root, rows = _root(model, bytes(before.root) if before else GENESIS, start, last_row)
        return Seal.objects.create(table=table, day=day, last_row=last_row, rows=rows, root=root, sealed_at=at)


def _root(model: type[History], root: bytes, after: int, upto: int) -> tuple[bytes, int]:
    summed, count = hashlib.sha256(root), 0
    manager: Any = model._default_manager
    rows = manager.filter(pk__gt=after, pk__lte=upto).order_by("pk")
    for pk, subject_id, seq, row_hash in rows.values_list("pk", "subject_id", "seq", "hash").iterator(BATCH):
        summed.update(f"{pk}:{subject_id}:{seq}:".encode() + bytes(row_hash))
        count += 1
    return summed.digest(), count


def last_due_day(at: datetime) -> date:
    """The day whose seal should exist at ``at``: yesterday in local time."""
    return timezone.localtime(at).date() - timedelta(days=1)


def faults(model: type[History], subjects: Collection[int] | None = None) -> Iterator[Fault]:
    """Everything wrong in one history table: chains, texts, heads, then seals.

    With ``subjects``, only the chains, texts and heads of these: a sample, without the seals.
    """
    yield from _chain_faults(model, subjects)
    if subjects is None:
        yield from _seal_faults(model)


def sample(model: type[History], size: int) -> list[int]:
    """The ids of at most ``size`` subjects: half the newest, half spread over the older ones."""
    newest_first = _subjects_of(model)._base_manager.order_by("-pk").values_list("pk", flat=True)
    newest = list(newest_first[: size // 2])
    if len(newest) < size // 2:
        return newest
    wanted = {secrets.randbelow(newest[-1]) + 1 for _number in range(size // 2)}
    return [*newest, *newest_first.filter(pk__in=wanted)]


def _subjects_of(model: type[History]) -> Any:
    meta: Any = model._meta
    return meta.get_field("subject").related_model


def _chain_faults(model: type[History], subjects: Collection[int] | None) -> Iterator[Fault]:
    table = model._meta.db_table
    owners = _subjects_of(model)._base_manager.order_by("pk")
    manager: Any = model._default_manager
    rows = manager.order_by("subject_id", "seq")
    if subjects is not None:
        owners, rows = owners.filter(pk__in=subjects), rows.filter(subject_id__in=subjects)
    heads = owners.values_list("pk", "last_seq", "last_hash").iterator(BATCH)
    texted = _with_texts(rows.iterator(BATCH))
    pending = next(texted, None)
    for subject_id, last_seq, last_hash in heads:
        seq, previous = 0, GENESIS
        while pending is not None and pending[0].subject_id == subject_id:
            row, texts = pending
            seq += 1
            if row.seq != seq:
                yield Fault(table, subject_id, f"row {seq} is missing (found {row.seq})")
                seq = row.seq
            elif bytes(row.prev_hash) != previous:
                yield Fault(table, subject_id, f"row {seq} does not follow row {seq - 1}")
            yield from _row_faults(table, row, texts)
            previous = bytes(row.hash)
            pending = next(texted, None)
        if seq != last_seq or previous != bytes(last_hash):
            yield Fault(table, subject_id, f"the last row should be {last_seq}, found {seq}")


def _with_texts(rows: Iterator[History]) -> Iterator[tuple[History, dict[int, StepText]]]:
    while batch := list(islice(rows, BATCH)):
        texts = StepText.objects.in_bulk({pk for row in batch for pk in row.texts.values()})
        for row in batch:
            yield row, texts


def _row_faults(table: str, row: History, texts: dict[int, StepText]) -> Iterator[Fault]:
    missing = [name for name, pk in row.texts.items() if pk not in texts]
    if missing:
        yield Fault(table, row.subject_id, f"row {row.seq} lost its text {missing[0]!r}")
        return
    for name, pk in row.texts.items():
        if not texts[pk].intact():
            yield Fault(table, row.subject_id, f"row {row.seq}: the text {name!r} was changed")
    digests = {name: bytes(texts[pk].digest) for name, pk in row.texts.items()}
    if row.digest(digests) != bytes(row.hash):
        yield Fault(table, row.subject_id, f"row {row.seq} was changed")


def _seal_faults(model: type[History]) -> Iterator[Fault]:
    table, root, after = model._meta.db_table, GENESIS, 0
    for seal in Seal.objects.filter(table=table).order_by("day"):
        computed, rows = _root(model, root, after, seal.last_row)
        if rows != seal.rows or computed != bytes(seal.root):
            yield Fault(
                table, None, f"the seal of {seal.day} counts {seal.rows} rows, found {rows}, or one was changed"
            )
        root, after = bytes(seal.root), seal.last_row
