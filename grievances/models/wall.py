"""The public wall: what staff released of a case, in its released words; and who follows it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Placed
from core.personal import Personal, declare
from grievances.models.cases import Case


class WallItem(Placed):
    """One case on the public wall, in the words that a staff member released.

    The row is there as long as the case is shown, and goes when it is taken down; the words that were
    released stand in the case's history. ``result_seq`` is the history row of the result shown (0: none).
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="wall_item")
    title = models.CharField(_("标题"), max_length=60)
    text = models.TextField(_("内容"))
    result_text = models.TextField(_("处理结果"), blank=True)
    result_seq = models.PositiveIntegerField(default=0)
    shown_at = models.DateTimeField()

    class Meta:
        verbose_name = _("公开栏")
        verbose_name_plural = _("公开栏")
        indexes = [models.Index(fields=["community", "-shown_at", "-id"], name="wall_community")]

    def __str__(self) -> str:
        return self.title


class Follow(models.Model):
    """Somebody who wants to hear how a case on the wall goes on; shown to nobody else."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="follow_once")]


_UNTIL = "the case is closed"
declare(
    WallItem,
    fields={
        "title": Personal("text", "to show neighbours what is being done", "the reporter", 1095, _UNTIL),
        "text": Personal("text", "to show neighbours what is being done", "the reporter", 1095, _UNTIL),
        "result_text": Personal("text", "to show neighbours what was done", "the reporter", 1095, _UNTIL),
    },
)
