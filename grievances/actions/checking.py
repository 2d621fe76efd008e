"""A result is checked by somebody else than who handled it, where the category asks for it."""

from datetime import datetime
from typing import Any

from core.history import History
from grievances.actions.base import start_clocks, take, told
from grievances.models import Case, Person


def check_pass(*, case_id: int, by: Person, at: datetime, words: str = "", **options: Any) -> Case:
    """The result holds: now the resident reads it. On time or late stays as it was when it was handed in."""

    def then(case: Case, row: History) -> None:
        told(case, at)

    return take("check_pass", case_id, by, at, then=then, texts={"words": words}, **options)


def check_fail(*, case_id: int, by: Person, reason: str, at: datetime, **options: Any) -> Case:
    """The result does not hold: back to the handler, and the clock runs on."""

    def then(case: Case, row: History) -> None:
        case.result_at, case.result_in_time = None, None
        start_clocks(case, again_at=at)

    return take("check_fail", case_id, by, at, then=then, texts={"reason": reason}, **options)
