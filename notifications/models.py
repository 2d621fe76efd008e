"""The inbox, and one row per text that goes to somebody by another channel."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area, Placed
from core.outbox import OutboxRow
from core.personal import Personal, declare

__all__ = ["Area", "Delivery", "DeliveryAttempt", "DemoSms", "Message", "Person", "Placed"]


class Message(models.Model):
    """A notice in somebody's inbox (消息); once per outbox row and person."""

    row = models.ForeignKey(OutboxRow, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [models.UniqueConstraint(fields=["row", "person"], name="message_row_person")]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="message_person"),
            models.Index(fields=["person"], name="message_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["at"], name="message_to_erase"),
        ]


class Delivery(models.Model):
    """One text to one recipient by one channel; its key makes it one and the same at the gateway."""

    class State(models.TextChoices):
        """Where a delivery stands; ``unknown``: handed over, but the gateway's answer was lost."""

        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已发出")
        FAILED = "failed", _("没发出去")
        UNKNOWN = "unknown", _("不确定")
        SKIPPED = "skipped", _("没有发")

    class Why(models.TextChoices):
        """Why it stands there."""

        NO_PHONE = "no_phone", _("没有手机号")
        REFUSED = "refused", _("短信平台不收这个号码或内容")
        GAVE_UP = "gave_up", _("试了多次都没发成")
        TOO_LATE = "too_late", _("过了有效时间，不再发")
        NOTHING_LEFT = "nothing_left", _("内容已清除，不用再发")
        LOST = "lost", _("交给了短信平台，没收到回音，可能已发出")

    class Channel(models.TextChoices):
        """The ways out of the portal; the inbox is not one, its messages are there at once."""

        SMS = "sms", _("短信")

    row = models.ForeignKey(OutboxRow, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    as_role = models.CharField(max_length=20)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=15, choices=Why.choices, blank=True)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    gateway_id = models.CharField(max_length=100, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("发送")
        verbose_name_plural = _("发送")
        constraints = [
            models.CheckConstraint(
                name="delivery_sent_has_moment",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(name="delivery_waits_with_number", condition=~Q(phone="") | ~Q(state="waiting")),
        ]
        indexes = [
            models.Index(fields=["-urgent", "due_at", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["state", "-due_at", "-id"],
                name="delivery_trouble",
                condition=Q(state__in=["failed", "unknown", "skipped"]),
            ),
            models.Index(fields=["row"], name="delivery_row_waiting", condition=Q(state="waiting")),
            models.Index(fields=["due_at", "state"], name="delivery_counted"),
            models.Index(fields=["due_at"], name="delivery_to_erase", condition=~Q(phone="")),
            models.Index(fields=["person"], name="delivery_person", condition=~Q(phone="")),
        ]


class DeliveryAttempt(models.Model):
    """One call of a gateway, written down before it: without an end and an answer, the answer was lost.

    The text itself is not kept; ``digest`` (keyed) can prove which one it was.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    answer = models.CharField(max_length=300, blank=True)


class DemoSms(models.Model):
    """What the demo's gateway "sent": readable on a page, once per delivery key."""

    key = models.CharField(max_length=120, unique=True)
    phone = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="demosms_newest")]


declare(
    Message,
    fields={
        "title": Personal("text", "to tell a person what happened", "self", 730, "it was sent", "delete"),
        "body": Personal("text", "to tell a person what happened", "self", 730, "it was sent", "delete"),
    },
    plain=("kind", "url"),
)
declare(
    Delivery,
    fields={"phone": Personal("contact", "to send a text", "self", 90, "it was sent", mask="phone")},
    plain=("as_role", "language", "key", "gateway_id", "last_error"),
)
declare(DeliveryAttempt, plain=("digest", "answer"))
declare(
    DemoSms,
    fields={
        "phone": Personal("contact", "to show the demo's texts", "self", 30, "it was sent", "delete", "phone"),
        "text": Personal("text", "to show the demo's texts", "self", 30, "it was sent", "delete"),
    },
    plain=("key",),
)
