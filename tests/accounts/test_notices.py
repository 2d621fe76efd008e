"""The two messages of sign-in: their words, who gets them, and that nothing stays behind."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts import actions
from accounts.models import Invitation, Person, SignInCode
from core.notices import notice_kinds
from core.outbox import OutboxRow

from .conftest import OTHER_PHONE, PHONE, waiting_code

pytestmark = pytest.mark.django_db


def told(row: OutboxRow) -> list[tuple[str, str]]:
    """Who is told what: phone and SMS."""
    kind = notice_kinds.get(row.kind)
    subject = kind.subject(row)
    return [(recipient.phone, kind.words(row, subject, recipient).sms) for recipient in kind.to(row, subject)]


def code_row(purpose: str = "sign_in", language: str = "") -> OutboxRow:
    actions.ask_code(phone=PHONE, purpose=purpose, ip="", at=timezone.now(), language=language)
    return OutboxRow.objects.get(kind="accounts.code")


def test_the_code_goes_to_the_phone_that_asked() -> None:
    row = code_row()
    [(phone, words)] = told(row)
    assert phone == PHONE
    assert words.startswith(waiting_code())
    assert "5 分钟内有效" in words


def test_a_reset_says_what_it_is_for(user: object) -> None:
    [(_phone, words)] = told(code_row("reset"))
    assert "重设密码" in words


def test_the_language_of_the_page_goes_with_it() -> None:
    row = code_row(language="en")
    kind = notice_kinds.get(row.kind)
    assert [recipient.language for recipient in kind.to(row, kind.subject(row))] == ["en"]


def test_once_sent_the_digits_are_gone_and_nobody_is_told_again() -> None:
    row = code_row()
    sent = notice_kinds.get(row.kind).sent
    assert sent is not None
    sent(row)
    assert SignInCode.objects.get().sendable == ""
    assert told(row) == []


def test_a_code_that_is_too_old_is_not_sent() -> None:
    row = code_row()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert told(row) == []


def test_the_invitation_carries_the_link_and_it_is_blanked_after(person: Person, settings: object) -> None:
    settings.SITE_URL = "https://linli.example/"
    invitation = actions.invite_staff(phone=OTHER_PHONE, name="赵卫东", by=person, at=timezone.now())
    row = OutboxRow.objects.get(kind="accounts.invited")
    [(phone, words)] = told(row)
    assert phone == OTHER_PHONE
    assert f"https://linli.example/invitation/{invitation.sendable}/" in words
    sent = notice_kinds.get(row.kind).sent
    assert sent is not None
    sent(row)
    assert Invitation.objects.get().sendable == ""
    assert told(row) == []


def test_the_words_exist_in_every_language() -> None:
    row = code_row()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            [(_phone, words)] = told(row)
            assert waiting_code() in words
