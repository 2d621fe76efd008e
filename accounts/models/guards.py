"""What guards sign-ins and masked values: the log of openings, codes, invitations, counters."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person
from core import personal
from core.personal import Personal


class OpeningLog(models.Model):
    """Who opened which masked value of whom, when and why.

    A trigger refuses to change or delete a row; only the reason may be blanked, when its time is over.
    """

    opener = models.ForeignKey(Person, verbose_name=_("谁看的"), on_delete=models.PROTECT, related_name="openings_made")
    person = models.ForeignKey(Person, verbose_name=_("看了谁的"), on_delete=models.PROTECT, related_name="openings")
    field = models.CharField(_("哪一项"), max_length=60)
    subject = models.CharField(_("因哪件事"), max_length=80, blank=True, default="")
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        indexes = [
            models.Index(fields=["person", "-at"], name="openinglog_person_at"),
            models.Index(fields=["at"], name="openinglog_to_blank", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.opener} → {self.person}: {self.field}"

    def field_words(self) -> str:
        """What was looked at, in words."""
        words = {field.name: field.verbose_name for field in Person._meta.fields}
        return str(words.get(self.field, self.field))


class SignInCode(models.Model):
    """A six-digit code for one phone: five minutes, five tries, once."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("登录")
        RESET = "reset", _("重设密码")
        CONFIRM = "confirm", _("确认是本人")
        CHANGE = "change", _("换手机号")

    phone = models.CharField(_("手机号"), max_length=11)
    purpose = models.CharField(_("用途"), max_length=10, choices=Purpose.choices)
    code_hash = models.CharField(_("验证码摘要"), max_length=64)
    sendable = models.CharField(_("待发验证码"), max_length=6, blank=True, default="")
    created_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(_("输错次数"), default=0)

    class Meta:
        verbose_name = _("短信验证码")
        verbose_name_plural = _("短信验证码")
        indexes = [
            models.Index(fields=["phone", "purpose", "-created_at"], name="signincode_latest"),
            models.Index(fields=["expires_at"], name="signincode_expires"),
            models.Index(fields=["created_at"], name="signincode_created"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.created_at:%Y-%m-%d %H:%M}"

    def was_sent(self, at: datetime) -> None:
        """Blank the sendable copy: the message is on its way."""
        self.sendable, self.sent_at = "", at
        self.save(update_fields=["sendable", "sent_at"])


class Invitation(models.Model):
    """A one-time link with which a member of staff sets a first password."""

    person = models.ForeignKey(Person, verbose_name=_("请谁"), on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(_("链接摘要"), max_length=64, unique=True)
    sendable = models.CharField(_("待发链接"), max_length=60, blank=True, default="")
    invited_by = models.ForeignKey(
        Person, verbose_name=_("谁邀请的"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        indexes = [models.Index(fields=["created_at"], name="invitation_created")]

    def __str__(self) -> str:
        return f"{self.person} {self.created_at:%Y-%m-%d}"

    def was_sent(self) -> None:
        """Blank the sendable copy: the message is on its way."""
        self.sendable = ""
        self.save(update_fields=["sendable"])


class Limit(models.Model):
    """How often something was tried within one window of time. Kept here, not in the cache."""

    key = models.CharField(_("计数对象"), max_length=100)
    window_start = models.DateTimeField(_("时段开始"))
    ends_at = models.DateTimeField(_("时段结束"))
    count = models.PositiveIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = _("次数限制")
        verbose_name_plural = _("次数限制")
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="limit_key_window_once")]
        indexes = [models.Index(fields=["ends_at"], name="limit_ends")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


personal.declare(
    OpeningLog,
    fields={"reason": Personal("text", purpose="说明为什么查看", whose="opener", after="opening", keep_days=1095)},
    plain=("field", "subject"),
)
personal.declare(
    SignInCode,
    fields={
        "phone": Personal("contact", purpose="发验证码", after="sending", keep_days=1, on_erase="delete", mask="phone"),
        "code_hash": Personal("secret", purpose="核对验证码", after="sending", keep_days=1, on_erase="delete"),
        "sendable": Personal("secret", purpose="发验证码", after="sending", keep_days=0),
    },
)
personal.declare(
    Invitation,
    fields={
        "token_hash": Personal("secret", purpose="核对邀请链接", after="use", keep_days=365, on_erase="delete"),
        "sendable": Personal("secret", purpose="发邀请链接", after="sending", keep_days=0),
    },
)
personal.declare(Limit, plain=("key",))
