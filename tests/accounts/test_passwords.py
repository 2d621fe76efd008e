"""Staff with a password: signing in, limits, change, reset."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User

from .conftest import OTHER_PHONE, PASSWORD, waiting_code

pytestmark = pytest.mark.django_db
NEW = "quiet-orchard-77"


def sign_in(client: Client, login: str = "wangjg", password: str = PASSWORD) -> object:
    return client.post("/sign-in/password/", {"login": login, "password": password, "next": "/privacy/"})


@pytest.mark.parametrize("login", ["wangjg", "WangJG ", OTHER_PHONE, "+86 139 1234 2047"])
def test_by_staff_name_or_phone(client: Client, staff: User, login: str) -> None:
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, "/privacy/")


@pytest.mark.parametrize(("login", "password"), [("wangjg", "wrong"), ("nobody", PASSWORD), ("13712340000", "x")])
def test_a_wrong_login_and_a_wrong_password_get_the_same_sentence(
    client: Client, staff: User, login: str, password: str
) -> None:
    response = sign_in(client, login, password)
    assert response.status_code == 422
    assert "登录名或密码不对" in response.content.decode()


def test_a_code_only_user_has_no_password_to_guess(client: Client, user: User) -> None:
    for guess in ("", "!", user.password):
        assert sign_in(client, user.login, guess).status_code == 422


def test_a_closed_account_stays_out(client: Client, staff: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 422


def test_after_ten_wrong_tries_even_the_right_password_waits(client: Client, staff: User) -> None:
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 422
    response = sign_in(client)
    assert response.status_code == 429
    assert "试的次数有点多" in response.content.decode()


def test_the_right_password_clears_the_count(client: Client, staff: User) -> None:
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    client.post("/sign-out/")
    for _ in range(9):
        assert sign_in(client, password="wrong").status_code == 422


def test_a_password_session_lasts_half_a_day(client: Client, staff: User) -> None:
    sign_in(client)
    assert client.session.get_expiry_age() == pytest.approx(12 * 60 * 60, abs=5)


def test_a_code_session_lasts_a_month(client: Client, staff: User) -> None:
    client.post("/sign-in/", {"phone": OTHER_PHONE})
    client.post("/sign-in/code/", {"code": waiting_code(OTHER_PHONE)})
    assert client.session.get_expiry_age() == pytest.approx(30 * 24 * 60 * 60, abs=5)


def test_reset_by_code_sets_the_password_and_ends_the_other_sessions(
    client: Client, visitor: Client, staff: User
) -> None:
    sign_in(visitor)
    client.post("/sign-in/reset/", {"phone": OTHER_PHONE})
    code = waiting_code(OTHER_PHONE, "reset")
    response = client.post("/sign-in/reset/code/", {"code": code, "password": NEW, "again": NEW})
    assert response.status_code == 302
    assert client.get("/me/security/").status_code == 200
    assert visitor.get("/me/security/")["Location"].startswith("/sign-in/")
    client.post("/sign-out/")
    assert sign_in(client, password=PASSWORD).status_code == 422
    assert sign_in(client, password=NEW).status_code == 302


@pytest.mark.parametrize(("bad", "words"), [("short-1", "10"), ("1234567890123", ""), ("password123", "")])
def test_a_weak_password_is_refused_and_leaves_the_code_unspent(
    client: Client, staff: User, bad: str, words: str
) -> None:
    client.post("/sign-in/reset/", {"phone": OTHER_PHONE})
    code = waiting_code(OTHER_PHONE, "reset")
    refused = client.post("/sign-in/reset/code/", {"code": code, "password": bad, "again": bad})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert client.post("/sign-in/reset/code/", {"code": code, "password": NEW, "again": NEW}).status_code == 302


def test_two_different_passwords_leave_the_code_unspent(client: Client, staff: User) -> None:
    client.post("/sign-in/reset/", {"phone": OTHER_PHONE})
    code = waiting_code(OTHER_PHONE, "reset")
    refused = client.post("/sign-in/reset/code/", {"code": code, "password": NEW, "again": NEW + "x"})
    assert "两次输的密码不一样" in refused.content.decode()
    assert client.post("/sign-in/reset/code/", {"code": code, "password": NEW, "again": NEW}).status_code == 302


def test_an_unknown_phone_cannot_reset(client: Client) -> None:
    client.post("/sign-in/reset/", {"phone": OTHER_PHONE})
    response = client.post("/sign-in/reset/code/", {"code": "123456", "password": NEW, "again": NEW})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_change_needs_the_old_one_and_keeps_only_this_session(client: Client, visitor: Client, staff: User) -> None:
    sign_in(client)
    sign_in(visitor)
    address = "/me/security/password/"
    assert client.post(address, {"old": "wrong", "password": NEW, "again": NEW}).status_code == 422
    assert client.post(address, {"old": PASSWORD, "password": NEW, "again": NEW})["Location"] == "/me/security/"
    assert client.get("/me/security/").status_code == 200
    assert visitor.get("/me/security/")["Location"].startswith("/sign-in/")


def test_the_login_itself_is_no_password(client: Client, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(login="wang-jianguo")
    sign_in(client, "wang-jianguo")
    answer = {"old": PASSWORD, "password": "wang-jianguo", "again": "wang-jianguo"}
    assert client.post("/me/security/password/", answer).status_code == 422


def test_last_login_is_kept(client: Client, staff: User) -> None:
    before = timezone.now()
    sign_in(client)
    staff.refresh_from_db()
    assert staff.last_login is not None
    assert staff.last_login >= before
