"""Statements that are written once by a process and run many times: for the reads that every page makes.

Half of what a page costs is the making of SQL from querysets whose text is the same each time but for a few
values. A statement is such a queryset, built with a :class:`Given` where a value will stand; its SQL is made at
the first run and kept, and each later run fills the values in. What comes back are lists, because a kept
statement cannot be narrowed any more (docs/decisions/0023-kept-statements.md).
"""

import copy
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Expression,
    Field,
    Func,
    Model,
    QuerySet,
    prefetch_related_objects,
)
from psycopg.sql import SQL, Identifier

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Mark:
    """Stands among the parameters of a kept statement where a value will be given."""

    name: str


class Given(Expression):
    """A value of a statement that is named now and given at each run.

    Args:
        name: the keyword of :meth:`Statement.rows` that gives it.
        output_field: its type, where it does not stand beside a column that says it.
    """

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The place of a parameter, with a mark in it."""
        return "%s", [_Mark(self.name)]


class Among(Func):
    """Whether a column is one of a given list: ``Among("person_id", Given("people"))``.

    ``__in`` writes a text that is as long as its list; this one is the same for every list.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


COUNT = Func(template="COUNT(*)", output_field=BigIntegerField())
"""How many rows, as the one value of a statement: ``values_list(COUNT, flat=True)``, without an order."""


@dataclass
class _Kept:
    """What was made of a queryset: its compiler with the SQL, and how rows become objects."""

    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    iterable: Callable[..., Any]
    fields: Any
    prefetch: tuple[Any, ...]


@dataclass
class _Run:
    """What an iterable class of Django asks of its queryset, for one run."""

    db: str
    query: Any
    _fields: Any
    _known_related_objects: dict[Any, Any] = field(default_factory=dict)
    _hints: dict[str, Any] = field(default_factory=dict)


class Statement(Generic[Row]):
    """A queryset whose SQL is kept.

    Args:
        build: makes the queryset, with :class:`Given` for what differs from run to run. What it is called
            with (hashable) shapes the text: each shape is kept by itself, so there must be few.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]") -> None:
        self._build = build
        self._kept: dict[tuple[str, tuple[Hashable, ...]], _Kept | None] = {}

    def rows(self, *shape: Hashable, using: str = "default", **given: Any) -> list[Row]:
        """The rows for these values.

        Raises:
            KeyError: a value that the statement names was not given.
        """
        key = using, shape
        if key not in self._kept:
            self._kept[key] = _keep(self._build(*shape), using)
        kept = self._kept[key]
        if kept is None:
            return []
        rows = list(kept.iterable(_Run(using, _filled(kept, using, given), kept.fields)))
        if kept.prefetch:
            prefetch_related_objects(rows, *kept.prefetch)
        return rows

    def first(self, *shape: Hashable, using: str = "default", **given: Any) -> Row | None:
        """As ``rows``, only the first, or None; the statement itself should read no more (``[:1]``)."""
        return next(iter(self.rows(*shape, using=using, **given)), None)


def _keep(queryset: "QuerySet[Any, Any]", using: str) -> _Kept | None:
    """Make the SQL; None where Django knows that no row can match."""
    compiler = queryset.query.get_compiler(using)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    compiler.connection = None  # a run brings the connection of its own thread
    made = vars(queryset)  # there is no other way to ask a queryset how its rows become objects
    lookups = made["_prefetch_related_lookups"]
    return _Kept(compiler, sql, tuple(parameters), made["_iterable_class"], made["_fields"], lookups)


def _filled(kept: _Kept, using: str, given: dict[str, Any]) -> Any:
    """A query that answers with the kept compiler, on this thread's connection and with these values."""
    parameters = tuple(_plain(given[one.name]) if type(one) is _Mark else one for one in kept.parameters)
    compiler = copy.copy(kept.compiler)
    compiler.connection = connections[using]
    compiler.as_sql = lambda *_args, **_options: (kept.sql, parameters)
    query = copy.copy(compiler.query)
    query.get_compiler = lambda *_args, **_options: compiler
    return query


def _plain(value: Any) -> Any:
    """A member of an enumeration of words goes to the database as its word."""
    return str(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class _Written:
    """The text that writes whole rows of a model, and the fields whose values it takes."""

    sql: str
    fields: tuple[Any, ...]


def insert(row: Model, using: str = "default") -> None:
    """Insert a row of its own table: what ``row.save(force_insert=True)`` writes, by a text that is kept.

    For models without signals, parents or a ``save`` of their own. A row without an id gets one.
    """
    given = row.pk is not None
    written = _insert_text(type(row), given=given, using=using)
    with connections[using].cursor() as cursor:
        cursor.execute(written.sql, _values(written.fields, row, using, add=True))
        if not given:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, using


def insert_new(rows: Sequence[Model], using: str = "default") -> None:
    """Insert rows of one model by one statement, leaving out those that are there: their ids are not read back."""
    if rows:
        written = _insert_text(type(rows[0]), given=False, using=using, many=len(rows))
        values = [value for row in rows for value in _values(written.fields, row, using, add=True)]
        with connections[using].cursor() as cursor:
            cursor.execute(written.sql, values)


def update(row: Model, using: str = "default") -> None:
    """Write every column of a row that is there: what ``row.save(force_update=True)`` writes, by a text that is kept.

    Raises:
        DatabaseError: the row is gone.
    """
    model = type(row)
    written = _update_text(model, using)
    with connections[using].cursor() as cursor:
        cursor.execute(written.sql, [*_values(written.fields, row, using, add=False), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{model._meta.label} {row.pk} is not there any more")


def next_id(model: type[Model], using: str = "default") -> int:
    """An id for a row that is written later; a transaction that is taken back leaves a gap."""
    meta = model._meta
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [meta.db_table, meta.pk.column])
        return int(cursor.fetchone()[0])


@lru_cache(maxsize=200)
def _insert_text(model: type[Model], *, given: bool, using: str, many: int = 0) -> _Written:
    """The text for one row, which gives its id back where none is ``given``, or for ``many`` that may be there."""
    meta = model._meta
    fields = tuple(f for f in meta.local_concrete_fields if not f.generated and (given or not f.primary_key))
    places = SQL("({})").format(SQL(", ").join(_place(f, using) for f in fields))
    text = SQL("INSERT INTO {} ({}) VALUES {}").format(
        Identifier(meta.db_table), SQL(", ").join(Identifier(str(f.column)) for f in fields),
        SQL(", ").join([places] * max(many, 1)),
    )  # fmt: skip
    if many:
        text = SQL("{} ON CONFLICT DO NOTHING").format(text)
    elif not given:
        text = SQL("{} RETURNING {}").format(text, Identifier(str(meta.pk.column)))
    return _Written(text.as_string(), fields)


@lru_cache(maxsize=100)
def _update_text(model: type[Model], using: str) -> _Written:
    meta = model._meta
    fields = tuple(f for f in meta.local_concrete_fields if not f.generated and not f.primary_key)
    sets = (SQL("{} = {}").format(Identifier(str(f.column)), _place(f, using)) for f in fields)
    text = SQL("UPDATE {} SET {} WHERE {} = %s").format(
        Identifier(meta.db_table), SQL(", ").join(sets), Identifier(str(meta.pk.column))
    )
    return _Written(text.as_string(), fields)


def _place(column: Any, using: str) -> SQL:
    """Where a column's value stands, with the cast that some types want."""
    cast = getattr(column, "get_placeholder", None)
    return SQL(cast(None, None, connections[using]) if cast is not None else "%s")


def _values(fields: tuple[Any, ...], row: Model, using: str, *, add: bool) -> list[Any]:
    connection = connections[using]
    return [f.get_db_prep_save(f.pre_save(row, add), connection) for f in fields]
