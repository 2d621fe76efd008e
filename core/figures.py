"""Figures: what boards count, as rows that only ever get more, folded into one row per day.

A subject's *facts* are what it counts for as it stands: came in on that day, ended on that day, is open.
A step, and whatever else changes a subject, writes the difference between the facts before and after as
``FigureDelta`` rows in its own transaction. Nobody waits for anybody: no shared row is updated. ``fold``
moves delta rows into ``FigureDay`` sums, each exactly once; a read adds the few that are not folded yet.
So a sum is at every moment what counting the facts of all subjects would give, and ``core.recounting``
proves it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils.functional import Promise

from core.registry import Registry

# The day of figures that know no day: how much there is now, not what happened when.
STOCK_DAY: Final = date(1970, 1, 1)
EVERYWHERE: Final = 0
TOTAL: Final = ""
FOLD_LIMIT: Final = 2_000

Row = tuple[str, int, str, date]


class FigureDelta(models.Model):
    """Something more (or less) of a figure: in each of ``places`` (ids, 0 is everywhere), under ``dimension``."""

    key = models.CharField(max_length=40)
    day = models.DateField()
    places = ArrayField(models.BigIntegerField())
    dimension = models.CharField(max_length=40, blank=True)
    n = models.IntegerField()

    class Meta:
        app_label = "core"


class FigureDay(models.Model):
    """The sum of a figure on a day in a place; the empty dimension is the total over all of them."""

    key = models.CharField(max_length=40)
    place = models.BigIntegerField()
    dimension = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    n = models.IntegerField()

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(fields=["place", "key", "dimension", "day"], include=["n"], name="figureday_once")
        ]


@dataclass(frozen=True)
class Figure:
    """A figure as a board shows it: its words, how it is worked out, and whether more of it is good news."""

    key: str
    label: str | Promise
    formula: str | Promise
    more_is: int = 0


class Fact(NamedTuple):
    """One thing that a subject counts for: under ``key``, on ``day``, in ``places``, under ``dimension``."""

    key: str
    day: date
    places: tuple[int, ...]
    dimension: str


@dataclass(frozen=True)
class Source:
    """Subjects that count: their model, the pure function of a row, the fields it reads, the keys it writes."""

    model: type[models.Model]
    facts: Callable[[Any], Iterable[Fact]]
    fields: tuple[str, ...]
    keys: tuple[str, ...]


class Span(NamedTuple):
    """A stretch of days, both ends in it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def before(self) -> "Span":
        """The stretch of as many days that ends the day before this one starts."""
        return Span(self.start - timedelta(days=self.days), self.start - timedelta(days=1))


class Counted(NamedTuple):
    """A number in a stretch of days, and in the stretch before it."""

    now: int
    before: int


figures: Registry[Figure] = Registry("figure")
sources: Registry[Source] = Registry("source of figures")


def source_of(model: type[models.Model]) -> Source | None:
    """Who says what rows of this model count for, or None where they count for nothing."""
    label = model._meta.label_lower
    return sources.get(label) if label in sources else None


def write(before: Iterable[Fact], after: Iterable[Fact]) -> None:
    """Write what facts there are now more or fewer of; call in the transaction that changes the subjects."""
    change = Counter(after)
    change.subtract(Counter(before))
    rows = [(fact.key, fact.day, list(fact.places), fact.dimension, n) for fact, n in change.items() if n]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE.format(rows=", ".join([_NOTED] * len(rows))), [value for row in rows for value in row])


def fold(*, limit: int = FOLD_LIMIT) -> int:
    """Move up to ``limit`` delta rows into the sums of their days; returns how many were moved.

    The rows are deleted and the sums raised in one transaction: whoever dies in between has done nothing,
    and rows that another folder holds are passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [limit])
        claimed = cursor.fetchall()
        sums: Counter[Row] = Counter()
        for key, day, places, dimension, n in claimed:
            for row in spread(Fact(key, day, tuple(places), dimension)):
                sums[row] += n
        raise_sums(cursor, "core_figureday", sums)
    return len(claimed)


def fold_all(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Fold until what is left fills no piece, or ``stop`` says so; returns how many rows were moved."""
    folded = moved = fold()
    while moved == FOLD_LIMIT and not stop():
        moved = fold()
        folded += moved
    return folded


def spread(fact: Fact) -> list[Row]:
    """The sums that a fact is part of: per place, the total and that of its dimension."""
    dimensions = {TOTAL, fact.dimension}
    return [(fact.key, place, dimension, fact.day) for place in fact.places for dimension in dimensions]


def raise_sums(cursor: Any, table: str, sums: "Counter[Row]") -> None:
    """Add to the sums in ``table``, in the order of their key: two at once wait, but never for each other."""
    rows = sorted((*row, n) for row, n in sums.items() if n)
    if rows:
        cursor.execute(_RAISE.format(table=table), [list(column) for column in zip(*rows, strict=True)])


def totals(
    *, keys: Collection[str], places: Collection[int], span: Span, dimensions: Collection[str] | None = (TOTAL,)
) -> dict[tuple[str, int, str], Counted]:
    """Figures in a span of days and in the one before it, by (key, place, dimension); zeros are left out.

    ``dimensions`` None asks for all of them, the total too. Figures without a day stand under ``now``.
    Folded and unfolded rows are read in one statement: a fold between them would be seen twice or never.
    """
    before = span.before()
    given: dict[str, Any] = {
        "keys": list(keys), "places": list(places), "stock": STOCK_DAY, "start": span.start, "end": span.end,
        "first": before.start, "last": before.end, "all": dimensions is None, "dimensions": list(dimensions or ()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, given)
        return {(key, place, dimension): Counted(now, then) for key, place, dimension, now, then in cursor.fetchall()}


def waiting() -> int:
    """How many delta rows wait to be folded."""
    return FigureDelta.objects.count()


_NOTE = "INSERT INTO core_figuredelta (key, day, places, dimension, n) VALUES {rows}"
_NOTED = "(%s, %s, %s::bigint[], %s, %s)"

# An array is asked for once; a list after IN may be asked again per row, and then passes its limit.
_CLAIM = """
DELETE FROM core_figuredelta WHERE id = ANY (ARRAY(
    SELECT id FROM core_figuredelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING key, day, places, dimension, n
"""

_RAISE = """
INSERT INTO {table} (key, place, dimension, day, n)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::date[], %s::int[])
ON CONFLICT (place, key, dimension, day) DO UPDATE SET n = {table}.n + EXCLUDED.n
"""

# Delta rows as the rows of sums that they will be part of.
SPREAD = """
SELECT d.key, p.place, s.dimension, d.day, d.n
FROM core_figuredelta d, unnest(d.places) AS p (place),
     unnest(CASE WHEN d.dimension = '' THEN ARRAY[''] ELSE ARRAY['', d.dimension] END) AS s (dimension)
"""

_WANTED = """
key = ANY(%(keys)s) AND place = ANY(%(places)s) AND (%(all)s OR dimension = ANY(%(dimensions)s))
AND (day = %(stock)s OR day BETWEEN %(first)s AND %(end)s)
"""

_TOTALS = f"""
SELECT key, place, dimension,
       COALESCE(sum(n) FILTER (WHERE day = %(stock)s OR day >= %(start)s), 0),
       COALESCE(sum(n) FILTER (WHERE day BETWEEN %(first)s AND %(last)s AND day <> %(stock)s), 0)
FROM (
    SELECT key, place, dimension, day, n FROM core_figureday WHERE {_WANTED}
    UNION ALL
    SELECT key, place, dimension, day, n FROM ({SPREAD}) AS spread WHERE {_WANTED}
) AS found
GROUP BY key, place, dimension
"""  # noqa: S608 - put together from fixed texts
