"""What people agreed to, and who may act for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person
from core import personal
from core.personal import Personal


class Consent(models.Model):
    """A person's yes to one version of a text; a new version asks again."""

    class What(models.TextChoices):
        PRIVACY = "privacy_notice", _("个人信息保护告知")
        ACTING = "acting_for", _("委托他人代办")

    person = models.ForeignKey(Person, verbose_name=_("谁同意"), on_delete=models.PROTECT, related_name="consents")
    what = models.CharField(_("同意什么"), max_length=20, choices=What.choices)
    text_version = models.CharField(_("文本版本"), max_length=20)
    at = models.DateTimeField(_("时间"))
    taken_by = models.ForeignKey(
        Person,
        verbose_name=_("由谁当面记录"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text_version"],
                condition=Q(what="privacy_notice", withdrawn_at=None),
                name="consent_privacy_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.text_version}"


class ActingFor(models.Model):
    """Someone may act for someone else, with that person's consent, from–until, once they said yes to it."""

    person = models.ForeignKey(Person, verbose_name=_("代办人"), on_delete=models.PROTECT, related_name="acts_for")
    for_person = models.ForeignKey(
        Person, verbose_name=_("为谁办"), on_delete=models.PROTECT, related_name="acted_for_by"
    )
    consent = models.ForeignKey(Consent, verbose_name=_("委托同意"), on_delete=models.PROTECT, related_name="+")
    what_for = models.CharField(_("办什么"), max_length=60, blank=True, default="")
    valid_from = models.DateTimeField(_("开始"))
    valid_until = models.DateTimeField(_("结束"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("代办人确认时间"), null=True, blank=True)
    declined_at = models.DateTimeField(_("代办人谢绝时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("代办关系")
        verbose_name_plural = _("代办关系")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("for_person")), name="acting_for_another"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="acting_for_ends_later",
            ),
            models.CheckConstraint(condition=Q(confirmed_at=None) | Q(declined_at=None), name="acting_for_one_answer"),
        ]
        indexes = [
            models.Index(fields=["valid_from"], name="acting_for_to_blank", condition=~Q(what_for="")),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.for_person}"


personal.declare(Consent, plain=("text_version",))
personal.declare(
    ActingFor,
    fields={
        "what_for": Personal("text", purpose="说明委托办什么", whose="for_person", after="it ended", keep_days=1095)
    },
)
