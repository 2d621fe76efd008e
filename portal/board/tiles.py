"""A board put together: tiles, the table of places below, topics, work in hand; each number with its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from core.figures import Counted, Figure, figures
from grievances.queries import board as cases
from grievances.queries.board import key_of
from portal.board.asked import Asked

TILES: Final = ("in", "out", "open", "overdue")
TABLE: Final = (*TILES, "done", "on_time", "patrol")
BESIDE: Final = ("due_soon", "suspended")
ABOVE: Final = ("decide", "climbed")
ROWS: Final = 3
LOADS: Final = 10
FEW: Final = 50
SMALL: Final = ("street", "community", "compound", "grid")

Numbers = Mapping[tuple[int, str], Counted]


@dataclass(frozen=True)
class Number:
    """One number with its words and the address of its list."""

    figure: Figure
    count: int
    url: str


@dataclass(frozen=True)
class Tile:
    """A number as a tile: what it was before, whether that is good news, and a second number beside it."""

    number: Number
    change: int | None = None
    change_words: str = ""
    beside: Number | None = None
    oldest: datetime | None = None

    @property
    def tone(self) -> str:
        """good, bad, or nothing where more is neither or nothing changed."""
        said = (self.change or 0) * self.number.figure.more_is
        return "good" if said > 0 else "bad" if said < 0 else ""


@dataclass(frozen=True)
class Share:
    """What part of the work came in time: results in time ÷ (results + open ones that are over)."""

    on_time: Number
    done: Number
    overdue: Number

    @property
    def whole(self) -> int:
        """What it is a share of."""
        return self.done.count + self.overdue.count

    @property
    def per_cent(self) -> str:
        """The share with one digit, or a dash where there is nothing to judge."""
        return f"{self.on_time.count * 100 / self.whole:.1f}%" if self.whole else "—"

    @property
    def value(self) -> int:
        """The share in whole per cent, for a bar."""
        return round(self.on_time.count * 100 / self.whole) if self.whole else 0

    @property
    def few(self) -> bool:
        """Whether it rests on too few cases to say much."""
        return 0 < self.whole < FEW


@dataclass(frozen=True)
class PlaceRow:
    """One place below: its name, its own board, its numbers."""

    area: Any
    url: str
    numbers: Sequence[Number]
    share: Share


class Board:
    """Everything that one board shows; each part is read when the page asks for it, and once."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.scope = asked, asked.scope
        area, children = self.scope.area, self.scope.place.children
        here = (*BESIDE, *ABOVE) if self.scope.place.decides else BESIDE
        self._found: Numbers = cases.numbers(self.scope, [area, *children], TABLE, here=here)

    def number(self, name: str) -> Number:
        """One of the board's own numbers."""
        return self._number(self.scope.area, name)

    def _number(self, area: Any, name: str) -> Number:
        return Number(
            figures.get(key_of(name)), self._found[area.pk, name].now, self.asked.list_url(name, area=area.pk)
        )

    def above(self) -> list[tuple[Number, list[Any]]]:
        """What waits for the asker and what climbed to them, each with its first cases."""
        if not self.scope.place.decides:
            return []
        found = []
        for name in ABOVE:
            number = self.number(name)
            rows = cases.first_of(name, self.scope, ROWS) if number.count else []
            found.append((number, rows))
        return found

    def tiles(self) -> list[Tile]:
        """What came in, what ended, what is open, what is over."""
        area = self.scope.area.pk
        came, went = self._found[area, "in"], self._found[area, "out"]
        compared = self.asked.before_words
        return [
            Tile(self.number("in"), came.now - came.before, compared),
            Tile(self.number("out"), went.now - went.before, compared, self.number("patrol")),
            Tile(self.number("open"), came.now - went.now, _("新收比办结多"), self.number("due_soon")),
            Tile(self.number("overdue"), beside=self.number("suspended"), oldest=self._oldest()),
        ]

    def _oldest(self) -> datetime | None:
        """The deadline that passed first, of the open cases without a result."""
        return cases.oldest_due(self.scope) if self._found[self.scope.area.pk, "overdue"].now else None

    def share(self, area: Any = None) -> Share:
        """What part came in time, here or in a place below."""
        where = area or self.scope.area
        return Share(self._number(where, "on_time"), self._number(where, "done"), self._number(where, "overdue"))

    def places(self) -> list[PlaceRow]:
        """The places below that have cases, those with most work over the deadline first."""
        rows = [
            PlaceRow(
                child, self.asked.board_url(area=child.pk), [self._number(child, name) for name in TILES],
                self.share(child),
            )
            for child in self.scope.place.children
        ]  # fmt: skip
        busy = [row for row in rows if any(number.count for number in (*row.numbers, row.share.done))]
        return sorted(busy, key=lambda row: (-row.numbers[3].count, -row.numbers[0].count, row.area.lft))

    def topics(self) -> list[tuple[str, Number, int]]:
        """What was reported most: words, number, and how many more than before."""
        figure, named = figures.get(key_of("in")), self.asked.form.categories
        return [
            (
                named[str(pk)].name,
                Number(figure, count.now, self.asked.list_url("in", category=pk)),
                count.now - count.before,
            )
            for pk, count in cases.topics(self.scope)
        ]

    def loads(self) -> list[tuple[str, Number, Number]]:
        """Who has most over the deadline and in hand; where people know each other, in streets and below."""
        if self.scope.area.kind not in SMALL:
            return []
        hand, late = figures.get(key_of("hand")), figures.get(key_of("hand_late"))
        return [
            (
                load.words,
                Number(hand, load.open, self.asked.list_url("hand", worker=load.code)),
                Number(late, load.late, self.asked.list_url("hand_late", worker=load.code)),
            )
            for load in cases.workload(self.scope)[:LOADS]
        ]
