"""What was promised to a resident and how it moved: pauses, later dates, and who was told that it is late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.history import StepText
from grievances.clocks import Promise, promise_of
from grievances.models import Area, Case, CasePause
from grievances.queries.shown import StepView
from grievances.workflow import State, Suspension

MOVES = ("decide_extension", "recompute")
CLIMBS = ("mark_overdue", "escalate")


@dataclass(frozen=True)
class Turn:
    """One thing that happened to the deadlines: a pause, a new date, or a level that was told; ``why`` in words.

    A pause has ``until`` (its end, or the planned one while ``goes_on``), a new date ``old`` and ``new``, a
    level its ``place``.
    """

    kind: str
    at: datetime
    why: str = ""
    until: datetime | None = None
    goes_on: bool = False
    old: datetime | None = None
    new: datetime | None = None
    place: str = ""


@dataclass(frozen=True)
class Promised:
    """The promise of a case (hours, nights or not) and its turns, oldest first."""

    hours: Promise
    turns: list[Turn] = field(default_factory=list)


def promises_of(case: Case, steps: Sequence[StepView]) -> Promised:
    """How the deadlines of a case came about; ``steps`` as of steps_of. Two queries at most."""
    found = [_pause_turn(pause) for pause in case.pauses.order_by("began_at")]
    found += [_move_turn(view) for view in steps if view.row.step in MOVES and "new" in view.row.given]
    climbs = [view for view in steps if view.row.step in CLIMBS and "level" in view.row.given]
    names = _names({view.row.given["level"] for view in climbs})
    found += [
        Turn(
            "late" if view.row.step == "mark_overdue" else "climb",
            view.row.at,
            place=names.get(view.row.given["level"], ""),
        )
        for view in climbs
    ]
    return Promised(promise_of(case), sorted(found, key=lambda turn: turn.at))


def _names(ids: set[int]) -> dict[int, str]:
    return dict(Area.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _pause_turn(pause: CasePause) -> Turn:
    why = _("等您补充情况") if pause.state == State.WAITING else ""
    if pause.code in Suspension:
        why = str(Suspension(pause.code).label)
    return Turn("pause", pause.began_at, why, pause.ended_at or pause.until, pause.ended_at is None)


def _move_turn(view: StepView) -> Turn:
    given: dict[str, Any] = view.row.given
    reason = view.texts.get("reason")
    why = _words(reason) if reason is not None else _("放假安排或上班时间变了")
    old, new = datetime.fromisoformat(given["old"]), datetime.fromisoformat(given["new"])
    return Turn("move", view.row.at, why, old=old, new=new)


def _words(text: StepText) -> str:
    return _("（已按期删除）") if text.erased_at else text.body
