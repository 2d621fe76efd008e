"""The dispatcher's writes: a case goes to a holder, or is not for this platform."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from core import outbox, timers
from core.history import History
from core.once import Key
from core.workflow import Actor
from grievances import routing
from grievances.actions.base import LABEL, flow, hand_over, set_clocks, start_clocks, take, take_off_wall
from grievances.models import Case, Category, Person
from grievances.workflow import Wall


def dispatch(
    *, case_id: int, by: Person | None, holder: routing.Holder, why: str, at: datetime, rule_id: int | None = None,
    category: Category | None = None, empty: routing.Holder | None = None, expect: int | None = None,
    once: Key | None = None, recorded_at: datetime | None = None,
) -> Case:  # fmt: skip
    """Give the case to a holder; ``by`` None is a rule. ``why`` is the reason as the resident may read it."""
    holder_now = routing.with_somebody(holder, holder.area) if holder.role and holder.area else holder

    def then(case: Case, row: History) -> None:
        if category is not None and category.pk != case.category_id:
            case.category = category
            set_clocks(case)
        hand_over(case, holder_now)
        start_clocks(case)
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
    )  # fmt: skip


def reject(*, case_id: int, by: Person, code: str, where_instead: str, at: datetime, **options: Any) -> Case:
    """Not for this platform: with the reason's code and where the resident should go instead."""

    def then(case: Case, row: History) -> None:
        case.closed_at = at
        take_off_wall(case, Wall.NEVER)
        timers.withdraw(LABEL, case.pk)

    return take("reject", case_id, by, at, then=then, texts={"where_instead": where_instead}, code=code, **options)
