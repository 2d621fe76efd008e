"""The two clocks of a case: first contact and completion, in the working time of its place.

What was promised (hours, and whether nights count) is kept with the case, so that a category that changes
later changes no promise; days off, duty hours and pauses are read each time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from communities.queries import calendar_days, calendar_for, hours_at
from core.worktime import Calendar, Pause
from grievances.models import Area, Case, Category, RoundTheClock, Urgency

CONTACT_HOURS = 4
DONE_HOURS = 40
WARN_AT = 0.75
_MINUTES = 60


@dataclass(frozen=True)
class Promise:
    """Hours for first contact and completion, and whether nights and days off count too."""

    contact: int
    done: int
    round_the_clock: bool = False


@dataclass(frozen=True)
class Clocks:
    """When first contact and completion are due, and when their yellow lights go on."""

    contact_due: datetime
    warn_contact_at: datetime
    warn_at: datetime
    due_at: datetime


@dataclass
class Calendars:
    """Calendars of many places: the listed days are read once, the duty hours once for each place."""

    days: dict[date, bool] | None = None
    known: dict[int, Calendar] = field(default_factory=dict)

    def of(self, area: Area, round_the_clock: bool) -> Calendar:
        """The calendar that counts at a place; every minute where nights count."""
        if round_the_clock:
            return Calendar.always()
        if area.pk not in self.known:
            self.days = calendar_days() if self.days is None else self.days
            self.known[area.pk] = Calendar(days=self.days, hours=hours_at(area))
        return self.known[area.pk]


def promised(category: Category | None, urgency: str = Urgency.NORMAL) -> Promise:
    """What a category promises for an urgency; urgent ones without hours of their own have the normal ones."""
    if category is None:
        return Promise(CONTACT_HOURS, DONE_HOURS)
    urgent = urgency == Urgency.URGENT
    nights = category.round_the_clock
    return Promise(
        contact=(urgent and category.urgent_contact_hours) or category.contact_hours,
        done=(urgent and category.urgent_done_hours) or category.done_hours,
        round_the_clock=nights == RoundTheClock.ALWAYS or (urgent and nights == RoundTheClock.URGENT),
    )


def clocks_for(
    area: Area, category: Category | None, start: datetime, *, urgency: str = Urgency.NORMAL,
    pauses: Sequence[Pause] = (),
) -> Clocks:  # fmt: skip
    """The due moments of a case reported at ``start``, in the duty hours of the place or round the clock.

    ``pauses`` are (from, until) in any order; they may overlap. One that goes on (until None) does not count
    yet: the deadlines stand as they were when it began, and move when it ends. One that ends before it begins
    is none.
    """
    promise = promised(category, urgency)
    calendar = Calendar.always() if promise.round_the_clock else calendar_for(area)
    return reckon(promise, calendar, start, pauses)


def reckon(promise: Promise, calendar: Calendar, start: datetime, pauses: Sequence[Pause] = ()) -> Clocks:
    """The due moments of a promise made at ``start``; pauses as for ``clocks_for``."""
    rests = _ended(pauses)
    contact, done = promise.contact * _MINUTES, promise.done * _MINUTES
    return Clocks(
        contact_due=calendar.add(start, contact, pauses=rests),
        warn_contact_at=calendar.add(start, contact * WARN_AT, pauses=rests),
        warn_at=calendar.add(start, done * WARN_AT, pauses=rests),
        due_at=calendar.add(start, done, pauses=rests),
    )


def extended(clocks: Clocks, calendar: Calendar, start: datetime, pauses: Sequence[Pause], until: datetime) -> Clocks:
    """The same clocks with a later date of completion, and the yellow light at three quarters of the way there."""
    rests = _ended(pauses)
    minutes = calendar.between(start, until, pauses=rests)
    return replace(clocks, due_at=until, warn_at=calendar.add(start, int(minutes * WARN_AT), pauses=rests))


def promise_of(case: Case) -> Promise:
    """What was promised for a case: as kept with it, else as its category says now."""
    if case.contact_hours is None or case.done_hours is None:
        return promised(case.category, case.urgency)
    return Promise(case.contact_hours, case.done_hours, case.round_the_clock)


def _ended(pauses: Iterable[Pause]) -> list[Pause]:
    return [(began, ended) for began, ended in pauses if ended is not None and ended > began]


def minutes_of_day(calendar: Calendar, moment: datetime) -> float:
    """The working minutes of the day that is open at a moment, or opens next."""
    day = datetime.combine(calendar.next_open(moment).date(), time(0), calendar.tz)
    return calendar.between(day, day + timedelta(days=1))
