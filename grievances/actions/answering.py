"""The answers to a result: solved, or not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import timers
from core.history import History
from core.workflow import Actor
from grievances import routing
from grievances.actions.base import LABEL, attach, clear_ask, close, flow, hand_over, keep_rating, pass_on, start_clocks
from grievances.models import Case, CasePhoto
from grievances.rules import NoThirdTime
from grievances.workflow import ANSWERERS, MOST_REOPENED, Outcome, State, Wall


def rate(
    *, case_id: int, actor: Actor, contacted: bool, stars: int, words: str = "", at: datetime, **options: Any
) -> Case:
    """The resident says that it is solved: contacted or not, 1 to 5 stars, words. Closes the case."""

    def then(case: Case, row: History) -> None:
        close(case, Outcome.SOLVED, at)
        keep_rating(case, row, actor, contacted=contacted, solved=True, stars=stars)

    return flow.take(
        "rate", case_id, actor=actor, at=at, then=then, texts={"words": words}, contacted="yes" if contacted else "no",
        solved="yes", stars=stars, **options,
    )  # fmt: skip


def reopen(
    *, case_id: int, actor: Actor, reason: str, at: datetime, contacted: bool | None = None, photo_ids: Sequence[str] = (),
    owner: str = "", **options: Any,
) -> Case:  # fmt: skip
    """The resident says that it is not solved: back to the same holder, the second time one level up.

    A holder who has left meanwhile does not get it back: it goes to their role, or one level up.
    """

    _judge_times(case_id, actor)

    def then(case: Case, row: History) -> None:
        keep_rating(case, row, actor, contacted=bool(contacted), solved=False, stars=None)
        attach(case, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        case.reopened += 1
        clear_ask(case)
        case.outcome, case.closed_at, case.result_in_time = "", None, None
        if case.wall == Wall.NEWS:
            case.wall = Wall.SHOWN
        if case.reopened > 1:
            hand_over(case, routing.level_above(case.area))
        else:
            pass_on(case, at)
        timers.withdraw(LABEL, case.pk, "close_unrated")
        start_clocks(case, again_at=at)

    given: dict[str, Any] = {} if contacted is None else {"contacted": "yes" if contacted else "no"}
    return flow.take(
        "reopen", case_id, actor=actor, at=at, then=then, texts={"reason": reason}, solved="no", **given, **options
    )


def _judge_times(case_id: int, actor: Actor) -> None:
    """Say why a third time is refused, instead of only that it is."""
    case = Case.objects.select_related("area", "holder_area").get(pk=case_id)
    answered = case.state in (State.FEEDBACK, State.CLOSED)
    if answered and case.reopened >= MOST_REOPENED and flow.relations(actor, case, case.reported_at) & ANSWERERS:
        raise NoThirdTime
