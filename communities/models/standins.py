"""Who stands in for whom, from when until when (代班)."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models.organisations import TsTzRange


class StandIn(models.Model):
    """For a while the work of ``person`` is ``stand_in``'s too; ended early it stays as a record.

    One person has one stand-in at a time: the database refuses an overlap.
    """

    person = models.ForeignKey(
        Person, verbose_name=_("请假的人"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stand_in = models.ForeignKey(
        Person, verbose_name=_("代班的人"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    valid_from = models.DateTimeField(_("起"))
    valid_until = models.DateTimeField(_("止"))
    reason = models.CharField(_("原因"), max_length=100, blank=True, default="")
    by = models.ForeignKey(Person, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(_("提前结束"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, verbose_name=_("结束人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = _("代班")
        verbose_name_plural = _("代班")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("stand_in")), name="standin_somebody_else"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="standin_ends_after"),
            ExclusionConstraint(
                name="standin_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-valid_until"], name="standin_person"),
            models.Index(fields=["stand_in", "-valid_until"], name="standin_stand_in"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.stand_in_id}"

    def holds_at(self, at: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.ended_at is None and self.valid_from <= at < self.valid_until
