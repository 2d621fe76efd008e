"""A text goes out once; what went wrong is told apart from what nobody knows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import outbox
from core.notices import Recipient, Wording
from notifications import actions
from notifications.gateways.base import PermanentRefusal, TryLater
from notifications.models import Delivery, DeliveryAttempt, DemoSms
from tests.notifications.bell import PHONE

State, Why = Delivery.State, Delivery.Why


@pytest.fixture
def waiting(bell, both, now) -> Delivery:
    """A text to 李 that waits."""
    bell.ring(both, at=now)
    outbox.drain(at=now)
    return Delivery.objects.get()


class Killed(BaseException):
    """The worker dies."""


def test_a_text_is_sent_once_and_its_attempt_written_down(waiting, gateway, now):
    assert actions.send_waiting(at=now) == 1
    assert actions.send_waiting(at=now + timedelta(hours=3)) == 0
    assert gateway.sent == [(PHONE, "铃响了 both", waiting.key)]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.gateway_id) == (State.SENT, "id-1")
    assert waiting.sent_at is not None
    attempt = DeliveryAttempt.objects.get()
    assert attempt.ended_at >= attempt.started_at
    assert attempt.answer == "taken"
    assert "铃" not in attempt.digest


def test_the_attempt_is_there_before_the_gateway_is_called(waiting, gateway, now):
    seen = []
    gateway.answers = [lambda: seen.append(DeliveryAttempt.objects.get().ended_at) or "id-2"]
    actions.send_waiting(at=now)
    assert seen == [None]


def test_pauses_double_up_to_eight_tries_and_then_it_failed(waiting, gateway, now):
    gateway.answers = [TryLater("busy")] * 20
    pauses, moment = [], now
    while (waiting := Delivery.objects.get()).state == State.WAITING:
        moment = max(moment, waiting.due_at)
        actions.send_waiting(at=moment)
        waiting.refresh_from_db()
        pauses.append(round((waiting.due_at - moment).total_seconds()))
    assert pauses == [2, 4, 8, 16, 32, 64, 128, round((waiting.due_at - moment).total_seconds())]
    assert (waiting.tries, waiting.state, waiting.why) == (8, State.FAILED, Why.GAVE_UP)
    assert gateway.sent == []
    assert waiting.attempts.filter(ended_at=None).count() == 0


def test_the_pause_is_an_hour_at_most(waiting, gateway, now, monkeypatch):
    monkeypatch.setattr(actions, "MOST_TRIES", 40)
    Delivery.objects.update(tries=30)
    gateway.answers = [TryLater("busy")]
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert abs(waiting.due_at - now - timedelta(hours=1)) < timedelta(seconds=5)


def test_what_kills_its_worker_every_time_is_given_up(waiting, gateway, now):
    Delivery.objects.update(tries=8)
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.FAILED, Why.GAVE_UP)
    assert gateway.sent == []


def test_a_permanent_refusal_is_not_tried_again_and_the_number_is_masked(waiting, gateway, now):
    gateway.answers = [PermanentRefusal(f"{PHONE} is on the stop list")]
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why, waiting.tries) == (State.FAILED, Why.REFUSED, 1)
    assert "138****2046" in waiting.last_error
    assert PHONE not in waiting.last_error + DeliveryAttempt.objects.get().answer
    assert actions.send_waiting(at=now + timedelta(days=1)) == 0


def test_a_worker_killed_before_the_answer_leaves_the_text_unknown(waiting, gateway, now):
    gateway.answers = [Killed()]
    with pytest.raises(Killed):
        actions.send_waiting(at=now)
    assert actions.send_waiting(at=now + timedelta(seconds=30)) == 0
    assert actions.send_waiting(at=now + timedelta(seconds=70)) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.UNKNOWN, Why.LOST)
    assert gateway.sent == []
    assert actions.send_waiting(at=now + timedelta(days=1)) == 0


def test_a_gateway_that_breaks_off_leaves_the_text_unknown(waiting, gateway, now):
    gateway.answers = [TimeoutError("read timed out")]
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.UNKNOWN, Why.LOST)


def test_a_gateway_that_knows_keys_is_simply_asked_again(waiting, gateway, now, settings):
    settings.SMS_GATEWAY = "tests.notifications.bell.KnowingGateway"
    gateway.answers = [Killed(), TimeoutError("read timed out"), "id-9"]
    with pytest.raises(Killed):
        actions.send_waiting(at=now)
    actions.send_waiting(at=now + timedelta(seconds=70))
    actions.send_waiting(at=now + timedelta(seconds=90))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.gateway_id) == (State.SENT, "id-9")


def test_the_demos_gateway_keeps_a_key_once(waiting, now):
    actions.send_waiting(at=now)
    Delivery.objects.update(state=State.WAITING, sent_at=None)
    actions.send_waiting(at=now)
    assert DemoSms.objects.count() == 1


def test_without_demo_the_demos_gateway_takes_nothing(waiting, now, settings):
    settings.DEMO = False
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.FAILED, Why.REFUSED)
    assert not DemoSms.objects.exists()


def test_an_unknown_text_is_sent_again_by_hand(waiting, gateway, now):
    gateway.answers = [TimeoutError("read timed out")]
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert actions.send_again(delivery=waiting, at=now)
    assert not actions.send_again(delivery=waiting, at=now)
    actions.send_waiting(at=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.SENT, "")
    assert len(gateway.sent) == 1


def test_sending_again_takes_the_number_the_person_has_now(waiting, gateway, li, now):
    gateway.answers = [PermanentRefusal("no such number")]
    actions.send_waiting(at=now)
    li.phone = "13712342048"
    li.save()
    waiting.refresh_from_db()
    actions.send_again(delivery=waiting, at=now)
    actions.send_waiting(at=now)
    assert [phone for phone, _text, _key in gateway.sent] == ["13712342048"]


def test_what_had_no_number_can_be_sent_when_there_is_one(bell, wang, now, gateway):
    wang.phone = ""
    wang.save()
    bell.ring(Recipient(as_role="both", person_id=wang.pk), at=now)
    outbox.drain(at=now)
    skipped = Delivery.objects.get()
    assert not actions.send_again(delivery=skipped, at=now)
    wang.phone = "13712342048"
    wang.save()
    assert actions.send_again(delivery=skipped, at=now)
    assert actions.send_waiting(at=now) == 1


def test_urgent_texts_go_first(bell, li, wang, now, gateway):
    bell.ring(Recipient(as_role="both", person_id=li.pk, phone=li.phone), at=now)
    outbox.drain(at=now)
    bell.set(urgency="urgent")
    bell.ring(Recipient(as_role="both", person_id=wang.pk, phone=wang.phone), at=now)
    outbox.drain(at=now)
    actions.send_waiting(at=now)
    assert [phone for phone, _text, _key in gateway.sent] == [wang.phone, li.phone]


def test_words_that_cannot_be_made_do_not_hold_up_the_others(bell, li, wang, now, gateway):
    def words(row, subject, recipient):
        if recipient.person_id == li.pk:
            raise KeyError("no such fact")
        return Wording(title="", sms="铃响了")

    people = [Recipient(as_role="sms", person_id=who.pk, phone=who.phone) for who in (li, wang)]
    bell.ring(*people, at=now)
    outbox.drain(at=now)
    bell.words = words
    assert actions.send_waiting(at=now) == 2
    assert [phone for phone, _text, _key in gateway.sent] == [wang.phone]
    broken = Delivery.objects.get(person=li)
    assert broken.state == State.WAITING
    assert broken.due_at > now
    assert not broken.attempts.exists()


def test_the_blanking_and_the_record_of_the_sending_are_one(bell, both, now, settings):
    settings.SMS_GATEWAY = "tests.notifications.bell.KnowingGateway"
    calls = []

    def blank(row):
        calls.append(row.key)
        if len(calls) == 1:
            raise RuntimeError("killed")

    bell.set(sent=blank)
    bell.ring(both, at=now)
    outbox.drain(at=now)
    with pytest.raises(RuntimeError, match="killed"):
        actions.send_waiting(at=now)
    assert Delivery.objects.get().state == State.WAITING
    actions.send_waiting(at=now + timedelta(seconds=70))
    assert Delivery.objects.get().state == State.SENT
    assert len(calls) == 2


def test_sending_stops_when_it_is_told_to(bell, li, wang, now, gateway):
    people = [Recipient(as_role="sms", person_id=who.pk, phone=who.phone) for who in (li, wang)]
    bell.ring(*people, at=now)
    outbox.drain(at=now)
    assert actions.send_waiting(at=now, stop=lambda: bool(gateway.sent)) == 1


def test_the_database_refuses_a_text_that_waits_without_a_number(waiting):
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(phone="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state=State.SENT)
