"""What the doctor looks at in telling people: texts that failed, whose fate is unknown, or that nobody sends."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.doctor import Finding, Look, register
from notifications.models import Delivery

LOOKED_BACK = timedelta(days=7)
BEHIND = timedelta(minutes=5)
COUNTED_AT_MOST = 1000
DEMO_GATEWAY = "notifications.gateways.demo.DemoGateway"


@register("notifications.failed", _("短信都发出去了"))
def failed(look: Look) -> Iterator[Finding]:
    """Texts of the last seven days that failed, or were handed over without an answer."""
    recent = Delivery.objects.filter(due_at__gte=look.at - LOOKED_BACK)
    gone = recent.filter(state=Delivery.State.FAILED)[:COUNTED_AT_MOST].count()
    if gone:
        yield Finding(
            _("近 7 天有 %(count)s 条短信没发出去"),
            _("打开“运行 → 短信发送”，看原因，改好后按“再发一次”。"),
            {"count": gone},
            "watch",
        )
    unknown = recent.filter(state=Delivery.State.UNKNOWN)[:COUNTED_AT_MOST].count()
    if unknown:
        yield Finding(
            _("近 7 天有 %(count)s 条短信交给了平台，没收到回音，可能已发出"),
            _("打开“运行 → 短信发送”，到短信平台核对后，没发出的按“再发一次”。"),
            {"count": unknown},
            "watch",
        )


@register("notifications.waiting", _("短信没有积压"))
def waiting(look: Look) -> Iterator[Finding]:
    """Texts that have been due for minutes and that nobody has tried to send."""
    late = Delivery.objects.filter(state=Delivery.State.WAITING, tries=0, due_at__lt=look.at - BEHIND)
    oldest = late.order_by("due_at").values_list("due_at", flat=True).first()
    if oldest is not None:
        yield Finding(
            _("短信没有人发：最早的一条等了 %(minutes)s 分钟"),
            _("看 portal-worker、portal-sweep 在不在运行（systemctl status），再看它们的日志。"),
            {"minutes": int((look.at - oldest).total_seconds() // 60)},
        )


@register("notifications.gateway", _("接了真的短信平台"))
def gateway(look: Look) -> Iterator[Finding]:
    """Production with the demo's gateway: it refuses every text."""
    if settings.SMS_GATEWAY == DEMO_GATEWAY and not settings.DEMO:
        yield Finding(
            _("SMS_GATEWAY 没有设置：验证码和短信都发不出去"),
            _("在环境变量 SMS_GATEWAY 里写短信平台的类，再重启 portal-web、portal-worker 和 portal-sweep。"),
        )
