"""Two reports of one thing: one is merged into the other, and can be taken out again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import timers
from core.history import History
from core.statements import Given, Statement
from core.workflow import Actor, NotYours
from grievances.actions.base import (
    LABEL,
    clear_ask,
    flow,
    in_time,
    pass_on,
    start_clocks,
    take,
    take_off_wall,
)
from grievances.actions.timing import reckon_again
from grievances.models import Case, Person, Visibility
from grievances.rules import CannotMerge
from grievances.workflow import OPEN, PAUSED, RUNNING, Wall


def merge(*, case_id: int, by: Person, main: int, at: datetime, **options: Any) -> Case:
    """Merge a case into ``main``, an open one of the same community; of the deadlines the earlier one wins.

    Everybody who reported either hears of it, and later of the result; the public wall shows the main one
    alone. Raises CannotMerge.
    """

    def then(case: Case, row: History) -> None:
        case.merged_into_id = main
        case.closed_at = at
        case.urge_due = None
        clear_ask(case)
        take_off_wall(case, Wall.NEVER)
        timers.withdraw(LABEL, case.pk)

    with transaction.atomic():
        cases = _locked(Q(pk__in=[case_id, main]))
        _judge(cases.get(case_id), cases.get(main), by, at)
        merged = take("merge", case_id, by, at, then=then, main=main, **options)
        take(
            "take_in", main, by, at, then=_own_clocks(at), merged=case_id, recorded_at=options.get("recorded_at")
        )  # fmt: skip
    return merged


def unmerge(*, case_id: int, by: Person, reason: str, at: datetime, **options: Any) -> Case:
    """Take a merged case out again: both go on where they are, each with its own deadlines."""
    with transaction.atomic():
        main = Case.objects.filter(pk=case_id).values_list("merged_into", flat=True).first()
        cases = _locked(Q(pk__in=[case_id, main]))
        out = take("unmerge", case_id, by, at, then=_alone_again(at), texts={"reason": reason}, **options)
        if main in cases and cases[main].is_open:
            take(
                "let_out", main, by, at, then=_own_clocks(at), merged=case_id, recorded_at=options.get("recorded_at")
            )  # fmt: skip
    return out


def lock_with_merged(case_id: int) -> list[int]:
    """Lock a case and what was merged into it, in the order of their ids; returns the ids of the merged ones."""
    return [pk for pk in _WITH_MERGED.rows(case=case_id) if pk != case_id]


def _with_merged() -> QuerySet[Case, int]:
    found = Case.objects.filter(Q(pk=Given("case")) | Q(merged_into_id=Given("case")))
    return found.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)


_WITH_MERGED = Statement(_with_merged)


def set_free(case_ids: Collection[int], *, at: datetime, recorded_at: datetime | None) -> None:
    """The case into which these were merged ended without a result: each goes on alone, where it was."""
    for pk in case_ids:
        flow.take(
            "unmerge", pk, actor=Actor.system(), at=at, recorded_at=recorded_at, then=_alone_again(at),
            texts={"reason": _("合办的那一件不办了，这一件单独接着办。")},
        )  # fmt: skip


def _lock(which: Q) -> list[int]:
    locked = Case.objects.select_for_update(no_key=True).filter(which).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def _locked(which: Q) -> dict[int, Case]:
    """The cases, locked in the order of their ids; what they point to is read after the wait for the locks."""
    return {case.pk: case for case in Case.objects.filter(pk__in=_lock(which)).order_by("pk")}


def _alone_again(at: datetime) -> Any:
    def then(case: Case, row: History) -> None:
        case.merged_into = None
        case.closed_at = None
        if case.visibility == Visibility.PUBLIC:
            case.wall = Wall.WAITS
        pass_on(case, at)
        reckon_again(case)
        start_clocks(case, again_at=at)
        if case.contacted_at is None and case.contact_in_time is None and not in_time(at, case.contact_due):
            timers.put(LABEL, case.pk, "warn_contact", at)

    return then


def _own_clocks(at: datetime) -> Any:
    """Work out the deadlines of a main case anew, and watch the new ones where they moved."""

    def then(case: Case, row: History) -> None:
        before = case.due_at, case.contact_due
        reckon_again(case)
        if case.state in RUNNING and (case.due_at, case.contact_due) != before:
            start_clocks(case, again_at=at)

    return then


def _judge(case: Case | None, main: Case | None, by: Person, at: datetime) -> None:
    step = flow.steps["merge"]
    if case is None or main is None:
        raise CannotMerge(_("没有找到要并入的那件，请核对编号。"))
    if not flow.relations(Actor.of(by), case, at) & step.by:
        raise NotYours(step)
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
