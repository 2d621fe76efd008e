"""Who looked at the portal as which role, where and how long: rows that only grow."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models.areas import Area
from communities.models.organisations import Role


class Viewing(models.Model):
    """An administrator looks at the portal as a role at a place; ``until`` is when it ends by itself."""

    viewer = models.ForeignKey(Person, verbose_name=_("谁查看"), on_delete=models.PROTECT, related_name="viewings")
    role = models.CharField(_("以什么岗位"), max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, verbose_name=_("辖区"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("开始"))
    until = models.DateTimeField(_("最晚到"))

    class Meta:
        verbose_name = _("以岗位身份查看")
        verbose_name_plural = _("以岗位身份查看")
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("at")), name="viewing_ends_later")]

    def __str__(self) -> str:
        return f"{self.viewer_id}: {self.role} @ {self.area_id}"


class ViewingEnd(models.Model):
    """When somebody left a viewing before its time."""

    viewing = models.OneToOneField(Viewing, on_delete=models.PROTECT, related_name="end")
    at = models.DateTimeField(_("结束"))

    class Meta:
        verbose_name = _("结束查看")
        verbose_name_plural = _("结束查看")

    def __str__(self) -> str:
        return f"{self.viewing_id} {self.at:%Y-%m-%d %H:%M}"
