"""Two reports of one thing: one is merged into the other, and can be taken out again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import timers
from core.history import History
from grievances.actions.base import CLOCK_STEPS, LABEL, clear_ask, start_clocks, take
from grievances.actions.timing import reckon_again
from grievances.models import Case, Person
from grievances.rules import CannotMerge
from grievances.workflow import OPEN, PAUSED, RUNNING


def merge(*, case_id: int, by: Person, main: int, at: datetime, **options: Any) -> Case:
    """Merge a case into ``main``, an open one of the same community; of the deadlines the earlier one wins.

    Everybody who reported either hears of it, and later of the result. Raises CannotMerge.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[case_id, main]).order_by("pk")
        cases = {case.pk: case for case in locked}
        _judge(cases.get(case_id), cases.get(main))

        def then(case: Case, row: History) -> None:
            case.merged_into_id = main
            case.closed_at = at
            case.urge_due = None
            clear_ask(case)
            timers.withdraw(LABEL, case.pk)

        merged = take("merge", case_id, by, at, then=then, main=main, **options)

        def take_clock(case: Case, row: History) -> None:
            before = case.due_at
            reckon_again(case)
            if case.state in RUNNING and case.due_at < before:
                timers.withdraw(LABEL, case.pk, *CLOCK_STEPS)
                start_clocks(case, again_at=at)

        take("take_in", main, by, at, then=take_clock, merged=case_id, recorded_at=options.get("recorded_at"))
    return merged


def unmerge(*, case_id: int, by: Person, reason: str, at: datetime, **options: Any) -> Case:
    """Take a merged case out again: it goes on where it was, with its own deadlines."""

    def then(case: Case, row: History) -> None:
        case.merged_into = None
        case.closed_at = None
        reckon_again(case)
        if case.state in RUNNING:
            start_clocks(case, again_at=at)

    return take("unmerge", case_id, by, at, then=then, texts={"reason": reason}, **options)


def _judge(case: Case | None, main: Case | None) -> None:
    if case is None or main is None:
        raise CannotMerge(_("没有找到要并入的那件，请核对编号。"))
    if case.pk == main.pk:
        raise CannotMerge(_("不能并入它自己，请写另一件的编号。"))
    if case.community_id != main.community_id:
        raise CannotMerge(_("两件事不在一个社区，不能合并。"))
    if case.is_confidential or main.is_confidential:
        raise CannotMerge(_("保密的诉求不能合并。"))
    if main.state not in OPEN - PAUSED:
        raise CannotMerge(_("那一件不在办理中，不能并入它。"))
    if Case.objects.filter(merged_into=case).exists():
        raise CannotMerge(_("已经有别的诉求并入了这一件，请反过来：把那一件并入这一件。"))
