"""Steps that the clock takes."""

from datetime import datetime

from core import timers
from core.history import History
from core.workflow import Actor, BadMoment
from grievances import queries
from grievances.actions.base import LABEL, close, flow
from grievances.actions.pausing import end_waiting, resume
from grievances.actions.timing import PAST, watch_untaken, working_day_after
from grievances.models import Area, Case
from grievances.workflow import RUNNING, TOLD_BY, Outcome

GOING_ON = {"end_waiting": end_waiting, "resume": resume}
LAST_TOLD = {
    "escalate": ("mark_overdue", "escalate"),
    "alarm": ("alarm", "report", "report_for", "dispatch", "transfer", "rule_return", "return", "reopen", "unmerge"),
}
HELD = ("area", "category", "holder_area__parent", "holder_organisation", "street")


class ClockBehind(Exception):
    """The server's clock stands before the last step of a case: the timer waits and tries again."""


def take_due_step(case_id: int, step: str, at: datetime, recorded_at: datetime | None = None) -> None:
    """A timer came due: take its step as SYSTEM (warnings, overdue, the next level up, closing, going on).

    Raises ClockBehind where the clock was set back (not for moments of the past that are only written down,
    ``recorded_at``), and the refusals of the table where the case moved on.
    """
    try:
        if step in GOING_ON:
            GOING_ON[step](case_id=case_id, by=None, at=at, recorded_at=recorded_at)
        else:
            _take(case_id, step, at, recorded_at)
    except BadMoment as why:
        if recorded_at is not None:
            raise
        raise ClockBehind from why


def _take(case_id: int, step: str, at: datetime, recorded_at: datetime | None) -> None:
    found = Case.objects.select_related(*HELD).get(pk=case_id)
    due = {"mark_overdue": found.due_at, "warn_contact": found.contact_due}.get(step)
    if due is not None and found.state in RUNNING and at <= due:
        timers.put(LABEL, case_id, step, due + PAST)
        return
    rung = _rung(found, step)
    if step == "escalate" and (rung is None or not found.is_late):
        return
    if step == "alarm" and rung is None:
        return

    def then(case: Case, row: History) -> None:
        if step == "mark_overdue":
            case.is_late = True
        if step == "close_unrated":
            close(case, _unrated(case), at)
        if step == "warn_contact":
            case.contact_in_time = False
        if rung is not None:
            _watch_next(case, step, at)

    given = {"level": rung.area.pk} if rung is not None else {}
    flow.take(step, case_id, actor=Actor.system(), at=at, recorded_at=recorded_at, then=then, **given)


def _watch_next(case: Case, step: str, at: datetime) -> None:
    if step == "alarm":
        watch_untaken(case, since=at)
    else:
        timers.put(LABEL, case.pk, "escalate", working_day_after(case, at=at))


def _rung(case: Case, step: str) -> queries.Rung | None:
    """The level that is told now: the one above the holder, later the next above the last told.

    Of an urgent case it begins anew with everybody to whom it is given.
    """
    if step == "mark_overdue":
        return queries.rung_after(case, None)
    if step not in LAST_TOLD:
        return None
    rows = case.history.filter(step__in=LAST_TOLD[step]).order_by("-seq")
    level = next((row.given["level"] for row in rows[:1] if "level" in row.given), None)
    return queries.rung_after(case, Area.objects.filter(pk=level).first())


def _unrated(case: Case) -> str:
    """Nobody answered: a direct answer says so, everything else is "not rated", never "satisfied"."""
    newest = case.history.filter(step__in=TOLD_BY).order_by("-seq").first()
    return Outcome.ANSWERED_DIRECTLY if newest is not None and newest.step == "answer_directly" else Outcome.NOT_RATED


timers.takers.register(LABEL, take_due_step)
