"""Many cases by COPY: each one repeats the course of a case that was made through the actions.

A copy has ids, texts with salts, and a hash chain of its own, so that every check of the portal holds in the
generated city too. Cases that are over move back by whole weeks (a working day stays a working day); those that
are open keep their times, and their timers. Copies are spread evenly over the city's communities, and every fourth
brings a resident of its own who reported it and the next three.
"""

import copy
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models, transaction

from core.history import GENESIS, StepText, digest_of
from core.recounting import recount
from core.timers import Timer
from grievances.models import Area, Case, CaseHistory, CaseHolder, CasePause, Person, Rating

BATCH: Final = 1000
OPEN_EACH: Final = 20
WEEKS: Final = 52
REPORTED_EACH: Final = 4
LABEL: Final = Case._meta.label_lower
OWN = (CaseHolder, CasePause, Rating)
"""Tables whose rows belong to one case by a foreign key ``case``."""
COPIED = (Person, StepText, Case, CaseHistory, *OWN, Timer)


@dataclass(frozen=True)
class Pattern:
    """A case with everything that is copied with it."""

    case: Case
    rows: list[CaseHistory]
    texts: dict[int, str]
    own: list[Any]
    timers: list[Timer]


def load(count: int) -> int:
    """Make ``count`` cases more after the patterns of the database, count their figures; returns how many were made.

    Raises ValueError where there is no case to go by. Nothing else may write meanwhile.
    """
    over, going = _patterns()
    if not over:
        raise ValueError("there is no closed case to go by: load the demo city first")
    communities = [area.path() for area in Area.objects.filter(kind="community", valid_until=None).order_by("pk")]
    made = 0
    while made < count:
        size = min(BATCH, count - made)
        chosen = [_choice(over, going, number) for number in range(made, made + size)]
        places = [communities[number % len(communities)] for number in range(made, made + size)]
        with transaction.atomic():
            _write(chosen, places)
        made += size
    recount(mend=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _patterns() -> tuple[list[Pattern], list[Pattern]]:
    """The cases that are over, and those that are open; without what hangs on others or on a photo's file."""
    apart = Case.objects.filter(merged_into__isnull=False).values("merged_into")
    cases = Case.objects.filter(merged_into__isnull=True, erased_at__isnull=True).exclude(pk__in=apart)
    chosen = [_pattern(case) for case in cases.order_by("pk")[:500]]
    over = [pattern for pattern in chosen if pattern.case.closed_at is not None]
    return over, [pattern for pattern in chosen if pattern.case.closed_at is None]


def _pattern(case: Case) -> Pattern:
    rows = list(CaseHistory.objects.filter(subject=case).order_by("seq"))
    ids = {pk for row in rows for pk in row.texts.values()}
    return Pattern(
        case=case,
        rows=rows,
        texts=dict(StepText.objects.filter(pk__in=ids).values_list("pk", "body")),
        own=[row for model in OWN for row in model._default_manager.filter(case=case)],
        timers=list(Timer.objects.filter(label=LABEL, subject_id=case.pk)),
    )


def _choice(over: list[Pattern], going: list[Pattern], number: int) -> tuple[Pattern, timedelta]:
    """The pattern of the case of this number, and how far back it lies: one of twenty is open."""
    turn, place = divmod(number, OPEN_EACH)
    if place == 0 and going:
        return going[turn % len(going)], timedelta(0)
    return over[number % len(over)], timedelta(weeks=number // len(over) % WEEKS)


def _write(chosen: list[tuple[Pattern, timedelta]], places: list[list[Area]]) -> None:
    made: dict[type[models.Model], list[Any]] = {model: [] for model in COPIED}
    first = _reserve(Case, len(chosen))
    text_ids = iter(_range(StepText, sum(len(pattern.texts) for pattern, _back in chosen)))
    made[Person] = [Person(pk=pk, is_demo=True) for pk in _range(Person, -(-len(chosen) // REPORTED_EACH))]
    for number, (pattern, back) in enumerate(chosen):
        whose = _Whose(first + number, made[Person][number // REPORTED_EACH].pk, places[number])
        _repeat(pattern, back, whose, text_ids, made)
    with connection.cursor() as cursor:
        for model, rows in made.items():
            if model not in (Person, Case, StepText):
                for row, pk in zip(rows, _range(model, len(rows)), strict=True):
                    row.pk = pk
            _copy(cursor, model, rows)


@dataclass(frozen=True)
class _Whose:
    """What a copy has of its own: its id, its reporter's, the way down to its community."""

    pk: int
    reporter: int
    path: list[Area]

    def place(self, case: Case) -> None:
        """Put the case into the community; whoever holds it holds it there too."""
        case.place_at(self.path[-1])
        if case.reporter_id is not None:
            case.reporter_id = self.reporter


def _repeat(
    pattern: Pattern, back: timedelta, whose: _Whose, text_ids: Any, made: dict[type[models.Model], list[Any]]
) -> None:
    """One case after the pattern, with all that belongs to it."""
    case, pk = _moved(pattern.case, back), whose.pk
    case.pk, case.wall = pk, ""
    whose.place(case)
    new: dict[int, StepText] = {}
    for old, body in pattern.texts.items():
        salt = secrets.token_bytes(16)
        new[old] = StepText(pk=next(text_ids), body=body, salt=salt, digest=digest_of(salt, body))
    made[StepText].extend(new.values())
    previous = GENESIS
    for before in pattern.rows:
        row = _moved(before, back)
        row.subject_id, row.prev_hash = pk, previous
        if row.actor_id is not None and row.actor_id == pattern.case.reporter_id:
            row.actor_id = whose.reporter
        row.texts = {name: new[old].pk for name, old in before.texts.items()}
        previous = row.hash = row.digest({name: bytes(new[old].digest) for name, old in before.texts.items()})
        made[CaseHistory].append(row)
    case.last_hash = previous
    made[Case].append(case)
    for one in pattern.own:
        owned = _moved(one, back)
        owned.case_id = pk
        made[type(one)].append(owned)
    for timer in pattern.timers:
        again = copy.copy(timer)
        again.subject_id, again.due_at = pk, timer.due_at - back
        made[Timer].append(again)


def _moved(row: Any, back: timedelta) -> Any:
    """A copy of the row with every moment moved back."""
    again = copy.copy(row)
    again._state = copy.copy(row._state)
    again._state.fields_cache = {}
    if back:
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(value, datetime):
                setattr(again, field.attname, value - back)
    return again


def _range(model: type[models.Model], size: int) -> range:
    first = _reserve(model, size) if size else 0
    return range(first, first + size)


def _reserve(model: type[models.Model], size: int) -> int:
    """Take ``size`` ids of the table's sequence; returns the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        [sequence] = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        [first] = cursor.fetchone()
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + size - 1])
    return int(first)


def _copy(cursor: Any, model: type[models.Model], rows: Iterable[Any]) -> None:
    fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row([_plain(field, getattr(row, field.attname)) for field in fields])


def _plain(field: Any, value: Any) -> Any:
    if isinstance(field, models.BinaryField):
        return bytes(value)
    return field.get_db_prep_save(value, connection)
