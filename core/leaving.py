"""What keeps somebody from closing their account: apps register what must be handed over first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from core.registry import Registry


class Hindrance(Protocol):
    """Says in sentences what a person must hand over first; nothing when there is nothing."""

    def __call__(self, *, person: Any, at: datetime) -> Iterable[str]: ...


hindrances: Registry[Hindrance] = Registry("hindrance of leaving")


def reasons_to_stay(person: Any, at: datetime) -> list[str]:
    """Sentences that say what must be handed over before the person can close their account; [] when nothing."""
    return [str(sentence) for key in hindrances for sentence in hindrances.get(key)(person=person, at=at)]
