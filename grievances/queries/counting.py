"""What the numbers of the boards count, and how many there are of each: one statement for each shape of board."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, Count, F, Func, Q, QuerySet, Value
from django.utils import timezone

from core import figures
from core.figures import EVERYWHERE, Counted, Span
from core.statements import Among, Given, Statement
from grievances.models import Area, Case, Category
from grievances.queries import hands
from grievances.queries.board_places import Place
from grievances.queries.climbing import climbed_to, to_decide
from grievances.queries.seeing import PLACE_COLUMN
from grievances.workflow import PAUSED, WORKING, Outcome, State

# What is folded into day rows, by the field that says on which day a case counts; open has no day.
DATED: Final = {
    "in": "reported_at",
    "out": "closed_at",
    "done": "result_at",
    "on_time": "result_at",
    "patrol": "closed_at",
}
STORED: Final = (*DATED, "open")
SOON: Final = timedelta(hours=24)
OPEN: Final = Q(closed_at__isnull=True)
LATE: Final = OPEN & Q(result_in_time__isnull=True) & ~Q(state__in=PAUSED)
PATROL: Final = Q(outcome=Outcome.SELF_HANDLED)
HAND: Final = OPEN & Q(state__in=WORKING)
WITH_RESULT: Final = Q(result_in_time__isnull=False)

# The kinds of areas whose sums are kept; in the smaller ones the cases themselves are counted by index range.
FOLDED: Final = ("city", "district", "street")
CLIMBS: Final = {"decide": to_decide, "climbed": climbed_to}
KEYS: Final = (*STORED, "overdue", "due_soon", "suspended", "hand", "hand_late", *CLIMBS)


def key_of(name: str) -> str:
    """The registered key of a figure of cases."""
    return f"cases.{name}"


@dataclass(frozen=True)
class Scope:
    """What a board is about: a place as an asker sees it, a stretch of days, perhaps a category.

    A main category means its subs too; ``worker`` narrows work in hand to one holder, by the code that
    ``workload`` gives.
    """

    place: Place
    span: Span
    now: datetime
    category: Category | None = None
    worker: str = ""

    @property
    def area(self) -> Area:
        """The place that is looked at."""
        return self.place.area

    @cached_property
    def category_ids(self) -> list[int] | None:
        """The ids that the category means, or None for all."""
        if self.category is None:
            return None
        return [self.category.pk, *self.category.subs.values_list("pk", flat=True)]

    @property
    def dimensions(self) -> list[str]:
        """The dimensions of the kept sums that the category means."""
        return [figures.TOTAL] if self.category_ids is None else [str(pk) for pk in self.category_ids]


def midnight(day: date) -> datetime:
    """The moment at which a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def which(now: Any, soon: Any) -> dict[str, Q]:
    """What makes a case one of a number's, besides the day and the place; ``soon`` is SOON after ``now``."""
    return {
        "in": ~PATROL,
        "out": ~OPEN & ~PATROL,
        "patrol": ~OPEN & PATROL,
        "suspended": OPEN & Q(state=State.SUSPENDED),
        "done": WITH_RESULT,
        "on_time": WITH_RESULT & Q(result_in_time=True),
        "open": OPEN,
        "overdue": LATE & Q(due_at__lt=now),
        "due_soon": LATE & Q(due_at__gte=now, due_at__lt=soon),
        "hand": HAND,
        "hand_late": HAND & Q(due_at__lt=now),
    }


@dataclass(frozen=True)
class Shape:
    """What of a scope shapes the text of its statements: few kinds of it, however many scopes there are."""

    inside: bool
    category: bool
    worker: str
    held: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, scope: Scope) -> "Shape":
        """The shape of a scope."""
        held = tuple((role, kind) for role, kind, _area in scope.place.held)
        return cls(_community(scope) is not None, scope.category is not None, scope.worker, held)


def values_of(scope: Scope) -> dict[str, Any]:
    """What a scope gives to its statements."""
    return {
        "now": scope.now, "soon": scope.now + SOON, "start": midnight(scope.span.start),
        "before": midnight(scope.span.before().start), "end": midnight(scope.span.end + timedelta(days=1)),
        "community": _community(scope), "categories": scope.category_ids, "at_here": [scope.area.pk],
        **{f"held_{number}": area for number, (_role, _kind, area) in enumerate(scope.place.held)},
    }  # fmt: skip


def _community(scope: Scope) -> int | None:
    return next((area.pk for area in scope.place.path if area.kind == "community"), None)


Naming = Callable[[str], Any]
"""How a value of a statement is named: Given for one that is kept, the value itself for one that is not."""


def cases_of(name: str, kind: str, shape: Shape, value: Naming = Given) -> QuerySet[Case]:
    """The cases that a number counts, in a place of a kind and in the scope's days."""
    cases = _of(name, shape, value).filter(_there(Part(kind, (name,), "here"), shape, value))
    stamp = DATED.get(name)
    return cases.filter(**{f"{stamp}__gte": value("start"), f"{stamp}__lt": value("end")}) if stamp else cases


def _of(name: str, shape: Shape, value: Naming, base: Q | None = None) -> QuerySet[Case]:
    """The cases of a number (or of ``base`` in its stead), of every place and day."""
    if name in CLIMBS:
        climbs = [(role, kind, value(f"held_{number}")) for number, (role, kind) in enumerate(shape.held)]
        cases = CLIMBS[name](climbs, value("now"))
    else:
        cases = Case.objects.filter(which(value("now"), value("soon"))[name] if base is None else base)
    if shape.category:
        cases = cases.filter(Among("category_id", value("categories")))
    return cases.filter(hands.in_hand(shape.worker)) if shape.worker else cases


@dataclass(frozen=True)
class Part:
    """Numbers of areas of one kind that are counted in one pass; ``ids`` names the list of the areas' ids."""

    kind: str
    names: tuple[str, ...]
    ids: str


def together(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The names by what can be counted in one pass: those with the same day, and all open ones where all are asked."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        group = DATED.get(name) or ("open" if "open" in names and name not in CLIMBS else name)
        found[group] = (*found.get(group, ()), name)
    return list(found.values())


def counted(scope: Scope, parts: Sequence[Part], ids: dict[str, list[int]]) -> dict[tuple[int, str], Counted]:
    """The numbers of these parts by (area's id, name), zeros left out; ``ids`` are the areas by the parts' words."""
    if not parts:
        return {}
    given = values_of(scope) | {f"at_{word}": pks for word, pks in ids.items()}
    # A worker's code is anybody's: what is narrowed to one is not kept.
    rows = (Statement(_build) if scope.worker else _COUNTS).rows(tuple(parts), Shape.of(scope), **given)
    found = {}
    for place, words, numbers in rows:
        word, *names = words.split(" ")
        pk = ids[word][0] if place == EVERYWHERE else place
        for number, name in enumerate(names):
            found[pk, name] = Counted(numbers[2 * number], numbers[2 * number + 1])
    return found


def _build(parts: Sequence[Part], shape: Shape) -> QuerySet[Any, Any]:
    """The union of the parts."""
    found = []
    for part in parts:
        cases = _of(part.names[0], shape, Given, _base(part.names) if part.names[0] not in CLIMBS else None)
        found.append(_counting(cases.filter(_there(part, shape, Given)), part))
    return found[0].union(*found[1:], all=True)


_COUNTS: Final[Statement[tuple[int, str, list[int]]]] = Statement(_build)


def _base(names: Sequence[str]) -> Q:
    """What all cases that a part counts have in common, so that an index leads to them."""
    wanted, stamp = which(Given("now"), Given("soon")), DATED.get(names[0])
    common = {"reported_at": Q(), "closed_at": ~OPEN, "result_at": WITH_RESULT, None: OPEN}[stamp]
    common = wanted[names[0]] if len(names) == 1 else common
    return common & Q(**{f"{stamp}__gte": Given("before"), f"{stamp}__lt": Given("end")}) if stamp else common


def _there(part: Part, shape: Shape, value: Naming) -> Q:
    """Cases of the part's areas; those of a compound or grid are found by the index of their community."""
    if part.kind == "city":
        return Q()
    there = Q(Among(f"{PLACE_COLUMN[part.kind]}_id", value(f"at_{part.ids}")))
    if part.kind in (*FOLDED, "community") or not shape.inside:
        return there
    return there & Q(community_id=value("community"))


def by_category(kind: str, shape: Shape) -> QuerySet[Case, tuple[int, int, int]]:
    """What came in, by category id: how many in the scope's days and in those before."""
    part = Part(kind, ("in",), "here")
    cases = _of("in", shape, Given, _base(part.names)).filter(_there(part, shape, Given), category__isnull=False)
    now, before = Q(reported_at__gte=Given("start")), Q(reported_at__lt=Given("start"))
    rows = cases.order_by().values("category_id")
    rows = rows.annotate(n_now=Count("pk", filter=now), n_before=Count("pk", filter=before))
    return rows.values_list("category_id", "n_now", "n_before")


def _counting(cases: QuerySet[Case], part: Part) -> QuerySet[Any, Any]:
    """By area: the words of what is counted, and for each number how many now and in the days before."""
    wanted, stamp = which(Given("now"), Given("soon")), DATED.get(part.names[0])
    counts: list[Any] = []
    for name in part.names:
        one = Q() if len(part.names) == 1 else wanted[name]
        if stamp:
            now, before = one & Q(**{f"{stamp}__gte": Given("start")}), one & Q(**{f"{stamp}__lt": Given("start")})
            counts += [Count("pk", filter=now), Count("pk", filter=before)]
        else:
            counts += [Count("pk", filter=one) if one else Count("pk"), Value(0)]
    place: Any = Value(EVERYWHERE, BigIntegerField()) if part.kind == "city" else F(f"{PLACE_COLUMN[part.kind]}_id")
    numbers = Func(*counts, template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))
    words = Value(" ".join([part.ids, *part.names]), CharField())
    return cases.order_by().annotate(place=place, words=words).values("place", "words").annotate(
        numbers=numbers
    ).values_list("place", "words", "numbers")  # fmt: skip
