"""Recounting: the figures worked out anew from their subjects, compared with what is kept, and mended."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from core.figures import SPREAD, STOCK_DAY, Row, Source, raise_sums, sources, spread

BATCH: Final = 5_000
SHOWN_AT_MOST: Final = 50


@dataclass(frozen=True)
class Difference:
    """A sum that is not what its subjects say."""

    key: str
    place: int
    dimension: str
    day: date
    wanted: int
    kept: int

    def __str__(self) -> str:
        day = "" if self.day == STOCK_DAY else f" on {self.day}"
        of = f" of {self.dimension}" if self.dimension else ""
        return f"{self.key}{day} in {self.place or 'all places'}{of}: kept {self.kept}, counted {self.wanted}"


@dataclass(frozen=True)
class Recount:
    """What a recount found: how many subjects it read, how many sums differ, and the first of them."""

    subjects: int
    count: int
    shown: list[Difference]


def recount(*, mend: bool, start: date | None = None, end: date | None = None, batch: int = BATCH) -> Recount:
    """Count all figures anew from their subjects and compare; with ``mend``, put right what differs.

    ``start`` and ``end`` bound the days (figures without a day are then left out). Subjects, sums and
    unfolded rows are read in one snapshot, so that a running portal makes no false differences; memory
    does not grow with their number. Mending adds what is missing instead of writing the right number, so
    that steps taken meanwhile are kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        try:
            with transaction.atomic():
                _one_snapshot(cursor)
                read = sum(_count(cursor, source, start, end, batch) for source in sources.all())
                keys = [key for source in sources.all() for key in source.keys]
                given = {"keys": keys, "start": start, "end": end, "bounded": bool(start or end), "stock": STOCK_DAY}
                cursor.execute(_COMPARE, given)
            found = _found(cursor, read)
            if mend:
                cursor.execute(_MEND)
        finally:
            cursor.execute(_DROP)
    return found


def _one_snapshot(cursor: Any) -> None:
    """Where this is the outermost transaction; inside another one, its own isolation holds."""
    if len(connection.savepoint_ids) == 0 and not connection.needs_rollback:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _count(cursor: Any, source: Source, start: date | None, end: date | None, batch: int) -> int:
    """Add the facts of every subject of a source to the counted sums; returns how many subjects there are."""
    read = 0
    for rows in _batches(source, batch):
        sums: Counter[Row] = Counter()
        for row in rows:
            for fact in source.facts(row):
                if _within(fact.day, start, end):
                    sums.update(spread(fact))
        raise_sums(cursor, "figure_counted", sums)
        read += len(rows)
    return read


def _batches(source: Source, size: int) -> Iterator[list[Any]]:
    last = 0
    while True:
        rows = list(source.model._default_manager.filter(pk__gt=last).order_by("pk").only(*source.fields)[:size])
        if not rows:
            return
        yield rows
        last = rows[-1].pk


def _within(day: date, start: date | None, end: date | None) -> bool:
    if day == STOCK_DAY:
        return start is None and end is None
    return (start is None or day >= start) and (end is None or day <= end)


def _found(cursor: Any, read: int) -> Recount:
    cursor.execute("SELECT count(*) FROM figure_differs")
    [count] = cursor.fetchone()
    cursor.execute(
        "SELECT key, place, dimension, day, wanted, kept FROM figure_differs ORDER BY 1, 2, 3, 4 LIMIT %s",
        [SHOWN_AT_MOST],
    )
    return Recount(read, count, [Difference(*row) for row in cursor.fetchall()])


_TABLES = """
CREATE TEMP TABLE figure_counted (
    key text, place bigint, dimension text, day date, n bigint, PRIMARY KEY (place, key, dimension, day)
);
CREATE TEMP TABLE figure_differs (
    key text, place bigint, dimension text, day date, wanted bigint, kept bigint
)
"""

_DROP = "DROP TABLE IF EXISTS figure_counted; DROP TABLE IF EXISTS figure_differs"

_COMPARE = f"""
INSERT INTO figure_differs
SELECT key, place, dimension, day, sum(wanted), sum(kept) FROM (
    SELECT key, place, dimension, day, n AS wanted, 0 AS kept FROM figure_counted
    UNION ALL
    SELECT key, place, dimension, day, 0, n FROM (
        SELECT key, place, dimension, day, n FROM core_figureday UNION ALL {SPREAD}
    ) AS kept
    WHERE key = ANY(%(keys)s) AND (NOT %(bounded)s OR (
        day <> %(stock)s AND day >= COALESCE(%(start)s, day) AND day <= COALESCE(%(end)s, day)))
) AS both_sides
GROUP BY key, place, dimension, day HAVING sum(wanted) <> sum(kept)
"""  # noqa: S608 - put together from fixed texts

_MEND = """
INSERT INTO core_figureday (key, place, dimension, day, n)
SELECT key, place, dimension, day, wanted - kept FROM figure_differs ORDER BY 2, 1, 3, 4
ON CONFLICT (place, key, dimension, day) DO UPDATE SET n = core_figureday.n + EXCLUDED.n
"""
