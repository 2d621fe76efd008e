"""Delta rows, folding exactly once, and the recount that proves it."""

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import figures
from core.figures import STOCK_DAY, Counted, Fact, FigureDay, FigureDelta, Source, Span, spread
from core.recounting import recount
from tests.things.models import Thing

DAY = date(2026, 3, 2)
SPAN = Span(DAY, DAY + timedelta(days=6))


def fact(key="things.in", day=DAY, places=(0, 7), dimension="red") -> Fact:
    return Fact(key, day, places, dimension)


def total(key="things.in", place=7, dimension="", span=SPAN) -> Counted:
    found = figures.totals(keys=[key], places=[place], span=span, dimensions=[dimension])
    return found.get((key, place, dimension), Counted(0, 0))


def facts_of(thing: Thing) -> list[Fact]:
    """A thing counts under the day and the colour in its name: "2026-03-02 red"."""
    day, _space, colour = thing.name.partition(" ")
    return [fact(day=date.fromisoformat(day), dimension=colour), fact("things.open", STOCK_DAY, dimension=colour)]


@pytest.fixture
def counted_things():
    """Things count for the time of a test, and cases do not."""
    kept = dict(figures.sources._items)
    figures.sources._items.clear()
    source = Source(Thing, facts_of, ("name",), ("things.in", "things.open"))
    figures.sources.register("things.thing", source)
    yield
    figures.sources._items.clear()
    figures.sources._items.update(kept)


def test_a_fact_is_counted_at_once_and_stays_so_when_folded(db):
    figures.write([], [fact(), fact(dimension="")])
    for _time in range(2):
        assert total() == Counted(2, 0)
        assert total(place=0) == Counted(2, 0)
        assert total(dimension="red") == Counted(1, 0)
        assert total(place=8) == Counted(0, 0)
        figures.fold()
    assert FigureDelta.objects.count() == 0


def test_only_what_changed_is_written(db):
    figures.write([fact(), fact("things.open", STOCK_DAY)], [fact(), fact("things.out")])
    assert {(row.key, row.n) for row in FigureDelta.objects.all()} == {("things.open", -1), ("things.out", 1)}
    figures.write([fact()], [fact()])
    assert FigureDelta.objects.count() == 2


def test_days_outside_the_span_are_the_ones_before_or_nobodys(db):
    days = (SPAN.start - timedelta(days=8), SPAN.start - timedelta(days=7), SPAN.start - timedelta(days=1),
            SPAN.start, SPAN.end, SPAN.end + timedelta(days=1))  # fmt: skip
    figures.write([], [fact(day=day) for day in days])
    assert total() == Counted(2, 2)
    figures.fold()
    assert total() == Counted(2, 2)


def test_what_has_no_day_is_there_in_every_span(db):
    figures.write([], [fact("things.open", STOCK_DAY)])
    assert total("things.open", span=Span(date(2020, 1, 1), date(2020, 1, 1))) == Counted(1, 0)


def test_every_dimension_can_be_asked_for(db):
    figures.write([], [fact(), fact(dimension="blue"), fact(dimension="blue", day=SPAN.start - timedelta(days=1))])
    found = figures.totals(keys=["things.in"], places=[7], span=SPAN, dimensions=None)
    assert {dimension: n for (_key, _place, dimension), n in found.items()} == {
        "": Counted(2, 1), "red": Counted(1, 0), "blue": Counted(1, 1)
    }  # fmt: skip


def test_what_is_folded_comes_in_pieces(db):
    figures.write([], [fact(dimension=str(n)) for n in range(7)])
    assert [figures.fold(limit=3) for _time in range(4)] == [3, 3, 1, 0]
    assert total() == Counted(7, 0)
    assert FigureDay.objects.get(place=7, dimension="").n == 7


def test_a_folder_that_dies_has_done_nothing(db):
    figures.write([], [fact()])

    def die_after_folding() -> None:
        with transaction.atomic():
            figures.fold()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die_after_folding()
    assert FigureDelta.objects.count() == 1
    assert total() == Counted(1, 0)
    figures.fold()
    assert total() == Counted(1, 0)


@pytest.mark.django_db(transaction=True)
def test_many_folders_and_writers_count_everything_once():
    figures.write([], [fact(dimension=str(n % 5)) for n in range(200)])
    wrong: list[BaseException] = []

    def work(task) -> None:
        try:
            for number in range(20):
                task(number)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    def add(number: int) -> None:
        figures.write([], [fact(dimension=str(number % 5)), fact("things.open", STOCK_DAY)])

    tasks = [add, add, *[lambda _n: figures.fold(limit=7)] * 4]
    threads = [threading.Thread(target=work, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert total() == Counted(240, 0)
    while figures.fold():
        continue
    assert total() == Counted(240, 0)
    assert FigureDay.objects.get(key="things.open", place=0, dimension="").n == 40


FACTS = st.builds(
    fact,
    key=st.sampled_from(["things.in", "things.out"]),
    day=st.dates(DAY, DAY + timedelta(days=3)),
    places=st.sampled_from([(0,), (0, 7), (0, 7, 9)]),
    dimension=st.sampled_from(["", "red", "blue"]),
)
PIECES = st.lists(st.one_of(st.tuples(st.lists(FACTS, max_size=4), st.lists(FACTS, max_size=4)), st.integers(1, 5)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(pieces=PIECES)
def test_however_it_is_folded_the_sums_are_those_of_the_facts(db, pieces):
    wanted: Counter = Counter()
    FigureDay.objects.all().delete()
    FigureDelta.objects.all().delete()
    for piece in pieces:
        if isinstance(piece, int):
            figures.fold(limit=piece)
            continue
        before, after = piece
        figures.write(before, after)
        wanted.update(Counter(row for one in after for row in spread(one)))
        wanted.subtract(Counter(row for one in before for row in spread(one)))
    for key in ("things.in", "things.out"):
        for place in (0, 7, 9):
            found = figures.totals(keys=[key], places=[place], span=SPAN, dimensions=None)
            for dimension in ("", "red", "blue"):
                sums = sum(n for row, n in wanted.items() if row[:3] == (key, place, dimension))
                assert found.get((key, place, dimension), Counted(0, 0)).now == sums


def make_things(*names: str) -> None:
    for name in names:
        thing = Thing.objects.create(name=name, state="new")
        figures.write([], facts_of(thing))


def test_a_recount_of_what_was_written_finds_nothing(db, counted_things):
    make_things("2026-03-02 red", "2026-03-03 red", "2026-03-03 ")
    figures.fold(limit=3)
    found = recount(mend=False, batch=2)
    assert (found.subjects, found.count, found.shown) == (3, 0, [])


def test_a_recount_names_what_differs_and_mends_it(db, counted_things, capsys):
    make_things("2026-03-02 red", "2026-03-03 blue")
    figures.fold(limit=3)
    FigureDay.objects.filter(place=7, dimension="").update(n=50)
    Thing.objects.filter(name="2026-03-03 blue").update(name="2026-03-04 blue")
    with pytest.raises(CommandError, match="sums differ"):
        call_command("recount", "--check")
    assert "things.in on 2026-03-04 in 7: kept 0, counted 1" in capsys.readouterr().out
    call_command("recount")
    assert "put right" in capsys.readouterr().out
    call_command("recount", "--check")
    assert total() == Counted(2, 0)
    figures.fold()
    assert total() == Counted(2, 0)
    assert recount(mend=False).count == 0


def test_a_recount_of_some_days_leaves_the_others_alone(db, counted_things):
    make_things("2026-03-02 red", "2026-03-05 red")
    figures.fold()
    FigureDay.objects.filter(place=7).update(n=9)
    recount(mend=True, start=date(2026, 3, 5), end=date(2026, 3, 5))
    assert {(row.key, row.day, row.n) for row in FigureDay.objects.filter(place=7, dimension="")} == {
        ("things.in", date(2026, 3, 2), 9), ("things.in", date(2026, 3, 5), 1), ("things.open", STOCK_DAY, 9)
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_is_written_during_a_recount_is_kept(counted_things, monkeypatch):
    """A step that comes between the snapshot and the mending is neither lost nor counted twice."""
    make_things("2026-03-02 red")
    FigureDelta.objects.all().delete()
    read = figures.sources.get("things.thing").facts
    came = []

    def slow(thing):
        if not came:
            came.append(thing)
            other = threading.Thread(target=lambda: (make_things("2026-03-02 red"), figures.fold(), connection.close()))
            other.start()
            other.join()
        return read(thing)

    figures.sources._items["things.thing"] = Source(Thing, slow, ("name",), ("things.in", "things.open"))
    assert recount(mend=True).subjects == 1
    assert total() == Counted(2, 0)
    assert recount(mend=False).count == 0
