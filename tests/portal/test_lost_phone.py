"""A lost phone is signed out by the community: by whom, for whom, with which words, and that it ends at once."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts
from accounts.actions.sessions import NotSignedInThere
from accounts.models import AccountEvent, Device, Invitation, SignInCode
from communities import actions, roles
from communities.rules import NotYourStaff
from core.notices import notice_kinds
from core.outbox import OutboxRow
from notifications.actions import tell
from notifications.models import Delivery, Message
from tests.communities import make
from tests.grievances.town import BEGINNING, newcomer

ANDROID = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36"
LOST = {"device": "all", "cause": "lost", "reason": "昨天落在公交车上"}


def browser_of(person, agent=ANDROID) -> Client:
    """A browser in which the person is signed in, used once."""
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR="221.7.14.9")
    person.user.refresh_from_db()
    client.force_login(person.user)
    Device.objects.filter(user=person.user).latest("pk").delete()
    session = client.session
    session.pop("seen_at")
    session.save()
    client.get("/me/security/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/security/").status_code == 200


def page_of(person) -> str:
    return reverse("person_sign_out", args=[person.pk])


@pytest.fixture
def as_head(client, town):
    """周敏, head of 滨河社区, in a browser."""
    client.force_login(town.zhou.user)
    return client


def test_the_head_sees_where_a_grid_worker_is_signed_in(as_head, town):
    browser_of(town.zhao)
    page = as_head.get(page_of(town.zhao)).content.decode()
    assert "安卓手机 · 微信" in page
    assert "221.7.*.*" in page
    assert "221.7.14.9" not in page
    assert "一小时内" in page


def test_signed_out_everywhere_ends_at_the_next_request(as_head, town):
    phone, desk = browser_of(town.zhao), browser_of(town.zhao, DESKTOP)
    answer = as_head.post(page_of(town.zhao), LOST)
    assert answer.headers["Location"] == reverse("person_signed_out", args=[town.zhao.pk])
    assert not is_in(phone)
    assert not is_in(desk)
    again = browser_of(town.zhao)
    assert is_in(again)


def test_one_device_ends_and_the_other_stays(as_head, town):
    phone, desk = browser_of(town.zhao), browser_of(town.zhao, DESKTOP)
    lost = Device.objects.get(user=town.zhao.user, system="Android")
    as_head.post(page_of(town.zhao), LOST | {"device": lost.pk})
    assert not is_in(phone)
    assert phone.get("/me/security/").headers["Location"].startswith("/sign-in/")
    assert is_in(desk)
    page = as_head.get(page_of(town.zhao)).content.decode()
    assert "安卓手机" not in page
    assert "电脑 · Chrome" in page


def test_a_session_that_nobody_listed_ends_too(as_head, town):
    phone = browser_of(town.zhao)
    Device.objects.all().delete()
    as_head.post(page_of(town.zhao), LOST)
    assert not is_in(phone)


def test_the_page_says_who_when_and_why(as_head, town):
    browser_of(town.zhao)
    as_head.post(page_of(town.zhao), LOST)
    page = as_head.get(reverse("person_signed_out", args=[town.zhao.pk])).content.decode()
    for words in ("安卓手机 · 微信", "手机丢了", "昨天落在公交车上", "周敏办的"):
        assert words in page
    own = browser_of(town.zhao).get("/me/security/").content.decode()
    assert "周敏 替您结束了登录" in own
    assert "昨天落在公交车上" in own


def test_it_stands_in_the_log_that_nobody_changes(as_head, town):
    as_head.post(page_of(town.zhao), LOST)
    event = AccountEvent.objects.get(person=town.zhao, what="signed_out")
    assert (event.by, event.cause, event.reason) == (town.zhou, "lost", "昨天落在公交车上")
    with pytest.raises(Exception, match="append-only"):
        AccountEvent.objects.filter(pk=event.pk).update(cause="left")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"device": "all"}, 422),
        ({"device": "all", "cause": "other", "reason": "  "}, 422),
        ({"device": "all", "cause": "bored"}, 422),
        ({"device": "999999", "cause": "lost"}, 422),
        ({"device": "all", "cause": "other", "reason": "平板借给了别人"}, 302),
        ({"device": "all", "cause": "left"}, 302),
    ],
)
def test_a_reason_is_asked_for_and_the_words_are_kept(as_head, town, sent, status):
    phone = browser_of(town.zhao)
    answer = as_head.post(page_of(town.zhao), {"reason": ""} | sent)
    assert answer.status_code == status
    assert is_in(phone) is (status == 422)
    assert AccountEvent.objects.filter(reason=sent.get("reason", "").strip()).count() == (status == 302)


def test_what_was_typed_comes_back(as_head, town):
    page = as_head.post(page_of(town.zhao), {"device": "all", "reason": "落在车上"}).content.decode()
    assert "落在车上" in page
    assert "请选为什么退出" in page


def test_a_form_that_comes_twice_signs_out_once(as_head, town):
    browser_of(town.zhao)
    lost = Device.objects.get(user=town.zhao.user)
    sent = LOST | {"device": lost.pk, "once": str(uuid.uuid4())}
    assert [as_head.post(page_of(town.zhao), sent).status_code for _ in range(2)] == [302, 302]
    assert AccountEvent.objects.filter(what="signed_out").count() == 1


def test_a_device_that_is_out_already_says_so(town, as_head):
    browser_of(town.zhao)
    lost = Device.objects.get(user=town.zhao.user)
    accounts.end_session(user=town.zhao.user, device_id=lost.pk, at=timezone.now())
    with pytest.raises(NotSignedInThere):
        actions.sign_out_staff(
            person=town.zhao, by=town.zhou, cause="lost", reason="", device_id=lost.pk, at=timezone.now()
        )
    assert not AccountEvent.objects.filter(what="signed_out").exists()


def test_codes_and_links_that_lie_on_the_phone_end(as_head, town):
    now = timezone.now()
    accounts.ask_code(phone=town.zhao.phone, purpose="sign_in", ip="", at=now)
    accounts.invite_staff(phone=town.zhao.phone, name=town.zhao.name, by=town.zhou, at=now)
    as_head.post(page_of(town.zhao), LOST)
    code, link = SignInCode.objects.get(), Invitation.objects.get()
    assert code.expires_at <= timezone.now()
    assert (code.sendable, link.sendable) == ("", "")
    assert link.withdrawn_at is not None


# Who may, who may not.


def test_the_head_reaches_nobody_above_or_beside(as_head, town):
    for who in ("han", "qin", "chen"):
        assert as_head.get(page_of(getattr(town, who))).status_code == 404
        assert as_head.post(page_of(getattr(town, who)), LOST).status_code == 404
    assert as_head.get(reverse("person_signed_out", args=[town.chen.pk])).status_code == 404
    assert as_head.get(page_of(town.li)).status_code == 404


def test_the_level_counts_wherever_it_is_held(as_head, town):
    phone = browser_of(town.zhao)
    make.grant(town.zhao, "dispatcher", town.areas["鼓楼西街街道"], at=BEGINNING)
    answer = as_head.post(page_of(town.zhao), LOST)
    assert answer.status_code == 403
    assert "要由上一级来办" in answer.content.decode()
    assert "安卓手机" not in answer.content.decode()
    assert is_in(phone)
    with pytest.raises(NotYourStaff):
        actions.sign_out_staff(person=town.zhao, by=town.zhou, cause="lost", reason="", at=timezone.now())


def test_two_heads_do_not_sign_each_other_out(as_head, town):
    other = newcomer("吴恒", 13812349101)
    make.grant(other, "community_head", town.areas["滨河社区"], at=BEGINNING)
    assert as_head.post(page_of(other), LOST).status_code == 403
    assert as_head.post(page_of(town.zhou), LOST).status_code == 403


def test_who_may_enter_the_admin_pages_stands_above(town):
    town.zhao.user.is_staff = True
    town.zhao.user.save()
    assert roles.sign_out_place(town.zhou, town.zhao, timezone.now()) is None


def test_the_next_head_finds_nobody_here(client, town):
    other = newcomer("吴恒", 13812349101)
    make.grant(other, "community_head", town.areas["平阳社区"], at=BEGINNING)
    client.force_login(other.user)
    assert client.get(page_of(town.zhao)).status_code == 404
    assert client.post(page_of(town.zhao), LOST).status_code == 404
    assert client.post(page_of(town.chen), LOST).status_code == 302


@pytest.mark.parametrize("who", ["zhao", "sun", "han", "li"])
def test_others_do_not_come_in(client, town, who):
    client.force_login(getattr(town, who).user)
    assert client.get(reverse("staff_devices")).status_code == 403
    assert client.post(page_of(town.qian), LOST).status_code == 403


def test_community_staff_and_those_who_left_are_signed_out_by_the_head(as_head, town):
    assert as_head.post(page_of(town.sun), LOST).status_code == 302
    town.zhao.role_grants.update(valid_until=timezone.now() - timedelta(days=1))
    assert as_head.post(page_of(town.zhao), LOST | {"cause": "left"}).status_code == 302
    make.grant(town.zhao, "grid_worker", town.far_grid, at=BEGINNING)
    assert as_head.post(page_of(town.zhao), LOST).status_code == 404


def test_an_administrator_above_signs_out_the_head(client, town):
    client.force_login(town.qin.user)
    assert client.post(page_of(town.zhou), LOST).status_code == 302
    assert client.post(page_of(town.han), LOST).status_code == 302
    assert client.get(page_of(town.qin)).status_code == 403


def test_city_administrators_help_one_another(town):
    other = newcomer("郑辖", 13812349102)
    make.grant(other, "city_admin", town.areas["临汾市"], at=BEGINNING)
    place = roles.sign_out_place(town.qin, other, timezone.now())
    assert place == town.areas["临汾市"]
    below = newcomer("吴管", 13812349103)
    make.grant(below, "area_admin", town.areas["临汾市"], at=BEGINNING)
    assert roles.sign_out_place(below, other, timezone.now()) is None


def test_a_unit_counts_where_it_serves(town):
    lead = make.staff("org_lead", make.organisation(town.areas["锦绣花园"], name="新物业"), "冯利")
    wide = make.staff("org_lead", make.organisation(town.areas["鼓楼西街街道"], name="城管"), "冯强")
    now = timezone.now()
    assert roles.sign_out_place(town.zhou, lead, now) == town.areas["滨河社区"]
    assert roles.sign_out_place(town.zhou, wide, now) is None


def test_the_list_is_the_own_community(as_head, town):
    page = as_head.get(reverse("staff_devices")).content.decode()
    assert page_of(town.zhao) in page
    for who in ("chen", "han", "zhou"):
        assert page_of(getattr(town, who)) not in page
    assert 'href="/staff/people/devices/"' in page


# What is told.


def told(kind: str) -> dict[str, tuple[int, str, str]]:
    row = OutboxRow.objects.get(kind=kind)
    subject, words = notice_kinds.get(kind).subject(row), notice_kinds.get(kind).words
    found = {}
    for one in notice_kinds.get(kind).to(row, subject):
        said = words(row, subject, one)
        found[one.as_role] = (one.person_id, said.sms, said.body)
    return found


def test_the_person_hears_it_in_the_inbox_and_by_sms(as_head, town):
    browser_of(town.zhao)
    town.areas["滨河社区"].duty_phone = "0357-2011234"
    town.areas["滨河社区"].save()
    as_head.post(page_of(town.zhao), LOST)
    said = told("communities.signed_out")
    assert list(said) == ["self"]
    assert said["self"][:2] == (
        town.zhao.pk,
        "您在安卓手机 · 微信上的登录已由滨河社区结束，原因：手机丢了。如有疑问请打 0357-2011234。",
    )
    assert "昨天落在公交车上" in said["self"][2]
    tell(OutboxRow.objects.get(kind="communities.signed_out"))
    assert Message.objects.get(kind="communities.signed_out").person == town.zhao
    assert Delivery.objects.get(row__kind="communities.signed_out").channel == "sms"


def test_the_head_hears_when_somebody_above_did_it(client, town):
    client.force_login(town.qin.user)
    client.post(page_of(town.zhao), LOST)
    said = told("communities.signed_out")
    assert said["head"][0] == town.zhou.pk
    assert "秦岚结束了赵建国在所有设备上的登录" in said["head"][2]
    assert said["head"][1] == ""
    assert "临汾市" in said["self"][1]


def test_two_devices_of_a_kind_are_told_apart(as_head, town):
    browser_of(town.zhao)
    browser_of(town.zhao)
    early = Device.objects.filter(user=town.zhao.user).earliest("pk")
    Device.objects.filter(pk=early.pk).update(created_at=timezone.now() - timedelta(days=1))
    page = as_head.get(page_of(town.zhao)).content.decode()
    assert "安卓手机 · 微信，昨天" in page
    assert "安卓手机 · 微信，今天" in page


def test_who_looks_as_a_head_signs_nobody_out(client, town):
    phone = browser_of(town.zhao)
    client.force_login(town.qin.user)
    client.post(reverse("view_as"), {"area": town.areas["滨河社区"].pk, "role": "community_head"})
    assert client.get(page_of(town.zhao)).status_code == 200
    assert client.get(page_of(town.chen)).status_code == 404
    assert client.post(page_of(town.zhao), LOST).status_code == 403
    assert is_in(phone)


def test_closing_the_account_takes_the_devices_out(town):
    browser_of(town.li)
    accounts.close_account(user=town.li.user, proven_at=timezone.now(), at=timezone.now())
    assert not Device.objects.filter(user=town.li.user).exists()
