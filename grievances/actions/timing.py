"""The deadlines of a case and the timers that watch them."""

from dataclasses import replace
from datetime import datetime, timedelta

from core import timers
from core.worktime import Calendar, Pause
from grievances.clocks import Calendars, Clocks, extended, minutes_of_day, promise_of, promised, reckon
from grievances.models import Case, Urgency
from grievances.workflow import ALARM, UNTAKEN

LABEL = "grievances.case"
CLOCK_STEPS = ("contact_soon", "warn_contact", "warn_due", "mark_overdue", "escalate", "alarm")
# What comes in the very second of its deadline is in time.
PAST = timedelta(seconds=1)


def set_clocks(case: Case) -> None:
    """Promise what the category says now, and work out both deadlines from the first report."""
    promise = promised(case.category, case.urgency)
    case.contact_hours, case.done_hours, case.round_the_clock = promise.contact, promise.done, promise.round_the_clock
    reckon_again(case)


def reckon_again(case: Case, *, known: Calendars | None = None) -> None:
    """Work out both deadlines anew from what was promised; a first contact that was made keeps its own."""
    clocks = clocks_of(case, known=known)
    if case.contacted_at is None:
        case.contact_due, case.warn_contact_at = clocks.contact_due, clocks.warn_contact_at
    case.due_at, case.warn_at = clocks.due_at, clocks.warn_at


def clocks_of(case: Case, *, known: Calendars | None = None) -> Clocks:
    """Both deadlines of a case: its promise, its pauses, a date granted later; of merged ones the earliest.

    Those rest with the case from the moment they were merged into it. A pause that has not ended yet moves
    nothing so far.
    """
    if case._state.adding:
        return _own_clocks(case, known, [])
    pauses = _pauses(case)
    found = [_own_clocks(case, known, pauses)]
    for one in case.merged.all():
        together = [pause for pause in pauses if one.closed_at is None or pause[0] >= one.closed_at]
        found.append(_own_clocks(one, known, together + _pauses(one)))
    contact = min(found, key=lambda clocks: clocks.contact_due)
    first = min(found, key=lambda clocks: clocks.due_at)
    return replace(first, contact_due=contact.contact_due, warn_contact_at=contact.warn_contact_at)


def _own_clocks(case: Case, known: Calendars | None, pauses: list[Pause]) -> Clocks:
    calendar = calendar_of(case, known=known)
    clocks = reckon(promise_of(case), calendar, case.reported_at, pauses)
    if case.extended_to is None or case.extended_to <= clocks.due_at:
        return clocks
    return extended(clocks, calendar, case.reported_at, pauses, case.extended_to)


def _pauses(case: Case) -> list[Pause]:
    return [(pause.began_at, pause.ended_at) for pause in case.pauses.all()]


def calendar_of(case: Case, *, known: Calendars | None = None) -> Calendar:
    """The calendar in which the case's clocks run."""
    return (known or Calendars()).of(case.area, promise_of(case).round_the_clock)


def start_clocks(case: Case, *, again_at: datetime | None = None) -> None:
    """Put the timers that warn, mark as late and tell the next level up; call it where the step is taken.

    Started again (``again_at``), a case whose deadline lies ahead is late no more, and what was warned of
    before is not repeated.
    """
    waiting = timers.waiting_of(LABEL, case.pk) if again_at is not None else {}
    if again_at is not None and case.due_at > again_at:
        case.is_late = False
        timers.withdraw(LABEL, case.pk, "escalate")
    if not watch_untaken(case, since=again_at or case.reported_at) and "alarm" in waiting:
        timers.withdraw(LABEL, case.pk, "alarm")

    due: dict[str, datetime] = {}

    def put(step: str, moment: datetime | None) -> None:
        if moment is not None and (again_at is None or moment > again_at or step in waiting):
            due[step] = moment

    if case.contacted_at is None and case.contact_due is not None:
        put("contact_soon", case.warn_contact_at)
        put("warn_contact", case.contact_due + PAST)
    if case.is_late:
        if again_at is not None and "escalate" not in waiting:
            put("escalate", working_day_after(case, at=again_at))
    else:
        put("warn_due", case.warn_at)
        due["mark_overdue"] = case.due_at + PAST
    timers.put_all(LABEL, case.pk, due)


def watch_untaken(case: Case, *, since: datetime) -> bool:
    """Where an urgent case waits for somebody to accept it, the next level hears of it ten minutes later.

    Returns whether it waits so.
    """
    waits = case.urgency == Urgency.URGENT and case.state in UNTAKEN
    if waits:
        timers.put(LABEL, case.pk, "alarm", since + ALARM)
    return waits


def working_day_after(case: Case, *, at: datetime) -> datetime:
    """One working day of the case's clock later."""
    calendar = calendar_of(case)
    return calendar.add(at, minutes_of_day(calendar, at))
