"""Pages by key: every row once, in both directions, at a fixed cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.models import Photo
from core.pager import Pager

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def row(number, *, taken=None, width=1, owner="person:1"):
    return Photo(
        owner=owner,
        content_type="image/jpeg",
        byte_size=1,
        width=width,
        height=1,
        sha256="",
        created_at=START + timedelta(seconds=number),
        expires_at=START,
        taken_at=taken,
        original_key=f"photos/{number}",
    )


def fill(rows):
    Photo.objects.bulk_create(rows)


def walk(order, size, queryset=None):
    """All pages forwards, and all pages backwards from the last one, as lists of rows."""
    queryset = Photo.objects.all() if queryset is None else queryset
    page = Pager(queryset, order=order, size=size)
    forwards = [page.items]
    while page.next:
        page = Pager(queryset, order=order, after=page.next, size=size)
        forwards.append(page.items)
    backwards = [page.items]
    while page.previous:
        page = Pager(queryset, order=order, after=page.previous, size=size)
        backwards.append(page.items)
    return forwards, backwards[::-1]


ORDERS = [
    ("created_at", "id"),
    ("-created_at", "-id"),
    ("width", "-created_at"),
    ("-width", "created_at", "id"),
    ("taken_at", "id"),
    ("-taken_at", "id"),
    ("width", "taken_at", "-id"),
    ("-width", "-taken_at"),
    ("taken_at", "-attached_at", "created_at"),
    ("-taken_at", "attached_at", "-created_at"),
    ("pk",),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 3, 4, 50])
def test_every_row_comes_once_and_in_order(order, size):
    fill([row(n, taken=START + timedelta(hours=n % 4) if n % 3 else None, width=1 + n % 2) for n in range(12)])
    names = [*order, "pk"]

    forwards, backwards = walk(order, size)

    flat = [item.pk for page in forwards for item in page]
    assert flat == list(Photo.objects.order_by(*names[:-1], _pk(order)).values_list("pk", flat=True))
    assert [item.pk for item in backwards[0]] == flat[:size]
    assert all(item.pk in flat for page in backwards for item in page)
    assert len({item.pk for page in backwards for item in page}) == len(flat)


def _pk(order):
    return "-pk" if order[-1].startswith("-") else "pk"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.integers(0, 3), st.integers(1, 2)), max_size=14),
    st.sampled_from(ORDERS),
    st.integers(1, 6),
)
def test_no_row_is_lost_or_repeated(values, order, size):
    Photo.objects.all().delete()
    fill([row(n, taken=None if t is None else START + timedelta(hours=t), width=w) for n, (t, w) in enumerate(values)])
    forwards, _backwards = walk(order, size)
    flat = [item.pk for page in forwards for item in page]
    assert flat == list(Photo.objects.order_by(*order, _pk(order)).values_list("pk", flat=True))


def test_the_first_page_has_no_previous_and_the_last_no_next():
    fill([row(n) for n in range(5)])
    first = Pager(Photo.objects.all(), order=("created_at",), size=3)
    last = Pager(Photo.objects.all(), order=("created_at",), after=first.next, size=3)
    assert (first.previous, last.next) == (None, None)
    assert (len(first), len(last)) == (3, 2)
    back = Pager(Photo.objects.all(), order=("created_at",), after=last.previous, size=3)
    assert list(back) == list(first)
    assert back.previous is None
    again = Pager(Photo.objects.all(), order=("created_at",), after=back.next, size=3)
    assert list(again) == list(last)


def test_exactly_one_full_page_has_no_next():
    fill([row(n) for n in range(3)])
    assert Pager(Photo.objects.all(), order=("created_at",), size=3).next is None


def test_an_empty_list_is_one_empty_page():
    page = Pager(Photo.objects.all(), order=("created_at",))
    assert (page.items, page.next, page.previous) == ([], None, None)


def test_times_are_kept_to_the_microsecond():
    fill([row(0), row(1)])
    Photo.objects.update(created_at=F("created_at"))
    page = Pager(Photo.objects.all(), order=("created_at",), size=1)
    following = Pager(Photo.objects.all(), order=("created_at",), after=page.next, size=1)
    assert following.items != page.items


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1] + ("y" if t[-1] == "x" else "x"),
        lambda t: "x" + t,
        lambda t: t * 90,
        lambda _t: "%00",
        str.upper,
    ],
)
def test_a_token_that_was_changed_opens_the_first_page(spoil):
    fill([row(n) for n in range(6)])
    first = Pager(Photo.objects.all(), order=("created_at",), size=2)
    page = Pager(Photo.objects.all(), order=("created_at",), after=spoil(first.next), size=2)
    assert page.items == first.items
    assert page.previous is None


def test_a_token_of_another_order_opens_the_first_page():
    fill([row(n) for n in range(6)])
    token = Pager(Photo.objects.all(), order=("created_at",), size=2).next
    page = Pager(Photo.objects.all(), order=("-created_at",), after=token, size=2)
    assert page.previous is None


def test_rows_that_came_or_went_neither_hide_nor_repeat_others():
    fill([row(n) for n in range(0, 12, 2)])
    first = Pager(Photo.objects.all(), order=("created_at",), size=2)
    fill([row(1)])
    first.items[1].delete()
    page = Pager(Photo.objects.all(), order=("created_at",), after=first.next, size=2)
    assert [item.original_key for item in page] == ["photos/4", "photos/6"]


def test_a_page_that_has_become_empty_gives_the_first_one():
    fill([row(n) for n in range(3)])
    first = Pager(Photo.objects.all(), order=("created_at",), size=2)
    Photo.objects.filter(pk=Photo.objects.order_by("created_at").last().pk).delete()
    page = Pager(Photo.objects.all(), order=("created_at",), after=first.next, size=2)
    assert [item.original_key for item in page] == ["photos/0", "photos/1"]
    assert page.previous is None


def test_annotations_may_order():
    fill([row(n, width=1 + n % 3) for n in range(7)])
    queryset = Photo.objects.annotate(double=F("width") * 2)
    forwards, _backwards = walk(("-double",), 2, queryset)
    assert [item.double for page in forwards for item in page] == [6, 6, 4, 4, 2, 2, 2]


def test_a_page_is_one_query_without_offset_or_count():
    fill([row(n) for n in range(9)])
    first = Pager(Photo.objects.all(), order=("created_at",), size=2)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Pager(Photo.objects.all(), order=("created_at",), after=first.next, size=2)
    assert len(queries) == 1
    sql = queries[0]["sql"]
    assert "OFFSET" not in sql
    assert "COUNT" not in sql


def test_an_index_on_the_order_serves_a_late_page():
    fill([row(n) for n in range(3000)])
    ordered = list(Photo.objects.order_by("created_at", "id"))
    page = Pager(Photo.objects.filter(owner="person:1", attached_to=""), order=("created_at",), size=50)
    token = page._token("next", ordered[2000])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_photo")
    with CaptureQueriesContext(connection) as queries:
        Pager(
            Photo.objects.filter(owner="person:1", attached_to=""),
            order=("created_at",),
            after=token,
            size=50,
        )
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond" in plan
    assert "created_at >=" in plan.split("Index Cond", 1)[1].splitlines()[0]


@pytest.mark.parametrize(("order", "size"), [((), 5), (("created_at",), 0)])
def test_a_page_without_order_or_size_is_refused(order, size):
    with pytest.raises(ValueError, match="size"):
        Pager(Photo.objects.all(), order=order, size=size)
