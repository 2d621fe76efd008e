"""Reference data (areas, categories, switches, rules …): read once by a process, and again after any change.

A trigger on each such table writes an edition row in the transaction that changes it. A reader asks for the
editions first, one short statement for all tables, and reads a table anew only where its edition is another than
the one it holds. What a process keeps is therefore never older than the statement that asked, and no process has
to tell another.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

T = TypeVar("T")
Edition = tuple[int, int]
FUNCTION: Final = "core_note_edition"
tables: set[str] = set()
"""The tables of which something is kept."""
finders: dict[type[models.Model], Callable[[int], Any]] = {}
"""By model: what finds one of its objects by id among what is kept; raises the model's DoesNotExist."""
_WRITES: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|WITH|MERGE)\b", re.IGNORECASE)
_LOCKS: Final = re.compile(r"\bFOR (NO KEY )?UPDATE\b")
_steady: ContextVar[list[dict[str, Edition]] | None] = ContextVar("steady", default=None)


class EditionRow(models.Model):
    """A table of reference data was changed; rows are only added, and thinned by ``thin``."""

    table = models.CharField(max_length=63)

    class Meta:
        app_label = "core"
        db_table = "core_edition"


def noted(*tables: str) -> tuple[str, str]:
    """The SQL that lets changes of these tables write editions, and the SQL that takes it back."""
    forward = [
        f"CREATE TRIGGER {table}_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}();"
        for table in tables
    ]
    return "\n".join(forward), "\n".join(f"DROP TRIGGER {table}_edition ON {table};" for table in tables)


@contextmanager
def steady() -> Iterator[None]:
    """Ask for the editions once within, and again after each wait for a lock and each change of reference data."""
    if _steady.get() is not None:
        yield
        return
    held: list[dict[str, Edition]] = []
    token = _steady.set(held)
    try:
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(_forgetting(held)):
            yield
    finally:
        _steady.reset(token)


def _forgetting(held: list[dict[str, Edition]]) -> Callable[..., Any]:
    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        try:
            return execute(sql, params, many, context)
        finally:
            if held and (_LOCKS.search(sql) or (_WRITES.match(sql) and any(table in sql for table in tables))):
                held.clear()

    return run


def editions() -> dict[str, Edition]:
    """By table: the newest edition and how many are kept; the pair is another after every change."""
    held = _steady.get()
    if held:
        return held[0]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute('SELECT "table", max(id), count(*) FROM core_edition GROUP BY "table"')
        found = {table: (newest, count) for table, newest, count in cursor.fetchall()}
    if held is not None:
        held.append(found)
    return found


class Reference(Generic[T]):
    """What ``read()`` makes of some tables of reference data, kept until one of them changes.

    What is kept is shared by every thread of the process: nobody may change it. ``read`` asks the primary
    database, as the editions are asked there.
    """

    def __init__(self, read: Callable[[], T], *names: str) -> None:
        self._read = read
        self._names = names
        self._kept: tuple[tuple[Edition | None, ...], T] | None = None
        tables.update(names)

    def get(self) -> T:
        """What holds now."""
        now = editions()
        edition = tuple(now.get(name) for name in self._names)
        kept = self._kept
        if kept is None or kept[0] != edition:
            kept = self._kept = (edition, self._read())
        return kept[1]


class _KnownDescriptor(ForwardManyToOneDescriptor):
    def get_object(self, instance: models.Model) -> Any:
        find = finders.get(self.field.remote_field.model)
        if find is None:
            return super().get_object(instance)
        return find(getattr(instance, self.field.attname))


class KnownKey(models.ForeignKey[Any, Any]):
    """A foreign key to reference data: its object is taken from what the process knows, without a query or join.

    The object is shared: whoever wants to change it reads it by itself.
    """

    forward_related_accessor_class = _KnownDescriptor

    def deconstruct(self) -> Any:
        """As a plain foreign key: the database sees no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


def thin() -> int:
    """Keep one edition row of each table, a new one; returns how many rows went.

    A new row, because a count that falls and rises again under the same newest row could be taken for an
    edition that was seen before.
    """
    with transaction.atomic():
        crowded = EditionRow.objects.values("table").annotate(n=models.Count("pk"), newest=models.Max("pk"))
        gone = 0
        for row in list(crowded.filter(n__gt=50).order_by("table")):
            EditionRow.objects.create(table=row["table"])
            gone += EditionRow.objects.filter(table=row["table"], pk__lte=row["newest"]).delete()[0]
    return gone
