"""Background entries of sign-in: one call each."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task
def clean_up(**kwargs: Any) -> int:
    """Blank codes and links that can no longer be sent; delete old codes, counters and dead sessions."""
    return actions.clean_up(at=timezone.now())


@shared_task
def erase_old(**kwargs: Any) -> int:
    """Erase what accounts hold and was kept long enough."""
    return actions.erase_old(at=timezone.now())


@shared_task
def make_exports(**kwargs: Any) -> int:
    """Make the copies of data that people asked for."""
    return actions.make_exports(at=timezone.now())
