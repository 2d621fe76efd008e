"""Doors (专门渠道): where a matter belongs that is not for this portal, such as 110, a court or 信访."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal import declare
from grievances.models.catalogue import Category


class Door(models.Model):
    """One door with its words and number, as the city sets it; ``categories`` end there instead of in a report."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=20)
    matter = models.CharField(_("什么事"), max_length=60)
    words = models.CharField(_("怎么说"), max_length=300)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    is_danger = models.BooleanField(_("危急时拨打"), default=False)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)
    categories = models.ManyToManyField(Category, verbose_name=_("这些类别都到这里"), blank=True, related_name="doors")

    class Meta:
        verbose_name = _("专门渠道")
        verbose_name_plural = _("专门渠道")
        ordering = ("order", "id")

    def __str__(self) -> str:
        return self.name


declare(Door, plain=("code", "name", "matter", "words", "phone", "address"))
