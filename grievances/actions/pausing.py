"""Pauses: the resident is asked, or the work rests (挂账). The clocks stand still meanwhile."""

from datetime import datetime
from typing import Any

from communities.queries import calendar_for
from core import timers
from core.history import History
from core.statements import Given, Statement
from core.workflow import Actor
from grievances.actions.base import CLOCK_STEPS, LABEL, clear_ask, count_as_contact, flow, keep_ask, start_clocks, take
from grievances.actions.timing import calendar_of, reckon_again
from grievances.models import Case, CasePause, Person
from grievances.rules import judge_date
from grievances.workflow import ANSWER_WORKING_DAYS, Asked


def ask_reporter(*, case_id: int, by: Person, question: str, at: datetime, **options: Any) -> Case:
    """Ask the resident for more; after five working days without an answer it goes on by itself.

    Who asks has reached the resident: it counts as the first contact.
    """

    def then(case: Case, row: History) -> None:
        days = calendar_for(case.area)
        until = at
        for _day in range(ANSWER_WORKING_DAYS):
            until = days.add(until, _minutes_of_day(days, until))
        clear_ask(case)
        count_as_contact(case, at)
        _pause(case, row, until)
        timers.put(LABEL, case.pk, "end_waiting", until)

    return take("ask_reporter", case_id, by, at, then=then, texts={"question": question}, **options)


def reporter_answers(*, case_id: int, by: Person, answer: str, at: datetime, **options: Any) -> Case:
    """The resident answers; the work and the clocks go on."""
    return take("reporter_answers", case_id, by, at, then=_going_on(at), texts={"answer": answer}, **options)


def end_waiting(*, case_id: int, by: Person | None, at: datetime, **options: Any) -> Case:
    """Wait no longer for the resident: the holder says so, or the clock (``by`` None)."""
    actor = Actor.of(by) if by is not None else Actor.system()
    return flow.take("end_waiting", case_id, actor=actor, at=at, then=_going_on(at), **options)


def ask_suspension(
    *, case_id: int, by: Person, code: str, until: datetime, reason: str, at: datetime, **options: Any
) -> Case:
    """The holder asks to let it rest until a date, for a named reason; the level above decides."""
    judge_date(until, after=at, at=at)

    def then(case: Case, row: History) -> None:
        keep_ask(case, row, Asked.SUSPENSION, by)

    return take(
        "ask_suspension", case_id, by, at, then=then, texts={"reason": reason}, code=code, until=until, **options
    )


def suspend(*, case_id: int, by: Person, code: str, until: datetime, at: datetime, **options: Any) -> Case:
    """The level above lets it rest until a date that lies ahead; then it goes on by itself."""
    judge_date(until, after=at, at=at)

    def then(case: Case, row: History) -> None:
        clear_ask(case)
        _pause(case, row, until, code)
        timers.put(LABEL, case.pk, "resume", until)

    return take("suspend", case_id, by, at, then=then, code=code, until=until, **options)


def refuse_suspension(*, case_id: int, by: Person, reason: str, at: datetime, **options: Any) -> Case:
    """The level above does not let it rest."""

    def then(case: Case, row: History) -> None:
        clear_ask(case)

    return take("refuse_suspension", case_id, by, at, then=then, texts={"reason": reason}, **options)


def resume(*, case_id: int, by: Person | None, at: datetime, **options: Any) -> Case:
    """The work goes on: the holder or the level above says so, or the date has come (``by`` None)."""
    actor = Actor.of(by) if by is not None else Actor.system()
    return flow.take("resume", case_id, actor=actor, at=at, then=_going_on(at), **options)


_OPEN_PAUSE = Statement(lambda: CasePause.objects.filter(case_id=Given("case"), ended_at=None).order_by("pk")[:1])


def end_pause(*, case: Case, at: datetime) -> None:
    """Close the open pause of a case, if there is one, and move its deadlines on by the working time that it took."""
    pause = _OPEN_PAUSE.first(case=case.pk)
    if pause is None:
        return
    pause.ended_at = max(at, pause.began_at)
    pause.save(update_fields=["ended_at"])
    _move_granted(case, pause)
    for one in case.merged.filter(extended_to__gt=pause.began_at).select_related("area", "category"):
        _move_granted(one, pause)
        one.save(update_fields=["extended_to"])
    reckon_again(case)
    timers.withdraw(LABEL, case.pk, "end_waiting", "resume")


def _move_granted(case: Case, pause: CasePause) -> None:
    """A date that was granted lies as many working minutes after the pause as it lay after its beginning."""
    if case.extended_to is None or case.extended_to <= pause.began_at or pause.ended_at is None:
        return
    calendar = calendar_of(case)
    case.extended_to = calendar.add(pause.ended_at, calendar.between(pause.began_at, case.extended_to))


def _pause(case: Case, row: History, until: datetime, code: str = "") -> None:
    CasePause.objects.create(case=case, state=row.to_state, code=code, seq=row.seq, began_at=row.at, until=until)
    timers.withdraw(LABEL, case.pk, *CLOCK_STEPS)


def _going_on(at: datetime) -> Any:
    def then(case: Case, row: History) -> None:
        end_pause(case=case, at=at)
        start_clocks(case, again_at=at)

    return then


def _minutes_of_day(calendar: Any, moment: datetime) -> float:
    """The working minutes of one working day at that place."""
    spans = calendar.hours_of(calendar.next_open(moment).date())
    return float(sum(_length(start, end) for start, end in spans))


def _length(start: Any, end: Any) -> int:
    minutes = (end.hour * 60 + end.minute) or 24 * 60
    return int(minutes - (start.hour * 60 + start.minute))
