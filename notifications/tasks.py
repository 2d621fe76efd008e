"""Background entries: load, one call."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from notifications import actions


@shared_task
def send_waiting(**kwargs: Any) -> int:
    """Send what waits."""
    return actions.send_waiting(at=timezone.now())


@shared_task
def erase_old(**kwargs: Any) -> int:
    """Erase messages and numbers that were kept long enough."""
    return actions.erase_old(at=timezone.now())
