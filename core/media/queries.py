"""Reading photos."""

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from core.media.models import Photo


def for_owner(owner: str, *, at: datetime | None = None) -> QuerySet[Photo]:
    """The drafts of an owner that are still good, oldest first.

    Args:
        owner: "person:12" or "visit:<token>", as `owner_of` gives it.
        at: now, where the caller knows it.
    """
    return Photo.objects.filter(owner=owner, attached_to="", expires_at__gt=at or timezone.now()).order_by(
        "created_at", "id"
    )


def for_subject(subject: str) -> QuerySet[Photo]:
    """The photos attached to something, in the order they were attached.

    Args:
        subject: "app.model:id", for example "grievances.case:12".
    """
    if not subject:
        return Photo.objects.none()
    return Photo.objects.filter(attached_to=subject).order_by("attached_at", "position", "id")


def draft_of(owner: str, photo_id: uuid.UUID, *, at: datetime | None = None) -> Photo | None:
    """One draft of an owner, or None when there is none, it is another's or its day is over."""
    return for_owner(owner, at=at).filter(pk=photo_id).first()
