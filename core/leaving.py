"""What keeps somebody from closing their account: apps register what must be handed over first."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from core.registry import Registry

Hindrance = Callable[[Any, datetime], Iterable[str]]
hindrances: Registry[Hindrance] = Registry("hindrance of leaving")


def reasons_to_stay(person: Any, at: datetime) -> list[str]:
    """Sentences that say what must be handed over before the person can close their account; [] when nothing."""
    return [str(sentence) for key in hindrances for sentence in hindrances.get(key)(person, at)]
