"""The dispatcher's tools: who looks at which case, and texts that are ready to send."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area
from core.personal import declare
from grievances.models.cases import Case
from grievances.models.catalogue import Category


class DeskClaim(models.Model):
    """Somebody looks at a case on the desk. It asks others to take another one; it never keeps them from it."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="deskclaim_ends_after")]


class StandardText(models.Model):
    """Words that staff begin from, for a step; with placeholders that the case fills.

    ``area`` None is the whole city, ``category`` None every category.
    """

    class ForStep(models.TextChoices):
        """The steps whose forms offer such words."""

        RESULT = "result", _("办结，写结果")
        ANSWER = "answer_directly", _("直接答复")
        CONTACT = "contact", _("联系反映人")
        ASK = "ask_reporter", _("请居民补充")
        RETURN = "return", _("退单")
        REJECT = "reject", _("不予受理")
        DISPATCH = "dispatch", _("派单的理由")
        EXTENSION = "ask_extension", _("申请延期")
        SUSPENSION = "ask_suspension", _("申请挂账")
        SETTLEMENT = "propose_settlement", _("提出终结")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    step = models.CharField(_("用在哪一步"), max_length=24, choices=ForStep.choices)
    name = models.CharField(_("名称"), max_length=30)
    body = models.CharField(_("内容"), max_length=500)
    is_active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("常用语")
        verbose_name_plural = _("常用语")
        indexes = [models.Index(fields=["step", "area", "order"], name="standardtext_step_area")]

    def __str__(self) -> str:
        return self.name


declare(StandardText, plain=("name", "body"))
