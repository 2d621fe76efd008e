"""Background entries of the grievance loop: load, one call."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from grievances import actions


@shared_task
def erase_old(**kwargs: Any) -> int:
    """Erase the words of cases that were kept long enough."""
    return actions.erase_old(at=timezone.now())
