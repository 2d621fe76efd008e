"""Background entries of the portal: load, one call each."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.demo import work

SECONDS = 5.0


@shared_task
def make_demo_cases(**kwargs: Any) -> int:
    """Make some of the demo's cases and ask for the next, in the end let the doctor look; by schedule too, so that a killed worker stops nothing."""
    made = work.go_on(seconds=SECONDS) if settings.DEMO else 0
    if settings.DEMO and not made:
        work.look_over(at=timezone.now())
    if made:
        make_demo_cases.apply_async(expires=60)
    return made
