"""What every setting's change has in common: the row that keeps it, and the check that nobody was faster."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from communities.models import Area, Person, SettingChange
from communities.rules import SettingMoved


def keep_change(
    *, subject: str, before: dict[str, Any] | None, after: dict[str, Any] | None, by: Person | None, at: datetime,
    area: Area | None = None,
) -> SettingChange | None:  # fmt: skip
    """Write down a change of a setting, inside the transaction that makes it.

    ``subject`` as of SettingChange; ``before`` and ``after`` are what JSON can hold. Returns the row, or None
    where nothing changed.
    """
    if before == after:
        return None
    return SettingChange.objects.create(subject=subject, area=area, before=before, after=after, by=by, at=at)


def check_unmoved(*, subject: str, expect: int | None) -> None:
    """Raise SettingMoved when the setting was changed after change number ``expect`` (None: not asked).

    The caller holds the lock of the row that the setting stands in.
    """
    if expect is None:
        return
    newest = SettingChange.objects.filter(subject=subject).select_related("by").order_by("-id").first()
    if newest is not None and newest.pk != expect:
        raise SettingMoved(str(newest.by) if newest.by is not None else _("系统"), newest.at)
