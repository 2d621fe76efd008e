"""Words and photos of old cases are erased by schedule."""

from datetime import datetime, timedelta

from django.db import transaction

from core.history import erase_texts
from core.media.actions import let_go
from grievances.models import Case, CaseHistory, CasePhoto, WallItem
from grievances.workflow import Wall

KEPT_AFTER_CLOSING = timedelta(days=1095)


def erase_old(*, at: datetime, limit: int = 500) -> int:
    """Erase the words of cases that ended three years ago: texts of their steps, photos, title, address and point.

    The history still verifies. Returns how many cases were erased; call again until it says 0.
    """
    ended = Case.objects.filter(closed_at__lt=at - KEPT_AFTER_CLOSING, erased_at__isnull=True).order_by(
        "closed_at", "pk"
    )
    with transaction.atomic():
        cases = list(ended.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
        for given in CaseHistory.objects.filter(subject__in=cases).values_list("texts", flat=True):
            erase_texts(given.values(), at=at)
        ids = [case.pk for case in cases]
        shots = CasePhoto.objects.filter(case__in=ids)
        photos = list(shots.values_list("photo_id", flat=True))
        shots.delete()
        let_go(photo_ids=photos, at=at)
        WallItem.objects.filter(case__in=ids).delete()
        Case.objects.filter(pk__in=ids).update(title="", address="", lat=None, lng=None, wall=Wall.NEVER, erased_at=at)
    return len(cases)
