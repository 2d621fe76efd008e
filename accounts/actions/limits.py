"""Counters in PostgreSQL: how often something was tried within one window of time."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Limit
from core.refusals import Refused

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class TooOften(Refused):
    """The same thing was tried too often; it works again later."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_("试的次数有点多，请过一会儿再来。着急的话，可以打社区电话。"))


def count(key: str, *, window: timedelta, at: datetime) -> int:
    """Add one try and return how many the window has seen.

    Windows are fixed: the day or hour that ``at`` falls into. One statement, so tries at the same moment
    are all counted.
    """
    start = EPOCH + (at - EPOCH) // window * window
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_limit (key, window_start, ends_at, count) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (key, window_start) DO UPDATE SET count = accounts_limit.count + 1 RETURNING count",
            [key, start, start + window],
        )
        return int(cursor.fetchone()[0])


def spend(key: str, *, limit: int, window: timedelta, at: datetime) -> None:
    """Add one try; raises TooOften past ``limit`` tries in the window."""
    if count(key, window=window, at=at) > limit:
        raise TooOften


def give_back(key: str, *, at: datetime) -> None:
    """Take one try of the running window back: it was a good one."""
    running = Limit.objects.filter(key=key, window_start__lte=at, ends_at__gt=at, count__gt=0)
    running.update(count=F("count") - 1)


def forgive(key: str) -> None:
    """Forget the tries: the right password came."""
    Limit.objects.filter(key=key).delete()


def forget_old(*, at: datetime) -> int:
    """Delete windows that are over; returns how many."""
    return Limit.objects.filter(ends_at__lt=at).delete()[0]
