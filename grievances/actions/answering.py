"""The answers to a result: solved, or not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import timers
from core.history import History
from core.workflow import Actor
from grievances import routing
from grievances.actions.base import LABEL, attach, close, flow, hand_over, keep_rating, start_clocks
from grievances.models import Case, CasePhoto
from grievances.workflow import Outcome, Wall


def rate(
    *, case_id: int, actor: Actor, contacted: bool, stars: int, words: str = "", at: datetime, **options: Any
) -> Case:
    """The resident says that it is solved: contacted or not, 1 to 5 stars, words. Closes the case."""

    def then(case: Case, row: History) -> None:
        close(case, Outcome.SOLVED, at)
        keep_rating(case, row, actor, contacted=contacted, solved=True, stars=stars)
        timers.withdraw(LABEL, case.pk)

    return flow.take(
        "rate", case_id, actor=actor, at=at, then=then, texts={"words": words}, contacted="yes" if contacted else "no",
        solved="yes", stars=stars, **options,
    )  # fmt: skip


def reopen(
    *, case_id: int, actor: Actor, reason: str, at: datetime, contacted: bool | None = None, photo_ids: Sequence[str] = (),
    owner: str = "", **options: Any,
) -> Case:  # fmt: skip
    """The resident says that it is not solved: back to the same holder, the second time one level up."""

    def then(case: Case, row: History) -> None:
        keep_rating(case, row, actor, contacted=bool(contacted), solved=False, stars=None)
        attach(case, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        case.reopened += 1
        case.outcome, case.closed_at, case.result_in_time = "", None, None
        if case.wall == Wall.NEWS:
            case.wall = Wall.SHOWN
        if case.reopened > 1:
            hand_over(case, routing.level_above(case.area))
        timers.withdraw(LABEL, case.pk)
        start_clocks(case)

    given: dict[str, Any] = {} if contacted is None else {"contacted": "yes" if contacted else "no"}
    return flow.take(
        "reopen", case_id, actor=actor, at=at, then=then, texts={"reason": reason}, solved="no", **given, **options
    )
