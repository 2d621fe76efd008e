"""Handing over at the end of a shift (交班): an offer to a colleague, with the cases it is about."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.personal import declare
from grievances.models.cases import Case


class Answer(models.TextChoices):
    """What became of an offer; without one it waits."""

    WAITS = "", _("等接班")
    TAKEN = "taken", _("已接班")
    DECLINED = "declined", _("没有接")
    WITHDRAWN = "withdrawn", _("已收回")
    LAPSED = "lapsed", _("过了时间没有回")


class ShiftOffer(models.Model):
    """``giver`` offers cases in their hands to ``to``; until that one takes them they stay with the giver.

    ``until`` is when it lapses unanswered; ``answered_by`` is None where the clock ended it.
    """

    giver = models.ForeignKey(
        Person, verbose_name=_("交班的人"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to = models.ForeignKey(
        Person, verbose_name=_("接班的人"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    words = models.CharField(_("要交代的一句话"), max_length=120)
    offered_at = models.DateTimeField()
    until = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITS, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    why = models.CharField(_("为什么不接"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("交班")
        verbose_name_plural = _("交班")
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("to")), name="shiftoffer_somebody_else"),
            models.CheckConstraint(condition=Q(until__gt=F("offered_at")), name="shiftoffer_lapses_after"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="shiftoffer_answered_once",
            ),
        ]
        indexes = [
            models.Index(fields=["to", "id"], name="shiftoffer_to", condition=Q(answer="")),
            models.Index(fields=["giver", "id"], name="shiftoffer_giver", condition=Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.to}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answer == Answer.WAITS

    @property
    def last_moment(self) -> datetime:
        """The last minute in which it can be answered, as people say it: the end of a day, not the next day's 00:00."""
        return self.until - timedelta(minutes=1)


class ShiftItem(models.Model):
    """One case of an offer; ``is_open`` while the offer waits, ``moved`` once the case went over.

    ``left`` says why it stayed with the giver although the offer was taken.
    """

    offer = models.ForeignKey(ShiftOffer, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    moved = models.BooleanField(default=False)
    left = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="shiftitem_one_open", condition=Q(is_open=True)),
            models.UniqueConstraint(fields=["offer", "case"], name="shiftitem_once"),
            models.CheckConstraint(condition=~Q(is_open=True, moved=True), name="shiftitem_moved_is_over"),
        ]


declare(ShiftOffer, plain=("words", "why"))
declare(ShiftItem, plain=("left",))
