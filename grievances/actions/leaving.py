"""Somebody closes their account: what they are working on must be handed over first.

What they reported goes on to its end; the case keeps its number and words, and no name stands beside it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import ngettext

from core import leaving
from grievances.models import Case
from grievances.workflow import OPEN


def open_work(*, person: Any, at: datetime) -> Iterator[str]:
    """A sentence where open cases are in the person's hands."""
    held = Case.objects.filter(holder_person=person, state__in=OPEN).order_by().values("pk")
    accepted = Case.objects.filter(handler=person, state__in=OPEN).order_by().values("pk")
    count = len(held.union(accepted)[:100])
    if count:
        yield ngettext(
            "您手上还有 %(count)d 件没办完的诉求，请先让管理员交接。",
            "您手上还有 %(count)d 件没办完的诉求，请先让管理员交接。",
            count,
        ) % {"count": count}


leaving.hindrances.register("grievances", open_work)
