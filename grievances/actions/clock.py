"""Steps that the clock takes."""

from datetime import datetime

from core import timers
from core.history import History
from core.workflow import Actor
from grievances.actions.base import LABEL, close, flow
from grievances.actions.pausing import end_waiting, resume
from grievances.models import Case
from grievances.workflow import TOLD_BY, Outcome

GOING_ON = {"end_waiting": end_waiting, "resume": resume}


def take_due_step(case_id: int, step: str, at: datetime, recorded_at: datetime | None = None) -> None:
    """A timer came due: take its step as SYSTEM (warnings, overdue, closing without a rating, going on)."""
    if step in GOING_ON:
        GOING_ON[step](case_id=case_id, by=None, at=at, recorded_at=recorded_at)
        return

    def then(case: Case, row: History) -> None:
        if step == "mark_overdue":
            case.is_late = True
        if step == "close_unrated":
            close(case, _unrated(case), at)
        if step == "warn_contact":
            case.contact_in_time = False

    flow.take(step, case_id, actor=Actor.system(), at=at, recorded_at=recorded_at, then=then)


def _unrated(case: Case) -> str:
    """Nobody answered: a direct answer says so, everything else is "not rated", never "satisfied"."""
    newest = case.history.filter(step__in=TOLD_BY).order_by("-seq").first()
    return Outcome.ANSWERED_DIRECTLY if newest is not None and newest.step == "answer_directly" else Outcome.NOT_RATED


timers.takers.register(LABEL, take_due_step)
