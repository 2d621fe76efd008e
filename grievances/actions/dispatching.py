"""The dispatcher's writes: a case goes to a holder, or is not for this platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from core import outbox, timers
from core.history import History
from core.once import Key
from core.workflow import Actor
from grievances import routing
from grievances.actions.base import (
    CLOCK_STEPS,
    LABEL,
    clear_ask,
    end,
    flow,
    hand_over,
    in_time,
    set_clocks,
    start_clocks,
    take,
    take_off_wall,
    told,
)
from grievances.actions.merging import lock_with_merged, set_free
from grievances.models import Case, CaseHolder, Category, Person
from grievances.workflow import RUNNING, State, Wall


def dispatch(
    *, case_id: int, by: Person | None, holder: routing.Holder, why: str, at: datetime, rule_id: int | None = None,
    category: Category | None = None, empty: routing.Holder | None = None, expect: int | None = None,
    once: Key | None = None, recorded_at: datetime | None = None, rule_version: int | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Case:  # fmt: skip
    """Give the case to a holder; ``by`` None is a rule. ``why`` is the reason as the resident may read it.

    The rule's id, its version and what it was asked about (``inputs``: codes and ids) are kept with the step.
    """
    holder_now = routing.with_somebody(holder, holder.area) if holder.role and holder.area else holder

    def then(case: Case, row: History) -> None:
        if category is not None and category.pk != case.category_id:
            case.category = category
            set_clocks(case)
        hand_over(case, holder_now)
        timers.withdraw(LABEL, case.pk, "warn_ruling")
        start_clocks(case, again_at=at)
        missing = empty or (holder if holder_now != holder else None)
        if missing is not None:
            outbox.put(
                "grievances.role_empty", about=f"{LABEL}:{case.pk}", key=f"grievances.role_empty:{case.pk}:{row.seq}",
                ids={"seq": row.seq, "row": row.pk, "missing": missing.code}, at=row.recorded_at,
            )  # fmt: skip

    return flow.take(
        "dispatch", case_id, actor=Actor.of(by) if by is not None else Actor.system(), at=at, expect=expect,
        once=once, recorded_at=recorded_at, address=reverse("case", args=[case_id]), texts={"why": why}, then=then,
        holder=holder_now.code, rule=rule_id, category=category.code if category else "",
        **({"rule_version": rule_version} if rule_id and rule_version else {}),
        **({"inputs": dict(inputs)} if inputs else {}),
    )  # fmt: skip


def transfer(*, case_id: int, by: Person, holder: routing.Holder, reason: str, at: datetime, **options: Any) -> Case:
    """The dispatcher gives a case that somebody has to another holder (改派); the clock runs on."""
    return _give("transfer", case_id, by, holder, {"reason": reason}, at, **options)


def rule_return(*, case_id: int, by: Person, holder: routing.Holder, reason: str, at: datetime, **options: Any) -> Case:
    """The level above rules on a return: to whom it goes, or that it stays where it was."""
    return _give("rule_return", case_id, by, holder, {"reason": reason}, at, **options)


def _give(
    step: str, case_id: int, by: Person, holder: routing.Holder, texts: dict[str, str], at: datetime, **options: Any
) -> Case:
    holder_now = routing.with_somebody(holder, holder.area) if holder.role and holder.area else holder
    before = Case.objects.select_related("holder_person", "holder_organisation", "holder_area").get(pk=case_id)

    def then(case: Case, row: History) -> None:
        clear_ask(case)
        hand_over(case, holder_now)
        timers.withdraw(LABEL, case.pk, "warn_ruling")
        start_clocks(case, again_at=at)

    return take(
        step,
        case_id,
        by,
        at,
        then=then,
        texts=texts,
        holder=holder_now.code,
        was=routing.holder_of(before).code,
        **options,
    )


def answer_directly(*, case_id: int, by: Person, result_text: str, at: datetime, **options: Any) -> Case:
    """The dispatcher answers at once, and holds the case from now on: the resident reads the answer and rates it."""

    def then(case: Case, row: History) -> None:
        hand_over(case, routing.desk_of(case.area))
        case.handler = by
        CaseHolder.objects.get_or_create(case=case, person=by)
        case.result_at, case.result_in_time = at, in_time(at, case.due_at)
        if case.contacted_at is None:
            case.contact_in_time = in_time(at, case.contact_due)
        timers.withdraw(LABEL, case.pk, *CLOCK_STEPS)
        told(case, at)

    return take("answer_directly", case_id, by, at, then=then, texts={"result_text": result_text}, **options)


def triage(
    *, case_id: int, by: Person, category: Category, urgency: str, at: datetime, tier: str = "", reason: str = "",
    **options: Any,
) -> Case:  # fmt: skip
    """Set category, urgency and tier; both deadlines are worked out anew. An open case is not dispatched again.

    Past the first dispatch a ``reason`` is needed (step ``recategorise``).
    """
    found = Case.objects.only("state").get(pk=case_id)
    step = "triage" if found.state == State.REPORTED else "recategorise"

    def then(case: Case, row: History) -> None:
        case.category, case.urgency = category, urgency
        case.tier = tier if tier != category.tier else ""
        set_clocks(case)
        if case.state in RUNNING:
            start_clocks(case, again_at=at)

    texts = {"reason": reason} if reason else {}
    return take(
        step, case_id, by, at, then=then, texts=texts, category=category.code, urgency=urgency, tier=tier, **options
    )


def reject(*, case_id: int, by: Person, code: str, where_instead: str, at: datetime, **options: Any) -> Case:
    """Not for this platform: with the reason's code and where the resident should go instead.

    What was merged into it goes on alone.
    """

    def then(case: Case, row: History) -> None:
        end(case, at)
        take_off_wall(case, Wall.NEVER)

    with transaction.atomic():
        joined = lock_with_merged(case_id)
        texts = {"where_instead": where_instead}
        rejected = take("reject", case_id, by, at, then=then, texts=texts, code=code, **options)
        set_free(joined, at=at, recorded_at=options.get("recorded_at"))
    return rejected
