"""Pages of a long list by the key of their first and last rows: no OFFSET, no COUNT.

The thousandth page costs what the first one does, and a row that comes or goes meanwhile neither repeats
nor hides another. A page's place is told by a signed token; one that was changed, or was made for another
list or order, opens the first page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
_SALT = "core.pager"
_MAX_TOKEN = 2000
Way = Literal["next", "previous"]


@dataclass(frozen=True)
class _Column:
    """One column of the order. `down` is descending; `null` says that it may hold NULL."""

    name: str
    down: bool
    null: bool


class Pager(Generic[Row]):
    """One page of a queryset.

    NULL counts as greater than every value, as in PostgreSQL's own order: last going up, first going down.
    So a plain index on the order's columns serves both directions.

    Attributes:
        items: the rows of the page, in order.
        next: the token of the following page, or None on the last one.
        previous: the token of the page before, or None on the first one.
        size: at most how many rows a page has.
    """

    def __init__(
        self, queryset: QuerySet[Row], *, order: Sequence[str], after: str | None = None, size: int = 50
    ) -> None:
        """Read one page, with one query (two where the page reaches over the edge of the NULLs).

        Args:
            queryset: what to page through; its own order is replaced.
            order: columns as for `order_by`, also over relations ("area__name") and annotations; the
                primary key is added at the end where it is missing, so that no two rows are equal.
            after: the token of a page, as `next` or `previous` of another page gave it.
            size: rows per page, at least 1.

        Raises:
            ValueError: size is below 1, or order is empty.
        """
        if size < 1 or not order:
            raise ValueError("a page needs a size of at least 1 and an order")
        self.size = size
        self._queryset = queryset
        self._columns = _columns(queryset, order)
        self.items, self.next, self.previous = self._read(self._open(after))

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows of the page."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return the number of rows on this page (not of the whole list)."""
        return len(self.items)

    def _read(self, place: "_Place | None") -> tuple[list[Row], str | None, str | None]:
        if place is not None and place.way == "previous":
            rows = self._fetch(place, back=True)
            items = rows[: self.size][::-1]
            if len(items) == self.size:
                before = self._token("previous", items[0]) if len(rows) > self.size else None
                return items, self._token("next", items[-1]), before
            # Fewer than a page lie before: the first page, filled, is what one wants to see.
            place = None
        rows = self._fetch(place, back=False)
        if place is not None and not rows:
            place = None
            rows = self._fetch(None, back=False)
        items = rows[: self.size]
        following = self._token("next", items[-1]) if len(rows) > self.size else None
        return items, following, self._token("previous", items[0]) if place is not None else None

    def _fetch(self, place: "_Place | None", *, back: bool) -> list[Row]:
        """Read up to one row more than a page, from the place on, in the direction of reading."""
        columns = [_Column(c.name, c.down != back, c.null) for c in self._columns]
        ordered = self._queryset.order_by(*(F(c.name).desc() if c.down else F(c.name).asc() for c in columns))
        wanted = self.size + 1
        if place is None:
            return list(ordered[:wanted])
        rows: list[Row] = []
        for part in _parts(columns, place.values):
            rows.extend(ordered.filter(part)[: wanted - len(rows)])
            if len(rows) >= wanted:
                break
        return rows

    def _token(self, way: Way, row: Row) -> str:
        values = [_packed(_value_of(row, column.name)) for column in self._columns]
        return signing.dumps([way, *values], salt=self._salt(), compress=True)

    def _open(self, token: str | None) -> "_Place | None":
        if not token or len(token) > _MAX_TOKEN:
            return None
        try:
            way, *packed = signing.loads(token, salt=self._salt())
            values = [_unpacked(value) for value in packed]
        except (signing.BadSignature, ValueError, TypeError, ArithmeticError):
            return None
        if way not in ("next", "previous") or len(values) != len(self._columns):
            return None
        return _Place(way, values)

    def _salt(self) -> str:
        order = ",".join(f"-{c.name}" if c.down else c.name for c in self._columns)
        return f"{_SALT}:{self._queryset.model._meta.label_lower}:{order}"


@dataclass(frozen=True)
class _Place:
    """Between two rows: which way to read from there, and the order's values of the row it was left at."""

    way: Way
    values: list[Any]


def _columns(queryset: QuerySet[Any], order: Sequence[str]) -> list[_Column]:
    pk = queryset.model._meta.pk.name
    names = [name[1:] if name.startswith("-") else name for name in order]
    columns = [
        _Column(pk if name == "pk" else name, given.startswith("-"), _may_be_null(queryset, name))
        for name, given in zip(names, order, strict=True)
    ]
    if pk not in (column.name for column in columns):
        columns.append(_Column(pk, columns[-1].down, null=False))
    return columns


def _may_be_null(queryset: QuerySet[Any], name: str) -> bool:
    """Whether a column may hold NULL; of an annotation nobody knows, so it may."""
    if name == "pk":
        return False
    model, null = queryset.model, False
    for part in name.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        null = null or bool(getattr(found, "null", True))
        model = found.related_model or model
    return null


def _parts(columns: list[_Column], values: list[Any]) -> Iterator[Q]:
    """Give the conditions for "behind this row", to be read one after the other.

    Where the first column may hold NULL, the rows with and without it are read apart: each part is then one
    stretch of the index, which an OR over both is not.
    """
    first, value = columns[0], values[0]
    behind = _behind(columns, values)
    if not first.null:
        yield behind & _from(first, value)
    elif value is None:
        yield Q(**{f"{first.name}__isnull": True}) & behind
        if first.down:
            yield Q(**{f"{first.name}__isnull": False})
    else:
        yield behind & _from(first, value) & Q(**{f"{first.name}__isnull": False})
        if not first.down:
            yield Q(**{f"{first.name}__isnull": True})


def _from(column: _Column, value: Any) -> Q:
    """The bound that the index can use; `_behind` says the rest."""
    return Q(**{f"{column.name}__{'lte' if column.down else 'gte'}": value})


def _behind(columns: list[_Column], values: list[Any]) -> Q:
    """Rows that come after the given values: a later first column, or the same and a later second, …"""
    ways: list[Q] = []
    same = Q()
    for column, value in zip(columns, values, strict=True):
        later = _later(column, value)
        if later is not None:
            ways.append(same & later)
        same &= Q(**{f"{column.name}__isnull": True}) if value is None else Q(**{column.name: value})
    return reduce(Q.__or__, ways)


def _later(column: _Column, value: Any) -> Q | None:
    """Values of one column that come after the given one; None where none can."""
    if value is None:
        return Q(**{f"{column.name}__isnull": False}) if column.down else None
    beyond = Q(**{f"{column.name}__{'lt' if column.down else 'gt'}": value})
    if column.null and not column.down:
        beyond |= Q(**{f"{column.name}__isnull": True})
    return beyond


def _value_of(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _packed(value: Any) -> Any:
    """Make a value fit for JSON, with a letter that says what it was."""
    match value:
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Decimal():
            return ["n", str(value)]
        case UUID():
            return ["u", value.hex]
        case None | bool() | int() | float() | str():
            return ["v", value]
    raise TypeError(f"a list cannot be paged by a {type(value).__name__}")


def _unpacked(packed: Any) -> Any:
    kind, value = packed
    readers: dict[str, Callable[[Any], Any]] = {
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "n": Decimal,
        "u": UUID,
    }
    return readers[kind](value) if kind in readers else value
