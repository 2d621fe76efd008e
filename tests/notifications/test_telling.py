"""An outbox row becomes one message and one text for each who hears, whatever happens meanwhile."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import translation
from django.utils.translation import get_language

from accounts import actions as accounts
from accounts.models import SignInCode
from core import outbox
from core.notices import Recipient, Wording, notice_kinds
from core.outbox import OutboxWork
from notifications import actions, queries
from notifications.models import Delivery, DemoSms, Message
from tests.notifications.bell import PHONE

State, Why = Delivery.State, Delivery.Why


def test_one_message_and_one_text(bell, both, li, now):
    row = bell.ring(both, at=now)
    outbox.drain(at=now)
    message = Message.objects.get()
    assert (message.person, message.title, message.url, message.at) == (li, "铃响了，both", "/me/", row.at)
    actions.send_waiting(at=now)
    sms = DemoSms.objects.get()
    assert (sms.phone, sms.text) == (PHONE, "铃响了 both")
    assert Delivery.objects.get().state == State.SENT


def test_doing_a_row_again_adds_nothing(bell, both, now):
    row = bell.ring(both, at=now)
    actions.tell(row)
    actions.tell(row)
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)


def test_who_appears_in_two_roles_hears_once_in_the_first(bell, both, li, now):
    bell.ring(both, Recipient(as_role="sms", person_id=li.pk, phone=li.phone), at=now)
    outbox.drain(at=now)
    assert Message.objects.get().title == "铃响了，both"
    assert Delivery.objects.get().as_role == "both"


@pytest.mark.parametrize("bare_first", [False, True])
def test_a_bare_number_that_a_named_person_has_hears_once(bell, both, now, bare_first):
    bare = Recipient(as_role="sms", phone=PHONE)
    bell.ring(*([bare, both] if bare_first else [both, bare]), at=now)
    outbox.drain(at=now)
    assert Delivery.objects.get().as_role == "both"


def test_somebody_without_a_number_is_not_taken_for_another_without_one(bell, li, now):
    bell.ring(Recipient(as_role="both", person_id=li.pk), Recipient(as_role="sms"), at=now)
    outbox.drain(at=now)
    assert list(Delivery.objects.order_by("id").values_list("as_role", "state")) == [
        ("both", State.SKIPPED), ("sms", State.SKIPPED),
    ]  # fmt: skip


def test_a_bare_number_gets_a_text_and_its_key_does_not_show_it(bell, db, now):
    bell.ring(Recipient(as_role="both", phone=PHONE), at=now)
    outbox.drain(at=now)
    assert not Message.objects.exists()
    delivery = Delivery.objects.get()
    assert delivery.phone == PHONE
    assert PHONE not in delivery.key


def test_a_role_that_names_no_channel_has_the_inbox_only(bell, li, now):
    bell.ring(Recipient(as_role="neighbour", person_id=li.pk, phone=li.phone), at=now)
    outbox.drain(at=now)
    assert Message.objects.exists()
    assert not Delivery.objects.exists()


def test_without_a_phone_no_text_goes_out_and_staff_see_why(bell, li, now):
    bell.ring(Recipient(as_role="both", person_id=li.pk), at=now)
    outbox.drain(at=now)
    assert actions.send_waiting(at=now) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.why) == (State.SKIPPED, Why.NO_PHONE)
    assert Message.objects.count() == 1


def test_each_hears_in_their_own_language(bell, li, wang, now):
    bell.words = lambda row, subject, recipient: Wording(title=str(get_language()), sms=f"sms {get_language()}")
    people = [
        Recipient(as_role="both", person_id=li.pk, phone=li.phone, language="en"),
        Recipient(as_role="both", person_id=wang.pk, phone=wang.phone, language=""),
    ]
    bell.ring(*people, at=now)
    with translation.override("zh-hans"):
        outbox.drain(at=now)
        actions.send_waiting(at=now)
    assert set(Message.objects.values_list("title", flat=True)) == {"en", "zh-hans"}
    assert set(DemoSms.objects.values_list("text", flat=True)) == {"sms en", "sms zh-hans"}


def test_a_handler_killed_half_way_is_done_again_without_doubles(bell, both, li, now, monkeypatch):
    bell.ring(both, Recipient(as_role="both", phone="13712342048"), at=now)
    whole = actions.insert_new

    def half(rows):
        whole(rows[:1])
        if rows and isinstance(rows[0], Delivery):
            raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "insert_new", half)
        outbox.drain(at=now)
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()
    later = OutboxWork.objects.get(done_at=None).due_at
    outbox.drain(at=later)
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_drains_and_two_senders_at_once_tell_each_once(bell, li, wang, now, settings):
    people = [Recipient(as_role="both", person_id=who.pk, phone=who.phone) for who in (li, wang)]
    for _ in range(8):
        bell.ring(*people, at=now)
    gate, trouble = Barrier(3, timeout=30), []

    def work():
        try:
            gate.wait()
            while outbox.drain(at=now, limit=2):
                actions.send_waiting(at=now, limit=3)
            gate.wait()
            actions.send_waiting(at=now)
        except Exception as error:
            trouble.append(error)
            gate.abort()
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    assert (Message.objects.count(), DemoSms.objects.count()) == (16, 16)
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_an_urgent_text_goes_out_with_the_drain_itself(bell, both, now):
    bell.set(urgency="urgent")
    bell.ring(both, at=now)
    outbox.drain(at=now)
    assert DemoSms.objects.get().phone == PHONE


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_breaks_does_not_undo_the_drain(bell, both, now, gateway):
    gateway.answers = [RuntimeError("no line")]
    bell.set(urgency="urgent")
    bell.ring(both, at=now)
    outbox.drain(at=now)
    assert Message.objects.count() == 1
    assert not OutboxWork.objects.filter(done_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_code_is_sent_at_once_and_blanked(now):
    accounts.ask_code(phone=PHONE, purpose="sign_in", ip="", at=now)
    digits = SignInCode.objects.get().sendable
    assert len(digits) == 6
    outbox.drain(at=now)
    assert DemoSms.objects.get().text.startswith(digits)
    assert SignInCode.objects.get().sendable == ""


def test_a_code_is_dead_after_five_minutes(db, now):
    assert notice_kinds.get("accounts.code").life_seconds == 300
    accounts.ask_code(phone=PHONE, purpose="sign_in", ip="", at=now)
    outbox.drain(at=now)
    actions.send_waiting(at=now + timedelta(minutes=5, seconds=1))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.why) == (State.FAILED, Why.TOO_LATE)
    assert not DemoSms.objects.exists()
    assert not delivery.attempts.exists()


def test_a_code_that_was_blanked_is_not_sent_again(db, now):
    accounts.ask_code(phone=PHONE, purpose="sign_in", ip="", at=now)
    outbox.drain(at=now)
    SignInCode.objects.update(sendable="")
    actions.send_waiting(at=now)
    assert Delivery.objects.get().why == Why.NOTHING_LEFT


def test_what_is_past_is_written_as_delivered_and_nothing_goes_out(bell, both, li, now):
    past = now - timedelta(days=5)
    row = bell.ring(both, at=past)
    actions.write_as_delivered(row=row, at=past)
    assert Message.objects.get().read_at == past
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.sent_at) == (State.SENT, past)
    assert outbox.drain(at=now) == 0
    assert actions.send_waiting(at=now) == 0
    assert not DemoSms.objects.exists()


def test_what_happened_yesterday_is_still_unread(bell, both, li, now):
    at = now - timedelta(days=1)
    actions.write_as_delivered(row=bell.ring(both, at=at), at=at)
    assert queries.unread_count(li) == 1
