"""The numbers of the boards and the lists behind them: one definition each, so that they agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from core import figures
from core.figures import EVERYWHERE, Counted
from core.statements import Given, Statement
from grievances.models import CATALOGUE, Area, Case, Category
from grievances.queries import hands
from grievances.queries.counting import (
    DATED,
    FOLDED,
    KEYS,
    STORED,
    Part,
    Scope,
    Shape,
    by_category,
    cases_of,
    counted,
    key_of,
    together,
    values_of,
)

__all__ = ["DATED", "KEYS", "STORED", "Scope", "key_of"]

ORDERS: Final = {
    "in": ("-reported_at", "-id"), "out": ("-closed_at", "-id"), "done": ("-result_at", "-id"),
    "on_time": ("-result_at", "-id"), "patrol": ("-closed_at", "-id"),
}  # fmt: skip
DUE_FIRST: Final = ("due_at", "id")


@dataclass(frozen=True)
class Shown:
    """A number and the list behind it, not yet read."""

    count: int
    cases: QuerySet[Case]
    order: tuple[str, ...]


def read(name: str, scope: Scope) -> Shown:
    """The number called ``name`` in this scope, and its cases in the order of their list."""
    count = numbers(scope, [scope.area], [name])[scope.area.pk, name].now
    return Shown(count, listed(name, scope), ORDERS.get(name, DUE_FIRST))


def listed(name: str, scope: Scope) -> QuerySet[Case]:
    """The cases that a number counts."""
    return cases_of(name, scope.area.kind, Shape.of(scope), values_of(scope).__getitem__)


@dataclass(frozen=True)
class Listed:
    """A case as a row of a list; of a hidden one the asker sees only that it is there."""

    case: Case
    hidden: bool


def rows_of(name: str, scope: Scope, cases: Iterable[Case]) -> list[Listed]:
    """Cases as rows: what confidential ones are about is shown to those only who may open them."""
    seen = scope.place.sees_confidential or (name == "climbed" and not scope.place.only_looks)
    return [Listed(case, case.is_confidential and not seen) for case in cases]


def first_of(name: str, scope: Scope, most: int) -> list[Listed]:
    """The first rows of a number's list."""
    return rows_of(name, scope, _FIRST.rows(name, scope.area.kind, Shape.of(scope), most, **values_of(scope)))


def _first(name: str, kind: str, shape: Shape, most: int) -> QuerySet[Case]:
    return cases_of(name, kind, shape).order_by(*ORDERS.get(name, DUE_FIRST))[:most]


_FIRST = Statement(_first)


def numbers(
    scope: Scope, areas: Sequence[Area], names: Sequence[str], *, here: Sequence[str] = ()
) -> dict[tuple[int, str], Counted]:
    """Numbers by (area's id, name): of ``areas``, which are the scope's area or lie just below it.

    ``here`` are more names, for the scope's own area only. Two statements whatever is asked: the kept sums
    of large places, and a union of index ranges over cases for small places and for what the clock changes.
    """
    found = {(area.pk, name): Counted(0, 0) for area in areas for name in names}
    found |= {(scope.area.pk, name): Counted(0, 0) for name in here}
    kept = [name for name in names if name in STORED and not scope.worker]
    large = [area for area in areas if area.kind in FOLDED]
    if kept and large:
        found |= _kept(scope, large, kept)
    parts = [Part(scope.area.kind, group, "here") for group in together(here)]
    for kind in dict.fromkeys(area.kind for area in areas):
        parts += [
            Part(kind, group, kind)
            for group in together([name for name in names if kind not in FOLDED or name not in kept])
        ]
    ids = {kind: [area.pk for area in areas if area.kind == kind] for kind in {part.kind for part in parts}}
    return found | counted(scope, parts, ids | {"here": [scope.area.pk]})


def _kept(scope: Scope, areas: list[Area], names: list[str]) -> dict[tuple[int, str], Counted]:
    ids = {EVERYWHERE if area.kind == "city" else area.pk: area.pk for area in areas}
    found: dict[tuple[int, str], Counted] = {}
    totals = figures.totals(
        keys=[key_of(name) for name in names], places=ids, span=scope.span, dimensions=scope.dimensions
    )
    for (key, place, _dimension), (now, before) in totals.items():
        where = ids[place], key.removeprefix("cases.")
        sums = found.get(where, Counted(0, 0))
        found[where] = Counted(sums.now + now, sums.before + before)
    return found


def oldest_due(scope: Scope) -> datetime | None:
    """The deadline of the case that is over it for longest."""
    return _OLDEST.first(scope.area.kind, Shape.of(scope), **values_of(scope))


def _oldest(kind: str, shape: Shape) -> QuerySet[Case, datetime | None]:
    return _first("overdue", kind, shape, 1).values_list("due_at", flat=True)


_OLDEST = Statement(_oldest)


def categories() -> list[Category]:
    """Every category to choose on a board, the main ones before their subs."""
    return sorted(CATALOGUE.get().by_id.values(), key=_mains_first)


def _mains_first(category: Category) -> tuple[int, int, int]:
    above = category.parent.order if category.parent is not None else -1
    return above, category.order, category.pk


def topics(scope: Scope, most: int = 8) -> list[tuple[int, Counted]]:
    """What was reported most in the scope, by category id; the scope's own category is not looked at."""
    found: dict[int, Counted]
    if scope.area.kind in FOLDED:
        place = EVERYWHERE if scope.area.kind == "city" else scope.area.pk
        sums = figures.totals(keys=[key_of("in")], places=[place], span=scope.span, dimensions=None)
        found = {int(dimension): counted for (_key, _place, dimension), counted in sums.items() if dimension}
    else:
        rows = _TOPICS.rows(scope.area.kind, Shape.of(replace(scope, category=None, worker="")), **values_of(scope))
        found = {pk: Counted(now, before) for pk, now, before in rows}
    return sorted(((pk, n) for pk, n in found.items() if n.now > 0), key=lambda one: (-one[1].now, one[0]))[:most]


_TOPICS = Statement(by_category)


@dataclass(frozen=True)
class Load:
    """Who has how much in hand; ``code`` narrows the lists to it."""

    code: str
    words: str
    open: int
    late: int = 0


def workload(scope: Scope) -> list[Load]:
    """Work in hand by who accepted it or holds it: person, organisation, or a role at a place; late ones first."""
    found: dict[str, Load] = {}
    everybody = replace(scope, worker="")
    for row in _WORK.rows(scope.area.kind, Shape.of(everybody), **values_of(everybody)):
        code, words = hands.hand_of(row)
        held = found.get(code, Load(code, words, 0))
        found[code] = replace(held, open=held.open + row["n_open"], late=held.late + row["n_late"])
    return sorted(found.values(), key=lambda load: (-load.late, -load.open, load.code))


def _work(kind: str, shape: Shape) -> QuerySet[Case, dict[str, Any]]:
    cases = cases_of("hand", kind, shape).order_by().values(*hands.COLUMNS)
    return cases.annotate(n_open=Count("pk"), n_late=Count("pk", filter=Q(due_at__lt=Given("now"))))


_WORK = Statement(_work)


def holder_words_of(scope: Scope) -> str:
    """Whose work the scope is narrowed to, in words; nothing where they have no work here."""
    if not scope.worker:
        return ""
    row = listed("hand", scope).order_by().values(*hands.COLUMNS).first()
    return hands.hand_of(row)[1] if row is not None else ""
