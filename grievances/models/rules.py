"""A changed rule tried on the cases of the last month."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area
from core.personal import declare
from grievances.models.catalogue import DispatchRule


class RuleTrial(models.Model):
    """A rule as it would be (``said``), and what that would have moved: filled piece by piece up to (``last_at``, ``last_id``).

    ``moves`` are [from code, to code, how many], the most first, ``first`` the first cases that would move as
    [case id, from code, to code].
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(DispatchRule, on_delete=models.PROTECT, null=True, related_name="+")
    said = models.JSONField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    last_id = models.BigIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    moves = models.JSONField(default=list)
    first = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("规则试算")
        verbose_name_plural = _("规则试算")
        indexes = [models.Index(fields=["id"], name="trial_open", condition=models.Q(finished_at__isnull=True))]


declare(RuleTrial, plain=("said", "moves", "first"))
