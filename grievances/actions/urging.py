"""What those around a case say: 督办 with an answer due, its answer, and comments among staff."""

from datetime import datetime
from typing import Any

from core import timers
from core.history import History
from grievances.actions.base import LABEL, take
from grievances.models import Case, Person
from grievances.rules import judge_date


def urge(*, case_id: int, by: Person, words: str, until: datetime, at: datetime, **options: Any) -> Case:
    """The level above urges (督办) and wants an answer by a date. Raises NotALaterDate, TooFar."""
    judge_date(until, after=at, at=at)

    def then(case: Case, row: History) -> None:
        case.urge_due = until
        timers.put(LABEL, case.pk, "warn_urge", until)

    return take("urge", case_id, by, at, then=then, texts={"words": words}, until=until, **options)


def answer_urge(*, case_id: int, by: Person, words: str, at: datetime, **options: Any) -> Case:
    """The holder answers; in time or late is written down."""
    due = Case.objects.values_list("urge_due", flat=True).get(pk=case_id)

    def then(case: Case, row: History) -> None:
        case.urge_due = None
        timers.withdraw(LABEL, case.pk, "warn_urge")

    late = due is not None and at > due
    return take(
        "answer_urge", case_id, by, at, then=then, texts={"words": words}, late="yes" if late else "", **options
    )


def comment(*, case_id: int, by: Person, words: str, at: datetime, **options: Any) -> Case:
    """A word among staff; the resident does not read it."""
    return take("comment", case_id, by, at, texts={"words": words}, **options)
