"""Background entries of sign-in: one call each."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task
def clean_up(**kwargs: Any) -> int:
    """Blank codes and links that can no longer be sent; delete old codes, counters and dead sessions."""
    return actions.clean_up(at=timezone.now())
