"""Background entries of core: load, one call each."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import figures, once, outbox, reference, sealing, timers
from core.media import actions as media


@shared_task
def drain_outbox(**kwargs: Any) -> int:
    """Carry out the effects that are due."""
    return outbox.drain(at=timezone.now())


@shared_task
def sweep_timers(**kwargs: Any) -> int:
    """Take the steps that are due."""
    return timers.sweep(at=timezone.now())


@shared_task
def make_versions(*, photo_id: str, **kwargs: Any) -> bool:
    """Make the shown copies of one photo."""
    return media.make_versions(photo_id=photo_id)


@shared_task
def make_missing_versions(**kwargs: Any) -> int:
    """Make the shown copies of photos that were passed over."""
    return media.make_missing_versions()


@shared_task
def clean_up(**kwargs: Any) -> int:
    """Forget old form keys and drafts that nobody sent, and thin the editions of reference data."""
    now = timezone.now()
    return once.forget_old(at=now) + media.delete_expired(at=now) + reference.thin()


@shared_task
def seal_history(**kwargs: Any) -> int:
    """Write yesterday's seal where there is none yet."""
    now = timezone.now()
    return len(sealing.seal_day(day=sealing.last_due_day(now), at=now))


@shared_task
def fold_figures(**kwargs: Any) -> int:
    """Fold what boards count into the sums of its days."""
    return figures.fold_all()
