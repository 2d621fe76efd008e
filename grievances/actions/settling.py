"""Settling (终结): after two reopenings two people of the street end a case that stays unsolved."""

from datetime import datetime
from typing import Any

from core.history import History
from grievances.actions.base import clear_ask, close, keep_ask, take
from grievances.models import Case, Person
from grievances.workflow import Asked, Outcome


def propose_settlement(*, case_id: int, by: Person, reason: str, door: str, at: datetime, **options: Any) -> Case:
    """The first of two: why it cannot be solved, as the resident will read it, and the next door (复核, 信访, 法院)."""

    def then(case: Case, row: History) -> None:
        keep_ask(case, row, Asked.SETTLEMENT, by)

    return take("propose_settlement", case_id, by, at, then=then, texts={"reason": reason}, door=door, **options)


def settle(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The second agrees: closed as unsolved. It counts as not solved; the resident reads why and where to go."""

    def then(case: Case, row: History) -> None:
        close(case, Outcome.UNSOLVED_SETTLED, at)

    return take("settle", case_id, by, at, then=then, **options)


def drop_settlement(*, case_id: int, by: Person, reason: str, at: datetime, **options: Any) -> Case:
    """Either of them takes the proposal off the table."""

    def then(case: Case, row: History) -> None:
        clear_ask(case)

    return take("drop_settlement", case_id, by, at, then=then, texts={"reason": reason}, **options)
