"""What people did with their own accounts: a log of it, and the copies of their data."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person
from core import personal
from core.personal import Personal


class AccountEvent(models.Model):
    """One thing that happened to an account: who did it and when, never the number or the name itself.

    A trigger refuses to change or delete a row; only the reason and the sendable number may be blanked.
    """

    class What(models.TextChoices):
        PHONE = "phone", _("换了手机号")
        EXPORT = "export", _("要了一份资料副本")
        DOWNLOAD = "download", _("下载了资料副本")
        CLOSED = "closed", _("注销了账户")
        SIGNED_OUT = "signed_out", _("结束了登录")

    class Cause(models.TextChoices):
        """Why somebody's sign-in was ended by those who look after them."""

        LOST = "lost", _("手机丢了")
        REPLACED = "replaced", _("换了手机")
        LEFT = "left", _("离岗")
        OTHER = "other", _("其他")

    person = models.ForeignKey(Person, verbose_name=_("谁的账户"), on_delete=models.PROTECT, related_name="events")
    what = models.CharField(_("做了什么"), max_length=10, choices=What.choices)
    by = models.ForeignKey(Person, verbose_name=_("谁做的"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    cause = models.CharField(_("原因"), max_length=10, choices=Cause.choices, blank=True, default="")
    reason = models.CharField(_("理由"), max_length=200, blank=True, default="")
    sendable = models.CharField(_("待告知的旧号码"), max_length=11, blank=True, default="")

    class Meta:
        verbose_name = _("账户记录")
        verbose_name_plural = _("账户记录")
        indexes = [
            models.Index(fields=["person", "-at"], name="accountevent_person_at"),
            models.Index(fields=["at"], name="accountevent_to_blank", condition=~Q(reason="") | ~Q(sendable="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"

    def was_sent(self) -> None:
        """Blank the old number: the message is on its way."""
        self.sendable = ""
        self.save(update_fields=["sendable"])


class DataExport(models.Model):
    """A copy of somebody's data as one file: asked for, made by a worker, kept a week, theirs alone."""

    class State(models.TextChoices):
        WAITING = "waiting", _("正在准备")
        READY = "ready", _("可以下载")
        FAILED = "failed", _("没有做成")
        GONE = "gone", _("已过期删除")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, verbose_name=_("谁的"), on_delete=models.PROTECT, related_name="exports")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    language = models.CharField(max_length=10, default="zh-hans", editable=False)
    asked_at = models.DateTimeField(_("申请时间"))
    done_parts = models.PositiveSmallIntegerField(default=0)
    all_parts = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    file_key = models.CharField(max_length=200, blank=True, default="")
    byte_size = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("保留到"), null=True, blank=True)

    class Meta:
        verbose_name = _("资料副本")
        verbose_name_plural = _("资料副本")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="waiting"), name="dataexport_one_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file_key="") & Q(expires_at__isnull=False)),
                name="dataexport_ready_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="dataexport_person"),
            models.Index(fields=["asked_at"], name="dataexport_waiting", condition=Q(state="waiting")),
            models.Index(fields=["expires_at"], name="dataexport_expiring", condition=~Q(file_key="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.asked_at:%Y-%m-%d}"

    @property
    def percent(self) -> int:
        """How much of it is made, 0 to 100."""
        return self.done_parts * 100 // self.all_parts if self.all_parts else 0

    def is_open(self, at: datetime) -> bool:
        """Whether it can be downloaded at ``at``."""
        return self.state == self.State.READY and self.expires_at is not None and at < self.expires_at


personal.declare(
    AccountEvent,
    fields={
        "reason": Personal("text", purpose="说明为什么代改", after="the event", keep_days=1095),
        "sendable": Personal("contact", purpose="告诉旧号码已改绑", after="sending", keep_days=0, mask="phone"),
    },
)
personal.declare(
    DataExport,
    fields={"file_key": Personal("text", purpose="供本人下载", after="it was ready", keep_days=7, on_erase="delete")},
    plain=("language",),
)


class SavedView(models.Model):
    """The filters of a page that somebody keeps under a name of their own: the page's name and its query."""

    person = models.ForeignKey(Person, verbose_name=_("谁的"), on_delete=models.PROTECT, related_name="saved_views")
    page = models.CharField(_("哪一页"), max_length=40)
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("筛选条件"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("存下的筛选")
        verbose_name_plural = _("存下的筛选")
        constraints = [models.UniqueConstraint(fields=["person", "page", "name"], name="savedview_name")]

    def __str__(self) -> str:
        return self.name


personal.declare(
    SavedView,
    fields={
        "name": Personal("text", purpose="下次一点就打开", after="account closed", keep_days=0, on_erase="delete"),
        "query": Personal("text", purpose="下次一点就打开", after="account closed", keep_days=0, on_erase="delete"),
    },
    plain=("page",),
)
