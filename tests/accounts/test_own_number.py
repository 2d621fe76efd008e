"""Changing one's own number: proof, code, what nobody learns, and who hears of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import actions, rules
from accounts.actions.codes import WrongCode
from accounts.actions.numbers import NoReasonGiven, NotAtTheCounter, NotProven, NumberHasAccount, SameNumber
from accounts.models import AccountEvent, Limit, Person, SignInCode, User
from core import outbox
from core.outbox import OutboxRow
from notifications.models import Delivery, Message
from tests.accounts.conftest import NOON, OTHER_PHONE, PASSWORD, PHONE, waiting_code, wrong

NEW = "13712342048"


def asked(phone: str = NEW, at=NOON) -> SignInCode:
    return actions.ask_code(phone=phone, purpose="change", ip="", at=at)


def change(user: User, *, phone: str = NEW, at=NOON, proven_at=NOON, code: str | None = None, asked=None) -> bool:
    return actions.change_own_phone(
        user=user,
        phone=phone,
        code=code or waiting_code(phone, "change"),
        proven_at=proven_at,
        ip="",
        at=at,
        asked=asked,
    )


def test_the_right_code_changes_number_and_login(user):
    asked()
    assert change(user)
    user.refresh_from_db()
    assert (Person.objects.get(pk=user.person_id).phone, user.login) == (NEW, NEW)
    event = AccountEvent.objects.get(person=user.person)
    assert (event.what, event.by, event.at, event.reason) == ("phone", user.person, NOON, "")


def test_all_sessions_end(user):
    before = user.session_epoch
    asked()
    change(user)
    assert User.objects.get(pk=user.pk).session_epoch == before + 1


def test_the_old_number_hears_of_it(user):
    asked()
    change(user)
    row = OutboxRow.objects.get(kind="accounts.phone_changed")
    assert PHONE not in str(row.ids) + row.about + row.key
    outbox.handlers_of(row.kind)["notices"](row)
    delivery = Delivery.objects.get(row=row)
    assert (delivery.phone, delivery.person_id) == (PHONE, None)
    assert Message.objects.get(row=row).person == user.person
    assert NEW not in Message.objects.get(row=row).body


def test_the_same_press_again_changes_nothing_more(user):
    code = asked()
    digits = waiting_code(NEW, "change")
    assert change(user, code=digits, asked=code.pk)
    user = User.objects.select_related("person").get(pk=user.pk)
    assert not change(user, code=digits, asked=code.pk, at=NOON + timedelta(seconds=5), proven_at=None)
    assert AccountEvent.objects.count() == 1


@pytest.mark.parametrize("ago", [None, timedelta(minutes=11), timedelta(minutes=-1)])
def test_without_fresh_proof_nothing_happens(user, ago):
    asked()
    with pytest.raises(NotProven):
        change(user, proven_at=None if ago is None else NOON - ago)
    assert Person.objects.get(pk=user.person_id).phone == PHONE


def test_a_wrong_code_is_counted_and_changes_nothing(user):
    code = asked()
    with pytest.raises(WrongCode):
        change(user, code=wrong(waiting_code(NEW, "change")))
    assert SignInCode.objects.get(pk=code.pk).wrong_tries == 1
    assert Person.objects.get(pk=user.person_id).phone == PHONE


def test_a_code_for_signing_in_does_not_fit(user):
    actions.ask_code(phone=NEW, purpose="sign_in", ip="", at=NOON)
    asked()
    with pytest.raises(WrongCode):
        change(user, code=waiting_code(NEW, "sign_in"))


def test_a_number_of_another_account_is_told_only_after_the_right_code(user, staff):
    asked(OTHER_PHONE)
    with pytest.raises(WrongCode):
        change(user, phone=OTHER_PHONE, code=wrong(waiting_code(OTHER_PHONE, "change")))
    with pytest.raises(NumberHasAccount):
        change(user, phone=OTHER_PHONE)
    assert Person.objects.get(pk=user.person_id).phone == PHONE


def test_a_number_taken_between_code_and_use(user):
    asked()
    actions.register_person(name="后来的人", phone=NEW, at=NOON)
    with pytest.raises(NumberHasAccount):
        change(user)


def test_ones_own_number_is_no_change(user):
    with pytest.raises(SameNumber):
        actions.check_new_number(person=user.person, phone=PHONE)
    actions.check_new_number(person=user.person, phone=OTHER_PHONE)


def test_the_log_of_accounts_can_only_be_blanked(user):
    asked()
    change(user)
    event = AccountEvent.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountEvent.objects.filter(pk=event.pk).update(at=NOON - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
    event.was_sent()
    assert AccountEvent.objects.get().sendable == ""


class TestAtTheCounter:
    @pytest.fixture
    def clerk(self, staff, monkeypatch):
        """王建国 looks after everybody."""
        monkeypatch.setattr(rules.counters, "_items", {"test": lambda *, by, person: by == staff.person})
        return staff.person

    def test_who_looks_after_them_changes_it_with_a_reason(self, user, clerk):
        changed = actions.change_number_by_staff(
            old_phone=PHONE, phone="137 1234 2048", by=clerk, reason=" 旧手机  丢了 ", at=NOON
        )
        assert changed
        event = AccountEvent.objects.get(person=user.person)
        assert (event.by, event.reason) == (clerk, "旧手机 丢了")

    def test_the_person_reads_who_did_it_and_why(self, client, user, clerk):
        actions.change_number_by_staff(old_phone=PHONE, phone=NEW, by=clerk, reason="旧手机丢了", at=NOON)
        client.force_login(User.objects.get(pk=user.pk))
        text = client.get("/me/security/").content.decode()
        assert "王建国 替您换了手机号" in text
        assert "旧手机丢了" in text

    def test_others_and_oneself_may_not(self, user, clerk):
        for by, old in ((user.person, OTHER_PHONE), (clerk, OTHER_PHONE), (clerk, "13612342049"), (clerk, "")):
            with pytest.raises(NotAtTheCounter):
                actions.change_number_by_staff(old_phone=old, phone=NEW, by=by, reason="丢了", at=NOON)

    def test_a_reason_is_needed(self, user, clerk):
        with pytest.raises(NoReasonGiven):
            actions.change_number_by_staff(old_phone=PHONE, phone=NEW, by=clerk, reason="  ", at=NOON)


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    """李晓梅, signed in long ago."""
    client.force_login(user)
    return client


def prove(client: Client, phone: str = PHONE) -> None:
    """Confirm by a code to the number of now."""
    client.post("/me/confirm/send/", {"next": "/me/phone/"})
    answer = client.post("/me/confirm/", {"code": waiting_code(phone, "confirm"), "next": "/me/phone/"})
    assert answer.headers["Location"] == "/me/phone/"


class TestPages:
    def test_an_old_session_confirms_first(self, signed_in):
        assert signed_in.get("/me/phone/").headers["Location"] == "/me/confirm/?next=%2Fme%2Fphone%2F"
        assert "138****2046" in signed_in.get("/me/confirm/?next=/me/phone/").content.decode()
        prove(signed_in)
        assert signed_in.get("/me/phone/").status_code == 200

    def test_a_fresh_sign_in_by_code_is_proof_enough(self, client, user, ask):
        ask()
        client.post("/sign-in/code/", {"code": waiting_code()})
        assert client.get("/me/phone/").status_code == 200

    def test_the_password_is_proof_too(self, client, staff):
        client.force_login(staff)
        bad = client.post("/me/confirm/password/", {"password": "no", "next": "/me/phone/"})
        assert bad.status_code == 422
        good = client.post("/me/confirm/password/", {"password": PASSWORD, "next": "/me/phone/"})
        assert good.headers["Location"] == "/me/phone/"

    def test_a_second_proof_within_a_minute_says_how_long_to_wait(self, signed_in):
        prove(signed_in)
        answer = signed_in.post("/me/confirm/send/", {"next": "/me/phone/"})
        assert answer.status_code == 429
        assert "秒后可以再要一次" in answer.content.decode()

    def test_proof_does_not_lead_off_the_site(self, signed_in):
        signed_in.post("/me/confirm/send/", {"next": "https://evil.example/"})
        code = waiting_code(PHONE, "confirm")
        answer = signed_in.post("/me/confirm/", {"code": code, "next": "https://evil.example/"})
        assert answer.headers["Location"] == "/me/"

    def test_from_number_to_number(self, signed_in, user):
        other = Client()
        other.force_login(user)
        prove(signed_in)
        assert signed_in.post("/me/phone/", {"phone": NEW}).headers["Location"] == "/me/phone/code/"
        page = signed_in.get("/me/phone/code/")
        data = {"code": waiting_code(NEW, "change"), "ticket": page.context["ticket"]}
        assert signed_in.post("/me/phone/code/", data).headers["Location"] == "/me/security/"
        assert signed_in.get("/me/security/").status_code == 200, "this session goes on"
        assert other.get("/me/security/").status_code == 302, "all others ended"
        assert signed_in.post("/me/phone/code/", data).headers["Location"] == "/me/security/", "pressed twice"
        assert signed_in.get("/me/phone/").status_code == 302, "the next change asks anew"

    def test_a_free_number_and_a_taken_one_get_the_same_answer(self, signed_in, staff):
        prove(signed_in)
        free = signed_in.post("/me/phone/", {"phone": NEW})
        taken = signed_in.post("/me/phone/", {"phone": OTHER_PHONE})
        assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
        page = signed_in.post("/me/phone/code/", {"code": waiting_code(OTHER_PHONE, "change")})
        assert page.status_code == 422
        assert "已经登记过" in page.content.decode()

    def test_the_page_of_the_code_needs_a_number_first(self, signed_in):
        assert signed_in.get("/me/phone/code/").headers["Location"] == "/me/phone/"

    @pytest.mark.parametrize("name", ["me_confirm", "me_phone", "me_phone_code"])
    def test_a_visitor_signs_in_first(self, client, db, name):
        assert client.get(reverse(name)).headers["Location"].startswith("/sign-in/")


def test_codes_to_new_numbers_have_the_limits_of_signing_in(user):
    for number in range(rules.CODES_PER_PHONE_AND_HOUR):
        asked(at=NOON + timedelta(minutes=2 * number))
    with pytest.raises(actions.limits.TooOften):
        asked(at=NOON + timedelta(minutes=20))
    assert not Limit.objects.filter(key__contains=NEW).exists()
