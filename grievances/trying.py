"""A changed rule, tried on the cases of the last month: which would have gone to somebody else.

The rules are read once; cases that are alike for them (place, category, urgency, tier, duty hours or not) are
asked about once, so that 50,000 cases cost a few seconds and no query each.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from communities import queries as places
from core.worktime import Calendar
from grievances import routing
from grievances.models import Area, Case, Category, DispatchRule
from grievances.queries import PLACE_COLUMN
from grievances.rulebook import Asked, Holder, Rulebook, fits
from grievances.workflow import Outcome

TRIED_DAYS = 30
AT_ONCE = 50_000
SHOWN_FIRST = 20
COLUMNS = ("pk", "area_id", "category_id", "urgency", "tier", "reported_at")

Row = tuple[int, int, int | None, str, str, datetime]


@dataclass
class Moves:
    """What would move: ``pairs`` counts by (from code, to code), ``first`` the first as (case id, from, to)."""

    cases: int = 0
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many would move."""
        return self.pairs.total()


def cases_of(area: Area, *, until: datetime, days: int = TRIED_DAYS) -> QuerySet[Case]:
    """The cases that came in at the place in the days before ``until``, without what a patrol put right itself."""
    cases = Case.objects.filter(reported_at__gt=until - timedelta(days=days), reported_at__lte=until)
    cases = cases.exclude(outcome=Outcome.SELF_HANDLED)
    return cases if area.kind == "city" else cases.filter(**{PLACE_COLUMN[area.kind]: area.pk})


def rows_after(cases: QuerySet[Case], last: tuple[datetime, int] | None, limit: int) -> list[Row]:
    """The next rows of ``cases`` by (reported_at, id), after ``last``; one index range."""
    if last is not None:
        at, pk = last
        cases = cases.filter(Q(reported_at__gt=at) | Q(reported_at=at, pk__gt=pk), reported_at__gte=at)
    return list(cases.order_by("reported_at", "pk").values_list(*COLUMNS)[:limit])


class Trial:
    """The rules of a place as they are and as they would be with ``rule``; fed with rows of cases."""

    def __init__(self, area: Area, rule: DispatchRule, moves: Moves | None = None) -> None:
        self.now: Rulebook = routing.book_below(area)
        self.then: Rulebook = self.now.changed(rule)
        self.moves = moves or Moves()
        self._categories = {one.pk: one for one in Category.objects.select_related("parent")}
        self._asks_hours = self.now.asks_hours or self.then.asks_hours
        self._calendars, self._usual = places.calendars_at(list(self.now.ground.areas) if self._asks_hours else [])
        self._about = [rule, *(one for one in self.now.rules if one.pk == rule.pk)]
        self._last = rule.is_catch_all
        self._known: dict[tuple[int, int | None, str, str, bool], tuple[Holder, Holder]] = {}
        self._calendar_of: dict[int, Calendar] = {}

    def feed(self, rows: Iterable[Row]) -> Moves:
        """Ask both books about each row; returns what would move so far."""
        moves = self.moves
        for pk, area_id, category_id, urgency, tier, at in rows:
            moves.cases += 1
            if area_id not in self.now.ground.areas:  # moved out of the tree meanwhile
                continue
            key = (area_id, category_id, urgency, tier, self._in_hours(area_id, at))
            if key not in self._known:
                self._known[key] = self._ask(key)
            before, after = self._known[key]
            if before != after:
                moves.pairs[before.code, after.code] += 1
                if len(moves.first) < SHOWN_FIRST:
                    moves.first.append((pk, before.code, after.code))
        return moves

    def holders(self) -> dict[str, Holder]:
        """Everybody named by what was fed, by code."""
        return {holder.code: holder for pair in self._known.values() for holder in pair}

    def _ask(self, key: tuple[int, int | None, str, str, bool]) -> tuple[Holder, Holder]:
        area_id, category_id, urgency, tier, in_hours = key
        category = self._categories[category_id] if category_id is not None else None
        asked = Asked(self.now.ground.areas[area_id], category, urgency, tier, in_hours)
        before = self.now.holder(asked)
        return before, self.then.holder(asked) if self._touches(asked) else before

    def _touches(self, asked: Asked) -> bool:
        """Whether the rule, as it is or as it would be, could have a say."""
        return self._last or any(fits(rule, asked) for rule in self._about)

    def _in_hours(self, area_id: int, at: datetime) -> bool:
        if not self._asks_hours:
            return True
        if area_id not in self._calendar_of:
            path = self.now.ground.path(self.now.ground.areas[area_id])
            own = (self._calendars.get(place.pk) for place in reversed(path))
            self._calendar_of[area_id] = next((calendar for calendar in own if calendar is not None), self._usual)
        return self._calendar_of[area_id].is_open(at)
