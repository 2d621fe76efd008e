"""The doctor finds texts that failed, whose fate is unknown, or that nobody sends."""

from datetime import timedelta

import pytest

from core import doctor
from core.doctor import Look
from notifications.models import Delivery


@pytest.fixture
def found(db, now):
    """A function that gives the findings of one check: level and words."""

    def ask(key: str) -> list[tuple[str, str]]:
        said = [doctor.in_language(one.said(), "zh-hans") for one in doctor.checks.get(key).run(Look(at=now))]
        return [(one["level"], one["what"]) for one in said]

    return ask


@pytest.fixture
def text(bell, both, now):
    """A function that makes a text in a state, due some time ago."""

    def make(state: str, **ago: float) -> Delivery:
        row = bell.ring(both, at=now)
        due = now - timedelta(**ago)
        return Delivery.objects.create(row=row, channel="sms", as_role="both", phone=both.phone, key=f"k{row.pk}",
                                       state=state, due_at=due)  # fmt: skip

    return make


def test_texts_of_the_last_week_that_went_wrong_are_counted(found, text):
    assert found("notifications.failed") == []
    text("failed", days=1)
    text("failed", days=8)
    text("unknown", days=2)
    assert found("notifications.failed") == [
        ("watch", "近 7 天有 1 条短信没发出去"),
        ("watch", "近 7 天有 1 条短信交给了平台，没收到回音，可能已发出"),
    ]


def test_texts_that_nobody_sends_are_wrong(found, text):
    late = text("waiting", minutes=4)
    assert found("notifications.waiting") == []
    Delivery.objects.update(due_at=late.due_at - timedelta(minutes=8))
    assert found("notifications.waiting") == [("wrong", "短信没有人发：最早的一条等了 12 分钟")]


def test_production_without_a_gateway_is_wrong(found, settings):
    assert found("notifications.gateway") == []
    settings.DEMO = False
    assert found("notifications.gateway") == [("wrong", "SMS_GATEWAY 没有设置：验证码和短信都发不出去")]
    settings.SMS_GATEWAY = "city.gateways.Real"
    assert found("notifications.gateway") == []
