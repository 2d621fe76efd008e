"""Working time: holidays, make-up workdays, hours, pauses, and what is not known."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.worktime import CITY, Calendar, NoWorkingTime, OpenPause

HOLIDAYS = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays"

# National Day 2026: off 1 to 7 October; the Saturday 10 October is made up for it.
DAYS = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
OFFICE = Calendar(days=DAYS)


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CITY)


@pytest.mark.parametrize(
    ("start", "minutes", "end", "why"),
    [
        ("2026-11-23 09:00", 60, "2026-11-23 10:00", "within the morning"),
        ("2026-11-23 11:30", 60, "2026-11-23 14:30", "over noon"),
        ("2026-11-23 17:00", 120, "2026-11-24 10:00", "over night"),
        ("2026-11-23 17:00", 60, "2026-11-23 18:00", "to the very end of the day"),
        ("2026-11-23 22:15", 30, "2026-11-24 09:30", "a report by night"),
        ("2026-11-23 12:30", 30, "2026-11-23 14:30", "a report at noon"),
        ("2026-11-23 06:00", 30, "2026-11-23 09:30", "a report before the office opens"),
        ("2026-11-20 17:30", 60, "2026-11-23 09:30", "over a weekend"),
        ("2026-09-30 17:00", 120, "2026-10-08 10:00", "over National Day"),
        ("2026-10-09 17:00", 120, "2026-10-10 10:00", "into a make-up Saturday"),
        ("2026-10-10 17:00", 120, "2026-10-12 10:00", "the Sunday after it is off"),
        ("2026-11-23 22:15", 0, "2026-11-23 22:15", "nothing to wait for"),
        ("2026-11-23 09:00", 7 * 60 * 5, "2026-11-27 18:00", "a whole week"),
    ],
)
def test_working_minutes_are_added(start, minutes, end, why):
    assert OFFICE.add(at(start), minutes) == at(end), why


def test_the_answer_is_in_the_zone_of_the_calendar():
    end = OFFICE.add(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 60)
    assert end == at("2026-11-23 10:00")
    assert end.tzinfo == CITY


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23 09:00", "2026-11-23 18:00", 420),
        ("2026-11-23 00:00", "2026-11-24 00:00", 420),
        ("2026-11-20 18:00", "2026-11-23 09:00", 0),
        ("2026-10-01 00:00", "2026-10-08 00:00", 0),
        ("2026-10-10 00:00", "2026-10-11 00:00", 420),
        ("2026-11-23 11:00", "2026-11-23 15:00", 120),
        ("2026-11-23 15:00", "2026-11-23 11:00", -120),
    ],
)
def test_working_minutes_between_two_moments(start, end, minutes):
    assert OFFICE.between(at(start), at(end)) == minutes


def test_pauses_do_not_count_in_any_order_and_only_once_where_they_overlap():
    pauses = [
        (at("2026-11-23 10:30"), at("2026-11-23 11:00")),
        (at("2026-11-23 10:00"), at("2026-11-23 10:45")),
        (at("2026-11-22 08:00"), at("2026-11-22 23:00")),
    ]
    assert OFFICE.between(at("2026-11-23 09:00"), at("2026-11-23 12:00"), pauses=pauses) == 120
    assert OFFICE.add(at("2026-11-23 09:00"), 120, pauses=pauses) == at("2026-11-23 12:00")


def test_a_pause_that_goes_on_stops_the_clock():
    pause = [(at("2026-11-23 10:00"), None)]
    assert OFFICE.between(at("2026-11-23 09:00"), at("2026-12-23 10:00"), pauses=pause) == 60
    assert OFFICE.add(at("2026-11-23 09:00"), 60, pauses=pause) == at("2026-11-23 10:00")
    with pytest.raises(OpenPause):
        OFFICE.add(at("2026-11-23 09:00"), 61, pauses=pause)


def test_a_later_open_pause_does_not_count_a_span_twice():
    pause = [(at("2026-11-23 16:00"), None)]
    assert OFFICE.between(at("2026-11-23 09:00"), at("2026-11-23 12:00"), pauses=pause) == 180
    assert OFFICE.add(at("2026-11-23 09:00"), 240, pauses=pause) == at("2026-11-23 15:00")


def test_an_office_open_on_saturday_mornings_works_whole_make_up_saturdays():
    hours = dict.fromkeys(range(5), ((time(9), time(18)),)) | {5: ((time(9), time(12)),)}
    calendar = Calendar(days=DAYS, hours=hours)
    assert calendar.hours_of(date(2026, 11, 21)) == ((time(9), time(12)),)
    assert calendar.hours_of(date(2026, 10, 3)) == ()
    assert calendar.hours_of(date(2026, 10, 10)) == ((time(9), time(18)),)
    own = Calendar(days=DAYS, hours=hours, makeup=((time(10), time(11)),))
    assert own.hours_of(date(2026, 10, 10)) == ((time(10), time(11)),)


def test_round_the_clock_every_minute_counts():
    always = Calendar.always()
    assert always.add(at("2026-10-01 23:30"), 60) == at("2026-10-02 00:30")
    assert always.between(at("2026-10-01 00:00"), at("2026-10-08 00:00")) == 7 * 24 * 60


def test_open_and_next_opening():
    assert OFFICE.is_open(at("2026-11-23 09:00"))
    assert not OFFICE.is_open(at("2026-11-23 12:00"))
    assert OFFICE.next_open(at("2026-11-20 18:00")) == at("2026-11-23 09:00")
    assert OFFICE.next_open(at("2026-11-23 10:10")) == at("2026-11-23 10:10")
    assert OFFICE.is_working_day(date(2026, 10, 10))
    assert not OFFICE.is_working_day(date(2026, 10, 5))


def test_an_unknown_year_counts_its_weekends_and_is_named():
    start, end = at("2026-09-30 17:00"), at("2028-10-02 10:00")
    assert OFFICE.unknown_years(start, end) == (2027, 2028)
    assert OFFICE.unknown_years(end, start) == (2027, 2028)
    assert OFFICE.is_working_day(date(2027, 10, 1)), "a Friday: nobody has said that it is off"
    assert not OFFICE.is_working_day(date(2027, 10, 2))
    assert Calendar(days=DAYS, known_years=frozenset({2027})).unknown_years(start, start) == (2026,)


def test_the_year_is_the_one_of_the_city():
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert OFFICE.unknown_years(new_year, new_year) == (2027,)


def test_a_day_of_a_neighbouring_year_does_not_make_a_year_known():
    calendar = Calendar(days={**DAYS, date(2025, 12, 31): False})
    assert calendar.unknown_years(at("2025-12-31 10:00"), at("2026-01-01 10:00")) == (2025,)


def test_clock_changes_of_other_zones_are_counted_in_time_that_passes():
    berlin = Calendar.always(ZoneInfo("Europe/Berlin"))
    day = datetime(2026, 3, 29, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.between(day, day + timedelta(days=1)) == 23 * 60
    assert berlin.between(day + timedelta(hours=1), day + timedelta(hours=6)) == 4 * 60
    assert berlin.add(day + timedelta(hours=1), 4 * 60) == day + timedelta(hours=6)


@pytest.mark.parametrize(
    "hours",
    [
        {0: ((time(9), time(9)),)},
        {0: ((time(10), time(9)),)},
        {0: ((time(9), time(12)), (time(11), time(13)))},
        {0: ((time(9), time(0)), (time(11), time(13)))},
        {7: ((time(9), time(12)),)},
        {},
        {0: ()},
    ],
)
def test_hours_that_make_no_sense_are_refused(hours):
    with pytest.raises(ValueError, match=r"weekday|span"):
        Calendar(hours=hours)


def test_bad_questions_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.add(at("2026-11-23 09:00").replace(tzinfo=None), 5)
    with pytest.raises(ValueError, match="negative"):
        OFFICE.add(at("2026-11-23 09:00"), -1)
    with pytest.raises(ValueError, match="after it begins"):
        OFFICE.add(at("2026-11-23 09:00"), 1, pauses=[(at("2026-11-23 10:00"), at("2026-11-23 09:00"))])


def test_a_calendar_that_never_opens_says_so():
    mondays = Calendar(hours={0: ((time(9), time(10)),)})
    closed = {date(2026, 1, 5) + timedelta(weeks=week): False for week in range(700)}
    with pytest.raises(NoWorkingTime):
        Calendar(days=closed, hours=mondays.hours).add(at("2026-01-05 09:00"), 5)


moments = st.integers(0, 2 * 365 * 24 * 3600).map(lambda n: at("2026-01-01 00:00") + timedelta(seconds=n))
minutes = st.integers(0, 20_000)
pauses = st.lists(
    st.tuples(moments, st.integers(0, 30_000)).map(lambda p: (p[0], p[0] + timedelta(minutes=p[1]))),
    max_size=5,
)
span = st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda s: s[0] < s[1])
spans = span.map(lambda s: ((time(s[0]), time(s[1])),)) | st.just(OFFICE.hours[0]) | st.just(())
calendars = st.builds(
    Calendar,
    days=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=40),
    hours=st.dictionaries(st.integers(0, 6), spans, min_size=1).filter(lambda week: any(week.values())),
)


@settings(deadline=None)
@given(calendars, moments, minutes, pauses)
def test_between_gives_back_what_was_added(calendar, start, added, breaks):
    end = calendar.add(start, added, pauses=breaks)
    assert calendar.between(start, end, pauses=breaks) == added


@settings(deadline=None)
@given(calendars, moments, minutes, minutes, pauses)
def test_more_minutes_never_end_earlier(calendar, start, one, other, breaks):
    less, more = sorted((one, other))
    assert start <= calendar.add(start, less, pauses=breaks) <= calendar.add(start, more, pauses=breaks)


@settings(deadline=None)
@given(calendars, moments, moments, minutes)
def test_a_later_start_never_ends_earlier(calendar, one, other, added):
    early, late = sorted((one, other))
    assert calendar.add(early, added) <= calendar.add(late, added)


@settings(deadline=None)
@given(calendars, moments, moments, moments, pauses)
def test_time_between_adds_up(calendar, one, two, three, breaks):
    a, b, c = sorted((one, two, three))
    whole = calendar.between(a, c, pauses=breaks)
    assert whole == pytest.approx(calendar.between(a, b, pauses=breaks) + calendar.between(b, c, pauses=breaks))
    assert 0 <= whole <= (c - a) / timedelta(minutes=1)


@settings(deadline=None)
@given(calendars, moments, minutes, pauses)
def test_a_pause_never_makes_it_earlier(calendar, start, added, breaks):
    assert calendar.add(start, added, pauses=breaks) >= calendar.add(start, added)


@pytest.mark.skipif(not HOLIDAYS.is_dir(), reason="the published holiday lists are not beside the repository")
def test_the_published_lists_give_the_working_days_that_the_state_council_set():
    days = {}
    for path in sorted(HOLIDAYS.glob("holiday-cn-[0-9]*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["days"]:
            days[date.fromisoformat(entry["date"])] = not entry["isOffDay"]
    calendar = Calendar(days=days)

    assert calendar.unknown_years(at("2023-01-01 00:00"), at("2027-06-01 00:00")) == (2027,)
    assert not calendar.is_working_day(date(2026, 2, 17)), "the first day of the year of the horse"
    makeup = [day for day, works in days.items() if works and day.weekday() >= 5]
    assert makeup
    assert all(calendar.is_working_day(day) for day in makeup)
    for year in (2023, 2024, 2025, 2026):
        first = date(year, 1, 1)
        working = sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(365))
        assert 247 <= working <= 252, year
