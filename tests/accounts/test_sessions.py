"""Sessions: listed, ended one by one, ended everywhere."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, queries
from accounts.digests import session_digest
from accounts.models import Device, Person, User

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


def test_the_list_keeps_no_key_and_no_full_address(client: Client, staff: User) -> None:
    sign_in(client)
    key, device = client.session.session_key, Device.objects.get()
    kept = " ".join(str(value) for value in Device.objects.values_list().get())
    assert key not in kept
    assert "127.0.0.1" not in kept
    assert device.key_digest == session_digest(key)
    assert device.network == "127.0.*.*"
    assert device.expires_at - timezone.now() <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("1.2.3.4", "1.2.*.*"), ("2408:84e7::1", "2408:84e7:*"), ("", ""), ("nobody", "")],
)
def test_an_address_is_shown_by_half(address: str, shown: str) -> None:
    assert queries.masked_network(address) == shown


def test_use_is_written_down_once_an_hour(client: Client, staff: User) -> None:
    sign_in(client)
    first = Device.objects.get().last_seen_at
    with time_machine.travel(first + timedelta(minutes=59), tick=False):
        is_in(client)
    assert Device.objects.get().last_seen_at == first
    later = first + timedelta(hours=3)
    with time_machine.travel(later, tick=False):
        is_in(client)
        assert Device.objects.get().last_seen_at == later
    with time_machine.travel(later + timedelta(hours=5), tick=False):
        [row] = queries.devices_shown(staff, timezone.now())
        assert row.seen == "5 小时前"


def test_being_used_does_not_make_a_session_last_longer(client: Client, staff: User) -> None:
    sign_in(client)
    begun = timezone.now()
    for hours in (5, 11):
        with time_machine.travel(begun + timedelta(hours=hours), tick=False):
            assert is_in(client)
    with time_machine.travel(begun + timedelta(hours=13), tick=False):
        assert queries.devices_shown(staff, timezone.now()) == []
        assert not is_in(client)


def test_an_ended_session_stays_ended_and_costs_no_query(client: Client, visitor: Client, staff: User) -> None:
    sign_in(visitor)
    sign_in(client)
    other = Device.objects.exclude(key_digest=session_digest(client.session.session_key)).get()
    actions.end_session(user=staff, device_id=other.pk, at=timezone.now())
    assert not is_in(visitor)
    assert not is_in(visitor)
    other.refresh_from_db()
    assert other.ended_at is not None
    with CaptureQueriesContext(connection) as asked:
        is_in(client)
    assert [
        query["sql"] for query in asked if "accounts_device" in query["sql"] and 'key_digest" =' in query["sql"]
    ] == []


def test_rows_of_sessions_that_ran_out_go_those_of_the_log_stay(client: Client, staff: User, person: Person) -> None:
    sign_in(client)
    actions.end_sign_in(person=staff.person, by=person, cause="lost", reason="", device_id=None, at=timezone.now())
    staff.refresh_from_db()
    sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert actions.forget_sessions(at=timezone.now()) == 1
    assert Device.objects.get().event is not None
    actions.erase_old(at=timezone.now() + timedelta(days=181))
    assert not Device.objects.exists()


def test_a_session_that_ended_meanwhile_is_not_listed_again(client: Client, staff: User, rf: RequestFactory) -> None:
    sign_in(client)
    request = rf.get("/")
    request.session = client.session
    actions.sign_out_everywhere(user=staff)
    assert actions.note_use(request=request, user=staff, at=timezone.now() + timedelta(hours=2))
    assert not Device.objects.exists()


def test_a_session_from_before_the_list_is_listed_when_used(client: Client, staff: User) -> None:
    sign_in(client)
    Device.objects.all().delete()
    session = client.session
    del session["seen_at"]
    session.save()
    assert is_in(client)
    assert Device.objects.get().key_digest == session_digest(client.session.session_key)
