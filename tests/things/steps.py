"""The table of steps that the tests of core drive."""

from datetime import datetime

from core import outbox, timers
from core.workflow import BACK, GUEST, SAME, SYSTEM, Actor, Step, Workflow
from tests.things.models import Thing, ThingHistory


def relations(actor: Actor, thing: Thing, at: datetime) -> set[str]:
    if actor.kind == GUEST:
        return {"guest"}
    return {"owner"} if thing.owner_id == actor.person_id else {"other"}


STEPS = (
    Step("make", "make", frozenset({None}), "new", frozenset({"owner"}), puts=("things.made",)),
    Step("start", "start", frozenset({"new"}), "doing", frozenset({"owner", SYSTEM}), puts=("things.started",)),
    Step("note", "note", frozenset({"new", "doing"}), SAME, frozenset({"owner", "other"}), needs=("words",)),
    Step("pause", "pause", frozenset({"new", "doing"}), "paused", frozenset({"owner"}), needs=("code",), pause=True),
    Step("resume", "resume", frozenset({"paused"}), BACK, frozenset({"owner", SYSTEM})),
    Step("finish", "finish", frozenset({"doing"}), "done", frozenset({"owner", "guest"}),
         when=lambda thing, at: thing.name != "stubborn", undo_seconds=10, puts=("things.done",)),
)  # fmt: skip

flow: Workflow[Thing] = Workflow(Thing, STEPS, history=ThingHistory, relations=relations)
for _kind in ("things.made", "things.started", "things.done"):
    outbox.kinds.register(_kind, _kind)


def take_due(pk: int, step: str, at: datetime) -> None:
    flow.take(step, pk, actor=Actor.system(), at=at)


timers.takers.register("things.thing", take_due)
