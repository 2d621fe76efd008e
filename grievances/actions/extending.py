"""More time: the holder asks for a later date, the level above decides; the old date is kept."""

from datetime import datetime
from typing import Any

from core import timers
from core.history import History
from grievances.actions.base import CLOCK_STEPS, LABEL, clear_ask, keep_ask, start_clocks, take
from grievances.actions.timing import reckon_again
from grievances.models import Case, Person
from grievances.rules import judge_date
from grievances.workflow import Asked


def ask_extension(*, case_id: int, by: Person, new: datetime, reason: str, at: datetime, **options: Any) -> Case:
    """The holder asks for ``new`` as the date of completion. Raises NotALaterDate, TooFar."""

    def then(case: Case, row: History) -> None:
        judge_date(new, after=max(at, case.due_at), at=at)
        keep_ask(case, row, Asked.EXTENSION, by)

    return take("ask_extension", case_id, by, at, then=then, texts={"reason": reason}, new=new, **options)


def decide_extension(
    *, case_id: int, by: Person, granted: bool, reason: str, at: datetime, new: datetime | None = None, **options: Any
) -> Case:
    """The level above grants the date asked for (or another), or does not. Raises NotALaterDate, TooFar."""
    found = Case.objects.get(pk=case_id)
    wished = found.history.filter(seq=found.asked_seq, step="ask_extension").values_list("given", flat=True).first()
    until = new or (datetime.fromisoformat(wished["new"]) if wished else at)

    def then(case: Case, row: History) -> None:
        clear_ask(case)
        if not granted:
            return
        judge_date(until, after=max(at, case.due_at), at=at)
        _give_time(case, until)
        reckon_again(case)
        timers.withdraw(LABEL, case.pk, *CLOCK_STEPS)
        start_clocks(case, again_at=at)

    dates = {"old": found.due_at, "new": until} if granted else {}
    return take(
        "decide_extension", case_id, by, at, then=then, texts={"reason": reason}, granted="yes" if granted else "no",
        **dates, **options,
    )  # fmt: skip


def _give_time(case: Case, until: datetime) -> None:
    """The later date holds for what was merged into the case too: its earlier deadline would win otherwise."""
    case.extended_to = until
    case.merged.exclude(extended_to__gt=until).update(extended_to=until)
