"""Opening a masked value, with a reason that its owner can read."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.actions import limits
from accounts.models import OpeningLog, Person
from core.refusals import Refused


class MayNotOpen(Refused):
    """The opener has nothing to do with this person here."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("这里没有您可以查看的信息。"))


class NoReason(Refused):
    """A reason is needed."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写一句为什么要看，本人会看到这句话。"))


def open_value(*, opener: Person, person: Person, field: str, subject: str, reason: str, at: datetime) -> str:
    """The full value of a field of a person; writes who looked and why. One's own needs no reason or row.

    Args:
        opener: who looks.
        person: whose value it is.
        field: "name", "phone", "phone2" or "birth_date".
        subject: because of what, e.g. "grievances.case:12".
        reason: in words, at most 200 characters are kept.
        at: now.

    Raises:
        MayNotOpen: no such field, or no right to it through this subject.
        NoReason: the reason is empty.
        TooOften: more than 200 openings in a day.
    """
    if not rules.may_open(opener, person, field, subject):
        raise MayNotOpen
    value = getattr(person, field)
    shown = value.isoformat() if hasattr(value, "isoformat") else str(value or "")
    if opener.pk == person.pk:
        return shown
    words = " ".join(reason.split())
    if not words:
        raise NoReason
    with transaction.atomic():
        limits.spend(f"opening:{opener.pk}", limit=rules.OPENINGS_PER_DAY, window=rules.DAY, at=at)
        OpeningLog.objects.create(opener=opener, person=person, field=field, subject=subject, reason=words[:200], at=at)
    return shown
