"""Where people are signed in: one row per session, known by a digest of its key only."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.own import AccountEvent
from accounts.models.people import User
from core import personal
from core.personal import Personal


class Device(models.Model):
    """A device on which somebody is signed in, or was until the sign-in was ended.

    Neither the session's key nor the full address nor what the browser said is kept: ``key_digest`` is
    compared with the digest of the key that a request brings, ``system`` and ``browser`` are marks of
    accounts.devices, ``network`` is the first half of the address (1.2.*.*).
    """

    user = models.ForeignKey(User, verbose_name=_("谁的登录"), on_delete=models.CASCADE, related_name="devices")
    key_digest = models.CharField(_("会话摘要"), max_length=64, unique=True)
    system = models.CharField(_("系统"), max_length=20, blank=True, default="")
    browser = models.CharField(_("浏览器"), max_length=20, blank=True, default="")
    network = models.CharField(_("大致网络地址"), max_length=20, blank=True, default="")
    created_at = models.DateTimeField(_("登录时间"))
    last_seen_at = models.DateTimeField(_("最近使用"))
    expires_at = models.DateTimeField(_("到什么时候"))
    ended_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    event = models.ForeignKey(
        AccountEvent, verbose_name=_("因哪次退出"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="devices",
    )  # fmt: skip

    class Meta:
        verbose_name = _("登录设备")
        verbose_name_plural = _("登录设备")
        constraints = [
            models.CheckConstraint(condition=Q(event=None) | Q(ended_at__isnull=False), name="device_event_is_an_end"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="device_signed_in", condition=Q(ended_at=None)),
            models.Index(fields=["expires_at"], name="device_to_forget", condition=Q(event=None)),
            models.Index(fields=["ended_at"], name="device_to_erase", condition=Q(event__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.browser} {self.created_at:%Y-%m-%d %H:%M}"

    def is_open(self, at: datetime) -> bool:
        """Whether the sign-in lasts at ``at``."""
        return self.ended_at is None and at < self.expires_at


personal.declare(
    Device,
    fields={
        "key_digest": Personal(
            "secret", purpose="认出已结束的登录", whose="user", after="it was ended", keep_days=180, on_erase="delete"
        ),
        "system": Personal(
            "text", purpose="让本人认出设备", whose="user", after="it was ended", keep_days=180, on_erase="delete"
        ),
        "browser": Personal(
            "text", purpose="让本人认出设备", whose="user", after="it was ended", keep_days=180, on_erase="delete"
        ),
        "network": Personal(
            "text", purpose="让本人认出设备", whose="user", after="it was ended", keep_days=180, on_erase="delete"
        ),
    },
)
