"""Working time: adding it to a moment, and how much of it lies between two.

Pure: a calendar is made of plain values (who reads them from tables hands them in), and no function looks
at the clock. All moments must know their time zone. A minute is a working minute where its day is a working
day and it lies within that day's hours.

Holidays and make-up workdays (调休) of the mainland are set year by year by the State Council, usually in
November for the next year. A year that is not known yet counts its weekends only; `unknown_years` says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Hours = tuple[tuple[time, time], ...]
Pause = tuple[datetime, datetime | None]

CITY = ZoneInfo("Asia/Shanghai")
OFFICE: Hours = ((time(9), time(12)), (time(14), time(18)))
OFFICE_WEEK: Mapping[int, Hours] = dict.fromkeys(range(5), OFFICE)
LONGEST_WAIT_DAYS = 3660
_MIDNIGHT = time(0)
_MINUTE = timedelta(minutes=1)


class NoWorkingTime(ValueError):
    """The calendar has no working time, or none for ten years on."""


class OpenPause(ValueError):
    """A moment was asked for that lies beyond a pause whose end is not known."""


@dataclass(frozen=True)
class Calendar:
    """Working days and hours of one office.

    Attributes:
        days: days that differ from their weekday: True works, False is off. A listed Saturday or Sunday
            that works is a make-up workday.
        hours: for each weekday (0 Monday … 6 Sunday) its spans, in order, not overlapping; an end of 00:00
            is the end of the day; a weekday that is missing or has no span is off.
        makeup: the spans of make-up workdays; without it those of the first weekday that has any.
        known_years: the years that `days` covers; without it those whose National Day it lists.
        tz: the zone the hours are meant in.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    hours: Mapping[int, Hours] = field(default_factory=lambda: OFFICE_WEEK)
    makeup: Hours | None = None
    known_years: frozenset[int] | None = None
    tz: ZoneInfo = CITY

    def __post_init__(self) -> None:
        """Refuse hours that make no sense, so that no sum is ever made with them."""
        if not all(0 <= weekday <= 6 for weekday in self.hours):
            raise ValueError("weekdays go from 0 (Monday) to 6 (Sunday)")
        for spans in (*self.hours.values(), self.makeup or ()):
            _check_spans(spans)
        if not any(self.hours.values()):
            raise NoWorkingTime("no weekday has working hours")

    @classmethod
    def always(cls, tz: ZoneInfo = CITY) -> "Calendar":
        """A calendar in which every minute counts, for duties round the clock."""
        return cls(hours=dict.fromkeys(range(7), ((_MIDNIGHT, _MIDNIGHT),)), tz=tz)

    def hours_of(self, day: date) -> Hours:
        """Return the spans of a day; none where it is off."""
        by_weekday = self.hours.get(day.weekday(), ())
        works = self.days.get(day)
        if works is None:
            return by_weekday
        if not works:
            return ()
        if day.weekday() < 5 and by_weekday:
            return by_weekday
        return self.makeup or next(self.hours[number] for number in sorted(self.hours) if self.hours[number])

    def is_working_day(self, day: date) -> bool:
        """Whether any of the day is working time."""
        return bool(self.hours_of(day))

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment is working time; the end of a span is not."""
        return any(start <= moment < end for start, end in self._spans_of(self._day(moment)))

    def next_open(self, moment: datetime) -> datetime:
        """Return the moment itself where it is working time, else the next beginning of it.

        Raises:
            NoWorkingTime: none begins within ten years.
        """
        start, _end = next(self._spans_from(moment))
        return max(start, moment).astimezone(self.tz)

    def add(self, moment: datetime, minutes: float, *, pauses: Sequence[Pause] = ()) -> datetime:
        """Return the earliest moment by which so many working minutes have passed.

        A moment outside the hours begins to count at the next opening. With 0 minutes it is given back
        as it is. What fills a day to its end is due at that end, not at the next opening.

        Args:
            moment: from when.
            minutes: working minutes, not negative; parts of a minute count.
            pauses: (from, until) during which nothing counts, in any order; they may overlap. An until of
                None is a pause that goes on.

        Returns:
            The moment, in the zone of the calendar.

        Raises:
            ValueError: minutes is negative, or a pause ends before it begins.
            OpenPause: the end lies beyond a pause that goes on.
            NoWorkingTime: it does not end within ten years.
        """
        moment = _in_utc(moment)
        if minutes < 0:
            raise ValueError("minutes may not be negative")
        left = minutes * _MINUTE
        if not left:
            return moment.astimezone(self.tz)
        merged = _merged(pauses)
        for start, end in self._spans_from(moment):
            for piece_start, piece_end in _without(max(start, moment), end, merged):
                if piece_end - piece_start >= left:
                    return (piece_start + left).astimezone(self.tz)
                left -= piece_end - piece_start
            if merged and merged[-1][1] is None and merged[-1][0] <= end:
                raise OpenPause("the pause goes on, so the end is not known")
        raise NoWorkingTime("no working time within ten years")

    def between(self, start: datetime, end: datetime, *, pauses: Sequence[Pause] = ()) -> float:
        """Return the working minutes from start to end, outside the pauses.

        Args:
            start: from when.
            end: until when; where it lies before start, the result is negative.
            pauses: as for `add`; one that goes on counts as lasting until the end.

        Returns:
            Minutes; a whole number where all times are whole minutes.
        """
        start, end = _in_utc(start), _in_utc(end)
        if end < start:
            return -self.between(end, start, pauses=pauses)
        merged, total = _merged(pauses), timedelta()
        day, last = self._day(start), self._day(end)
        while day <= last:
            for span_start, span_end in self._spans_of(day):
                for piece_start, piece_end in _without(max(span_start, start), min(span_end, end), merged):
                    total += piece_end - piece_start
            day += timedelta(days=1)
        return total / _MINUTE

    def unknown_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Return the years touched from start to end whose holidays are not known, in order."""
        first, last = sorted((self._day(start).year, self._day(end).year))
        known = self._known()
        return tuple(year for year in range(first, last + 1) if year not in known)

    def _known(self) -> frozenset[int]:
        if self.known_years is not None:
            return self.known_years
        # A year's list names the days around New Year of its neighbours too; National Day is its own.
        return frozenset(day.year for day in self.days if (day.month, day.day) == (10, 1))

    def _day(self, moment: datetime) -> date:
        return _in_utc(moment).astimezone(self.tz).date()

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.hours_of(day):
            last_day = day if end != _MIDNIGHT else day + timedelta(days=1)
            yield (
                datetime.combine(day, start, self.tz).astimezone(UTC),
                datetime.combine(last_day, end, self.tz).astimezone(UTC),
            )

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the spans that end after the moment, in order, for ten years."""
        day = self._day(moment)
        for number in range(LONGEST_WAIT_DAYS):
            for start, end in self._spans_of(day + timedelta(days=number)):
                if end > moment:
                    yield start, end
        raise NoWorkingTime("no working time within ten years")


def _in_utc(moment: datetime) -> datetime:
    """Bring a moment to UTC: between two of one zone Python counts what the clocks show, not what passes."""
    if moment.utcoffset() is None:
        raise ValueError("a moment must know its time zone")
    return moment.astimezone(UTC)


def _check_spans(spans: Hours) -> None:
    for start, end in spans:
        if end != _MIDNIGHT and end <= start:
            raise ValueError(f"a span must end after it begins: {start:%H:%M} to {end:%H:%M}")
    for (_start, end), (next_start, _end) in pairwise(spans):
        if end == _MIDNIGHT or next_start < end:
            raise ValueError("spans must be in order and not overlap")


def _merged(pauses: Sequence[Pause]) -> list[Pause]:
    """Put pauses in order and join those that touch or overlap; one that goes on swallows what follows."""
    merged: list[Pause] = []
    aware = [(_in_utc(start), None if end is None else _in_utc(end)) for start, end in pauses]
    for start, end in sorted(aware, key=lambda pause: pause[0]):
        if end is not None and end < start:
            raise ValueError("a pause must end after it begins")
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            before_start, before_end = merged[-1]
            open_end = before_end is None or end is None
            merged[-1] = (before_start, None if open_end else max(before_end, end))  # type: ignore[type-var]
        else:
            merged.append((start, end))
    return merged


def _without(start: datetime, end: datetime, pauses: list[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """Give the parts of a span that lie in no pause."""
    for pause_start, pause_end in pauses:
        if pause_start >= end:
            break
        if pause_end is not None and pause_end <= start:
            continue
        if pause_start > start:
            yield start, pause_start
        if pause_end is None:
            return
        start = pause_end
    if start < end:
        yield start, end
