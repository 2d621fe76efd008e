"""Background entries of the grievance loop: load, one call."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from grievances import actions


@shared_task
def erase_old(**kwargs: Any) -> int:
    """Erase the words of cases that were kept long enough."""
    return actions.erase_old(at=timezone.now())


@shared_task
def try_rules(**kwargs: Any) -> int:
    """Go on with trying changed rules on last month's cases."""
    return actions.go_on_with_trials(at=timezone.now())


@shared_task
def check_rules(**kwargs: Any) -> int:
    """Tell of rules that broke, and see that each city has its catch-all."""
    actions.ensure_catch_all(at=timezone.now())
    return actions.check_rules(at=timezone.now())
