"""The two clocks: hours by category and urgency, round the clock, pauses, granted dates, merged reports."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.worktime import Calendar
from grievances import clocks
from grievances.actions.timing import clocks_of
from grievances.clocks import Promise, clocks_for, promised, reckon
from grievances.models import Case, Category

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the city
DAYS = Calendar(days={date(2026, 4, 6): False, date(2026, 2, 28): True, date(2026, 10, 1): False})
PROMISE = Promise(4, 40)


@pytest.fixture
def gas(town) -> Category:
    gas = town.categories["gas"]
    gas.urgent_contact_hours, gas.urgent_done_hours = 1, 4
    return gas


def test_an_urgent_case_has_the_hours_of_urgent_ones(town, gas):
    normal = clocks_for(town.grid, gas, MONDAY)
    urgent = clocks_for(town.grid, gas, MONDAY, urgency="urgent")
    assert urgent.due_at < normal.due_at
    assert promised(gas, "urgent") == Promise(1, 4)


def test_without_hours_of_their_own_urgent_ones_have_the_normal_ones(town):
    leak = town.categories["leak"]
    assert clocks_for(town.grid, leak, MONDAY, urgency="urgent") == clocks_for(town.grid, leak, MONDAY)


@pytest.mark.parametrize(
    ("setting", "urgency", "counts"),
    [("", "urgent", False), ("urgent", "normal", False), ("urgent", "urgent", True), ("always", "normal", True)],
)
def test_nights_count_where_the_category_says_so(town, gas, setting, urgency, counts):
    gas.round_the_clock = setting
    saturday = datetime(2026, 3, 7, 15, 0, tzinfo=UTC)
    due = clocks_for(town.grid, gas, saturday, urgency=urgency).due_at
    hours = 4 if urgency == "urgent" else 8
    assert (due == saturday + timedelta(hours=hours)) is counts


@pytest.mark.parametrize("hours", [{"urgent_contact_hours": 3}, {"urgent_done_hours": 17}, {"urgent_done_hours": 1}])
def test_urgent_is_never_slower_nor_done_before_the_contact(town, hours):
    """The leak promises 2 and 16 hours."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(code="leak").update(**hours)


def test_the_yellow_lights_go_on_at_three_quarters():
    found = reckon(Promise(4, 8), Calendar.always(), MONDAY)
    assert found.warn_contact_at == MONDAY + timedelta(hours=3)
    assert found.warn_at == MONDAY + timedelta(hours=6)


def test_a_category_that_changes_later_changes_no_promise(town):
    case = town.report(category=town.categories["leak"])
    Category.objects.filter(code="leak").update(done_hours=80)
    assert clocks_of(Case.objects.get(pk=case.pk)).due_at == case.due_at


def test_a_pause_that_goes_on_moves_nothing_yet():
    assert reckon(PROMISE, DAYS, MONDAY, [(MONDAY, None)]) == reckon(PROMISE, DAYS, MONDAY)


def test_a_pause_that_ends_in_the_past_or_before_it_began_counts_for_what_it_was():
    early = MONDAY - timedelta(days=9)
    plain = reckon(PROMISE, DAYS, MONDAY)
    assert reckon(PROMISE, DAYS, MONDAY, [(early, early + timedelta(days=1))]) == plain
    assert reckon(PROMISE, DAYS, MONDAY, [(MONDAY, early)]) == plain


def test_a_granted_date_stands_where_it_is_later(town):
    case = town.handling()
    before = case.due_at
    case.extended_to = before + timedelta(days=5)
    assert clocks_of(case).due_at == before + timedelta(days=5)
    assert case.warn_at < clocks_of(case).warn_at < before + timedelta(days=5)
    case.extended_to = before - timedelta(days=5)
    assert clocks_of(case).due_at == before


moments = st.datetimes(datetime(2026, 2, 20), datetime(2026, 10, 10), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(0), timedelta(days=12))
pauses = st.lists(st.tuples(moments, lengths).map(lambda said: (said[0], said[0] + said[1])), max_size=5)
calendars = st.sampled_from([DAYS, Calendar.always(), Calendar(hours={6: ((time(23), time(0)),)})])


@given(moments, st.integers(1, 20), st.integers(20, 60), pauses, calendars)
def test_a_deadline_moves_by_exactly_the_working_time_paused(start, contact, done, rests, calendar):
    """However pauses lie, overlap or touch: from start to deadline, without them, lie the hours promised."""
    found = reckon(Promise(contact, done), calendar, start, rests)
    for due, hours in ((found.contact_due, contact), (found.due_at, done)):
        assert calendar.between(start, due, pauses=rests) == pytest.approx(hours * 60)
        plain = calendar.add(start, hours * 60)
        paused = calendar.between(start, due) - calendar.between(start, due, pauses=rests)
        assert due >= plain
        assert calendar.between(plain, due) == pytest.approx(paused)


@given(moments, pauses, calendars)
def test_yellow_comes_before_red_and_contact_before_completion(start, rests, calendar):
    found = reckon(PROMISE, calendar, start, rests)
    assert start <= found.warn_contact_at <= found.contact_due <= found.due_at
    assert found.warn_at <= found.due_at


def test_a_year_nobody_listed_counts_its_weekends_only():
    new_year = datetime(2031, 12, 31, 9, 0, tzinfo=UTC)
    assert DAYS.unknown_years(new_year, new_year + timedelta(days=3)) == (2031, 2032)
    assert reckon(PROMISE, DAYS, new_year).due_at > new_year


def test_a_day_has_the_minutes_of_its_hours():
    assert clocks.minutes_of_day(DAYS, MONDAY) == 7 * 60
    assert clocks.minutes_of_day(Calendar.always(), MONDAY) == 24 * 60
