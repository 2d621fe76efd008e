"""Closing an account: what goes, what goes on without the name, and who cannot yet."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import actions as accounts
from accounts import queries
from accounts.actions.closing import StillNeeded
from accounts.actions.numbers import NotProven
from accounts.models import AccountEvent, ActingFor, Consent, DataExport, Person, SignInCode, User
from communities.models import Membership, Residency, Role
from core import outbox
from core.workflow import Actor
from grievances import actions
from grievances.links import rating_address
from grievances.models import Case
from notifications.models import Delivery, Message
from tests.communities import make

PHONE = "13812340000"


def close(person: Person, at=None) -> Person:
    """Close a person's account and carry out what follows."""
    now = at or timezone.now()
    closed = accounts.close_account(user=person.user, proven_at=now, at=now)
    follow(person)
    return closed


def follow(person: Person) -> None:
    """Carry out the reactions to a closing."""
    row = outbox.OutboxRow.objects.get(kind="accounts.closed", about=f"accounts.person:{person.pk}")
    for handler in outbox.handlers_of("accounts.closed").values():
        handler(row)


def test_the_person_is_gone_and_the_row_stays(town):
    li = town.li
    closed = close(li)
    closed.refresh_from_db()
    assert (closed.name, closed.phone, closed.phone2, closed.id_hash, closed.birth_date) == ("", "", "", "", None)
    assert closed.closed_at is not None
    assert str(closed) == "已注销居民"
    user = User.objects.get(person=li)
    assert not user.is_active
    assert not user.has_usable_password()
    assert PHONE not in user.login
    event = AccountEvent.objects.get(person=li)
    assert (event.what, event.by) == ("closed", li)


def test_every_session_ends(town):
    phone, desk = Client(), Client()
    for client in (phone, desk):
        client.force_login(town.li.user)
        assert client.get("/me/").status_code == 200
    close(town.li)
    for client in (phone, desk):
        assert client.get("/me/").headers["Location"].startswith("/sign-in/")


def test_the_number_is_free_for_a_new_account(town):
    close(town.li)
    now = timezone.now()
    code = accounts.ask_code(phone=PHONE, purpose="sign_in", ip="", at=now)
    digits = SignInCode.objects.get(pk=code.pk).sendable
    user = accounts.use_code(phone=PHONE, purpose="sign_in", code=digits, ip="", at=now)
    assert user.person_id != town.li.pk
    assert not Case.objects.filter(reporter=user.person).exists()


def test_open_cases_go_on_to_their_end_without_the_name(town):
    case = town.handling()
    close(town.li)
    case = actions.result(
        case_id=case.pk, by=town.zhao, result_text="已经修好，请放心。楼道口也清过冰了。", at=timezone.now()
    )
    assert case.state == "feedback"
    assert case.reporter_id == town.li.pk
    page = Client()
    page.force_login(town.zhao.user)
    text = page.get(f"/cases/{case.pk}/").content.decode()
    assert "李晓梅" not in text
    assert "138****" not in text
    call_command("verify_history", stdout=StringIO())


def test_staff_read_that_they_left(town):
    case = town.handling()
    close(town.li)
    page = Client()
    page.force_login(town.sun.user)
    assert "已注销居民" in page.get(f"/cases/{case.pk}/").content.decode()


def test_a_link_that_was_sent_still_rates(town, client):
    case = town.finished()
    seq = case.history.filter(step="result").latest("seq").seq
    address = rating_address(case, seq)
    close(town.li)
    page = client.get(address)
    assert page.status_code == 200
    assert "李晓梅" not in page.content.decode()
    case = actions.rate(case_id=case.pk, actor=Actor.guest(f"rate:{seq}"), contacted=True, stars=4, at=timezone.now())
    assert case.state == "closed"


def test_nobody_is_told_any_more(town):
    case = town.handling()
    close(town.li)
    actions.result(case_id=case.pk, by=town.zhao, result_text="已经修好，请放心。楼道口也清过冰了。", at=timezone.now())
    for row in outbox.OutboxRow.objects.filter(about=f"grievances.case:{case.pk}"):
        for handler in outbox.handlers_of(row.kind).values():
            handler(row)
    assert not Message.objects.filter(person=town.li).exists()
    assert not Delivery.objects.filter(person=town.li).exists()


def test_the_inbox_is_emptied_and_numbers_beside_texts_are_blanked(town, write_to):
    message = write_to(town.li)
    write_to(town.wang)
    Delivery.objects.create(
        row=message.row, channel="sms", as_role="reporter", person=town.li, phone=PHONE, key="1:x:sms", due_at=town.now
    )
    close(town.li)
    follow(town.li)
    assert not Message.objects.filter(person=town.li).exists()
    assert Message.objects.filter(person=town.wang).count() == 1
    delivery = Delivery.objects.get(person=town.li)
    assert (delivery.phone, delivery.state, delivery.why) == ("", "skipped", "nothing_left")


def test_homes_and_rolls_end(town):
    residency = make.resident(town.areas["锦绣花园"], town.li)
    Membership.objects.create(organisation=town.company, person=town.li, valid_from=timezone.localdate())
    close(town.li)
    follow(town.li)
    assert Residency.objects.get(pk=residency.pk).state == "ended"
    assert not Membership.objects.filter(person=town.li, valid_until=None).exists()


def test_consents_drafts_and_copies_end(town):
    now = timezone.now()
    accounts.let_act_for(
        person=town.li, for_person=town.wang, valid_from=now, valid_until=None, at=now, text_version="1"
    )
    accounts.ask_helper(
        for_person=town.li, phone=town.zhao.phone, what_for="看病", valid_until=now + timedelta(days=9), at=now
    )
    accounts.ask_export(person=town.li, at=now)
    close(town.li)
    assert not Consent.objects.filter(person=town.li, withdrawn_at=None).exists()
    assert not queries.may_act_for(town.li, town.wang, now)
    assert queries.helped_by(town.zhao, now) == []
    assert set(ActingFor.objects.values_list("what_for", flat=True)) == {""}
    assert DataExport.objects.get(person=town.li).state == "gone"


def test_pressed_twice_is_done_once(town):
    now = timezone.now()
    user = town.li.user
    accounts.close_account(user=user, proven_at=now, at=now)
    accounts.close_account(user=user, proven_at=now, at=now)
    assert AccountEvent.objects.filter(person=town.li, what="closed").count() == 1
    assert outbox.OutboxRow.objects.filter(kind="accounts.closed").count() == 1


@pytest.mark.parametrize("ago", [None, timedelta(minutes=11)])
def test_without_fresh_proof_nothing_happens(town, ago):
    now = timezone.now()
    with pytest.raises(NotProven):
        accounts.close_account(user=town.li.user, proven_at=None if ago is None else now - ago, at=now)
    assert Person.objects.get(pk=town.li.pk).name == "李晓梅"


class TestWhoCannotYet:
    def test_a_role(self, town):
        with pytest.raises(StillNeeded) as refusal:
            close(town.sun)
        assert any("社区工作者" in reason and "管理员交接" in reason for reason in refusal.value.reasons)
        assert Person.objects.get(pk=town.sun.pk).name == "孙丽"

    def test_open_work_in_hands(self, town):
        case = town.handling()
        Case.objects.filter(pk=case.pk).update(handler=town.li)
        with pytest.raises(StillNeeded) as refusal:
            close(town.li)
        assert "1 件" in str(refusal.value.reasons)

    def test_the_keeper_of_the_installation(self, town):
        User.objects.filter(person=town.wang).update(is_superuser=True)
        with pytest.raises(StillNeeded):
            close(Person.objects.get(pk=town.wang.pk))

    def test_a_role_that_is_over_hinders_nobody(self, town):
        make.grant(town.wang, Role.GRID_WORKER, town.far_grid, at=town.at(days=30))
        town.wang.role_grants.update(valid_until=town.at(days=1))
        assert close(town.wang).closed_at is not None

    def test_their_page_says_so_and_has_no_button(self, at_home, town):
        text = at_home(town.sun).get("/me/close/").content.decode()
        assert "现在还不能注销" in text
        assert "注销我的账户" not in text


class TestPage:
    def test_from_the_page_to_the_end(self, at_home, town):
        page = at_home(town.li)
        assert "不再写您的名字" in page.get("/me/close/").content.decode()
        assert page.post("/me/close/", {}).status_code == 422
        assert page.post("/me/close/", {"sure": "on"}).headers["Location"] == "/me/confirm/?next=%2Fme%2Fclose%2F"
        page.post("/me/confirm/send/", {"next": "/me/close/"})
        code = SignInCode.objects.get(phone=PHONE, purpose="confirm").sendable
        answer = page.post("/me/confirm/", {"code": code, "next": "/me/close/"})
        assert answer.headers["Location"] == "/me/close/"
        answer = page.post("/me/close/", {"sure": "on"})
        assert answer.headers["Location"] == "/account-closed/"
        assert "账户已注销" in page.get("/account-closed/").content.decode()
        assert page.get("/me/").headers["Location"].startswith("/sign-in/")
        assert Person.objects.get(pk=town.li.pk).closed_at is not None

    def test_my_page_leads_there(self, at_home, town):
        text = at_home(town.li).get("/me/").content.decode()
        for way in ("/me/close/", "/me/phone/", "/me/data/", "/me/helpers/"):
            assert f'href="{way}"' in text
