"""What accounts and notifications hold is erased on schedule, in batches, and twice is no more than once."""

from datetime import timedelta

import pytest

from accounts import actions
from accounts.models import AccountEvent, ActingFor, Invitation, OpeningLog, SignInCode
from core import outbox
from notifications import actions as telling
from notifications.models import Delivery, DemoSms, Message
from tests.accounts.conftest import NOON, OTHER_PHONE, PHONE


def later(**gap: float):
    return NOON + timedelta(**gap)


def both(make, erase, *, days: int, left) -> None:
    """Nothing happens a day before its time, all of it after, and nothing more the second time."""
    make()
    assert erase(at=later(days=days - 1)) == 0
    assert erase(at=later(days=days, hours=1)) == 1
    assert erase(at=later(days=days, hours=1)) == 0
    assert left()


def test_codes_go_after_a_day(person):
    both(
        lambda: actions.ask_code(phone=PHONE, purpose="change", ip="", at=NOON),
        actions.erase_old, days=1, left=lambda: not SignInCode.objects.exists(),
    )  # fmt: skip


def test_links_go_a_year_after_they_ran_out(person):
    actions.invite_staff(phone=PHONE, name="李晓梅", by=None, at=NOON)
    assert actions.erase_old(at=later(days=366)) == 0, "it could be used for a week"
    assert actions.erase_old(at=later(days=373)) == 1
    assert not Invitation.objects.exists()


def test_reasons_of_openings_go_and_the_log_stays(person, other):
    both(
        lambda: OpeningLog.objects.create(
            opener=other, person=person, field="phone", subject="things.case:1", reason="约时间", at=NOON
        ),
        actions.erase_old, days=1095, left=lambda: OpeningLog.objects.get().reason == "",
    )  # fmt: skip


def test_reasons_of_the_counter_go(person, other):
    both(
        lambda: AccountEvent.objects.create(person=person, what="phone", by=other, at=NOON, reason="手机丢了"),
        actions.erase_old, days=1095, left=lambda: AccountEvent.objects.get().reason == "",
    )  # fmt: skip


def test_an_old_number_that_could_not_be_told_goes_after_a_week(person):
    both(
        lambda: AccountEvent.objects.create(person=person, what="phone", by=person, at=NOON, sendable=PHONE),
        actions.erase_old, days=7, left=lambda: AccountEvent.objects.get().sendable == "",
    )  # fmt: skip


def test_what_somebody_acted_for_goes_after_its_end(person, other):
    acting = actions.ask_helper(
        for_person=person, phone=OTHER_PHONE, what_for="看病", valid_until=later(days=30), at=NOON
    )
    assert actions.erase_old(at=later(days=1100)) == 0
    assert actions.erase_old(at=later(days=1126)) == 1
    assert ActingFor.objects.get(pk=acting.pk).what_for == ""


@pytest.fixture
def row(person):
    """Something that was told."""
    actions.ask_code(phone=PHONE, purpose="sign_in", ip="", at=NOON)
    return outbox.OutboxRow.objects.get()


def test_messages_go_after_two_years(row, person):
    both(
        lambda: Message.objects.create(row=row, person=person, kind=row.kind, title="已收到", at=NOON),
        telling.erase_old, days=730, left=lambda: not Message.objects.exists(),
    )  # fmt: skip


def test_numbers_beside_texts_go_and_the_count_stays(row):
    both(
        lambda: Delivery.objects.create(
            row=row, channel="sms", as_role="asker", phone=PHONE, key="1:a:sms", due_at=NOON, state="sent", sent_at=NOON
        ),
        telling.erase_old, days=90, left=lambda: Delivery.objects.get().phone == "",
    )  # fmt: skip


def test_what_still_waits_keeps_its_number(row):
    Delivery.objects.create(row=row, channel="sms", as_role="asker", phone=PHONE, key="1:a:sms", due_at=NOON)
    assert telling.erase_old(at=later(days=100)) == 0


def test_texts_of_the_demo_go_after_a_month(db):
    both(
        lambda: DemoSms.objects.create(key="1:a:sms", phone=PHONE, text="您好", at=NOON),
        telling.erase_old, days=30, left=lambda: not DemoSms.objects.exists(),
    )  # fmt: skip


def test_a_run_takes_no_more_than_its_batch(row, person, other):
    third = actions.register_person(name="", phone="13612342049", at=NOON)
    for somebody in (person, other, third):
        Message.objects.create(row=row, person=somebody, kind=row.kind, title="已收到", at=NOON)
    assert [telling.erase_old(at=later(days=731), batch=2) for _run in range(3)] == [2, 1, 0]
