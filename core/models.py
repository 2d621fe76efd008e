"""Core's tables; each stands beside the mechanism that owns it."""

from core import personal
from core.doctor import Checkup
from core.figures import FigureDay, FigureDelta
from core.history import Seal, StepText
from core.jobs import Job
from core.media.models import Photo
from core.once import OnceKey
from core.outbox import OutboxRow, OutboxWork
from core.reference import EditionRow
from core.timers import Timer

__all__ = [
    "Checkup", "EditionRow", "FigureDay", "FigureDelta", "Job", "OnceKey", "OutboxRow", "OutboxWork", "Photo", "Seal", "StepText",
    "Timer",
]  # fmt: skip

personal.declare(
    StepText,
    fields={"body": personal.Personal("text", "what was said in a step", "the writer", 1095, "the case is closed")},
    plain=("salt", "digest"),
)
personal.declare(EditionRow, plain=("table",))
personal.declare(Seal, plain=("table", "day", "root"))
personal.declare(OnceKey, plain=("owner", "address"))
personal.declare(OutboxRow, plain=("kind", "about", "key", "ids"))
personal.declare(OutboxWork, plain=("handler", "last_error"))
personal.declare(Timer, plain=("label", "step", "last_error"))
personal.declare(Checkup, plain=("key", "findings"))
personal.declare(Job, plain=("name", "note"))
personal.declare(FigureDelta, plain=("key", "day", "places", "dimension"))
personal.declare(FigureDay, plain=("key", "dimension", "day"))
