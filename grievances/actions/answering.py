"""The answers to a result: solved, or not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from communities import roles
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
    """The resident says that it is not solved: back to the same holder, the second time one level up.

    A holder who has left meanwhile does not get it back: it goes to their role, or one level up.
    """

    def then(case: Case, row: History) -> None:
        keep_rating(case, row, actor, contacted=bool(contacted), solved=False, stars=None)
        attach(case, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        case.reopened += 1
        case.outcome, case.closed_at, case.result_in_time = "", None, None
        if case.wall == Wall.NEWS:
            case.wall = Wall.SHOWN
        gone = roles.people_without([pk for pk in (case.handler_id, case.holder_person_id) if pk is not None], at)
        if case.reopened > 1 or case.holder_person_id in gone:
            hand_over(case, routing.level_above(case.area))
        elif case.handler_id in gone:
            case.handler = None
        timers.withdraw(LABEL, case.pk)
        start_clocks(case)

    given: dict[str, Any] = {} if contacted is None else {"contacted": "yes" if contacted else "no"}
    return flow.take(
        "reopen", case_id, actor=actor, at=at, then=then, texts={"reason": reason}, solved="no", **given, **options
    )
