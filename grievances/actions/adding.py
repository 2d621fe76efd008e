"""The reporter adds words or photos to an open case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.history import History
from grievances.actions.base import MOST_PHOTOS, attach, take
from grievances.models import Case, CasePhoto, Person
from grievances.rules import NothingToAdd, PhotosFull


def add(
    *, case_id: int, by: Person, at: datetime, added: str = "", photos: Sequence[str] = (), owner: str = "",
    **options: Any,
) -> Case:  # fmt: skip
    """Add words, or draft photos of ``owner``, to an open case; the residents' photos of a case are 9 at most.

    Raises NothingToAdd where neither is given, PhotosFull, the refusals of media.attach and of the table.
    """
    if not added.strip() and not photos:
        raise NothingToAdd

    def then(case: Case, row: History) -> None:
        there = case.photos.filter(slot=CasePhoto.Slot.REPORT).count()
        if there + len(set(photos)) > MOST_PHOTOS:
            raise PhotosFull(MOST_PHOTOS, MOST_PHOTOS - there)
        attach(case, row, photos, owner, CasePhoto.Slot.REPORT, at)

    return take("add", case_id, by, at, then=then, texts={"added": added}, photos=len(photos), **options)
