"""Steps that the clock takes."""

from datetime import datetime

from core import timers
from core.history import History
from core.workflow import Actor
from grievances.actions.base import LABEL, close, flow
from grievances.models import Case
from grievances.workflow import Outcome


def take_due_step(case_id: int, step: str, at: datetime, recorded_at: datetime | None = None) -> None:
    """A timer came due: take its step as SYSTEM (warnings, overdue, closing without a rating)."""

    def then(case: Case, row: History) -> None:
        if step == "mark_overdue":
            case.is_late = True
        if step == "close_unrated":
            close(case, Outcome.NOT_RATED, at)
        if step == "warn_contact":
            case.contact_in_time = False

    flow.take(step, case_id, actor=Actor.system(), at=at, recorded_at=recorded_at, then=then)


timers.takers.register(LABEL, take_due_step)
