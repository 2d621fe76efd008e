"""Staff by invitation; the first administrator."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.actions.invitations import AdministratorExists, LinkOver
from accounts.actions.people import LoginTaken
from accounts.models import Consent, Invitation, Person, User
from accounts.phones import BadPhone
from core.outbox import OutboxRow

from .conftest import OTHER_PHONE, PASSWORD, PHONE

pytestmark = pytest.mark.django_db
ANSWER = {"is_me": "on", "password": PASSWORD, "again": PASSWORD, "agree": "on"}


@pytest.fixture
def token(person: Person) -> str:
    actions.invite_staff(phone=OTHER_PHONE, name="赵卫东", by=person, at=timezone.now())
    return Invitation.objects.get().sendable


def test_an_invitation_makes_a_sign_in_without_a_password_and_a_message(token: str, person: Person) -> None:
    user = User.objects.get(person__phone=OTHER_PHONE)
    assert (user.person.name, user.has_usable_password(), user.is_staff) == ("赵卫东", False, False)
    row = OutboxRow.objects.get(kind="accounts.invited")
    assert token not in f"{row.ids}{row.key}"
    assert token not in Invitation.objects.get().token_hash
    assert Invitation.objects.get().invited_by == person


def test_the_page_shows_the_name_and_lets_them_in(client: Client, token: str) -> None:
    address = f"/invitation/{token}/"
    assert "我是 赵卫东" in client.get(address).content.decode()
    assert client.post(address, ANSWER).status_code == 302
    assert client.get("/me/security/").status_code == 200
    assert Consent.objects.filter(person__phone=OTHER_PHONE).exists()
    assert Invitation.objects.get().sendable == ""


@pytest.mark.parametrize("left_out", ["is_me", "agree", "password", "again"])
def test_name_check_password_and_consent_are_all_needed(client: Client, token: str, left_out: str) -> None:
    answer = {name: value for name, value in ANSWER.items() if name != left_out}
    assert client.post(f"/invitation/{token}/", answer).status_code == 422
    assert not User.objects.get(person__phone=OTHER_PHONE).has_usable_password()


def test_a_link_works_once(client: Client, visitor: Client, token: str) -> None:
    client.post(f"/invitation/{token}/", ANSWER)
    response = visitor.post(f"/invitation/{token}/", ANSWER | {"password": "another-one-42", "again": "another-one-42"})
    assert response.status_code == 410
    assert "用过或过期" in response.content.decode()
    assert User.objects.get(person__phone=OTHER_PHONE).check_password(PASSWORD)


def test_a_link_lives_seven_days(client: Client, token: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert client.get(f"/invitation/{token}/").status_code == 410


@pytest.mark.parametrize("forged", ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "😀"])
def test_a_forged_link_opens_nothing(client: Client, token: str, forged: str) -> None:
    assert client.get(f"/invitation/{forged}/").status_code == 410
    assert client.post(f"/invitation/{token[:-1]}{'A' if token[-1] == '_' else '_'}/", ANSWER).status_code == 410


def test_a_new_invitation_ends_the_older_link(client: Client, token: str, person: Person) -> None:
    actions.invite_staff(phone=OTHER_PHONE, name="赵卫东", by=person, at=timezone.now())
    assert client.get(f"/invitation/{token}/").status_code == 410


def test_a_weak_password_leaves_the_link_usable(token: str) -> None:
    with pytest.raises(ValidationError):
        actions.use_invitation(token=token, password="short", at=timezone.now())
    assert actions.use_invitation(token=token, password=PASSWORD, at=timezone.now()).has_usable_password()


def test_a_closed_account_cannot_come_back_by_an_old_link(token: str) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(LinkOver):
        actions.use_invitation(token=token, password=PASSWORD, at=timezone.now())


def test_a_staff_name_is_unique_and_no_foreign_number(person: Person, staff: User, at: datetime) -> None:
    for login in ("wangjg", "WANGJG", "13700000001"):
        with pytest.raises(LoginTaken):
            actions.invite_staff(phone="13712340000", name="钱", by=person, at=at, login=login)


def test_the_first_administrator_and_no_second(at: datetime, client: Client) -> None:
    user, token = actions.make_first_admin(phone=PHONE, name="孙主任", at=timezone.now())
    assert (user.is_superuser, user.is_staff, user.person.name) == (True, True, "孙主任")
    assert not OutboxRow.objects.exists()
    with pytest.raises(AdministratorExists):
        actions.make_first_admin(phone=OTHER_PHONE, name="", at=at)
    assert client.post(f"/invitation/{token}/", ANSWER).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_first_administrator_needs_a_real_number(at: datetime) -> None:
    with pytest.raises(BadPhone):
        actions.make_first_admin(phone="12345", name="", at=at)
    assert not User.objects.exists()
