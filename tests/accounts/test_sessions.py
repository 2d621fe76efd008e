"""Sessions: listed, ended one by one, ended everywhere."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions, queries
from accounts.digests import session_digest
from accounts.models import Device, User

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client) -> None:
    response = client.post(
        "/sign-in/password/",
        {"login": "wangjg", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8"},
    )
    assert response.status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/me/security/").status_code == 200


def test_the_page_lists_where_i_am_signed_in(client: Client, visitor: Client, staff: User) -> None:
    sign_in(visitor)
    sign_in(client)
    page = client.get("/me/security/").content.decode()
    assert "这台设备" in page
    assert "安卓手机 · 微信" in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130", "电脑 · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "苹果手机 · Safari"),
        ("curl/8", "不认识的设备"),
        ("", "不认识的设备"),
    ],
)
def test_a_device_is_called_as_people_know_it(sent: str, words: str) -> None:
    system, browser = queries.device_marks(sent)
    assert queries.device_words(Device(system=system, browser=browser)) == words


def test_sign_out_others_ends_them_and_keeps_this_one(client: Client, visitor: Client, staff: User) -> None:
    sign_in(visitor)
    sign_in(client)
    client.post("/me/security/sign-out-others/")
    assert is_in(client)
    assert not is_in(visitor)
    staff.refresh_from_db()
    assert len(queries.signed_in_devices(staff, timezone.now())) == 1


def test_sign_out_everywhere_ends_even_sessions_that_nobody_listed(
    client: Client, visitor: Client, staff: User
) -> None:
    sign_in(client)
    visitor.force_login(staff)
    Device.objects.all().delete()
    actions.sign_out_everywhere(user=staff)
    assert not is_in(client)
    assert not is_in(visitor)


def test_one_session_is_ended(client: Client, visitor: Client, staff: User) -> None:
    sign_in(visitor)
    sign_in(client)
    other = Device.objects.exclude(key_digest=session_digest(client.session.session_key)).get()
    client.post(f"/me/security/sessions/{other.pk}/end/")
    assert is_in(client)
    assert not is_in(visitor)


def test_nobody_ends_a_session_of_another(client: Client, visitor: Client, staff: User, user: User) -> None:
    sign_in(visitor)
    client.force_login(user)
    client.post(f"/me/security/sessions/{Device.objects.get(user=staff).pk}/end/")
    assert is_in(visitor)


def test_signing_out_leaves_the_list(client: Client, staff: User) -> None:
    sign_in(client)
    client.post("/sign-out/")
    assert not Device.objects.exists()
