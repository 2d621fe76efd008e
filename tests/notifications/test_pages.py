"""The inbox, the demo's texts, and what administrators see: who may, what is shown, where it leads."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.urls import reverse

from core import outbox
from core.outbox import OutboxRow, OutboxWork
from notifications.actions import open_message
from notifications.models import Delivery, DemoSms, Message
from notifications.queries import unread_count
from tests.communities.make import staff
from tests.notifications.bell import KIND, PHONE
from tests.things.models import Parcel

State = Delivery.State
INBOX = "/inbox/"


def message(person, now, *, title="您反映的“3 号楼楼道口漏水”已派给第 2 网格", url="/privacy/", ago=0) -> Message:
    """A message in somebody's inbox, ``ago`` minutes old."""
    number = OutboxRow.objects.count()
    row = OutboxRow.objects.create(kind=KIND, about="bell.bell:1", key=f"m{number}", at=now)
    at = now - timedelta(minutes=ago)
    return Message.objects.create(row=row, person=person, kind=KIND, title=title, url=url, at=at)


def failed(now, *, area=None, **facts) -> Delivery:
    """A text that failed, about something in ``area``."""
    number = OutboxRow.objects.count()
    row = OutboxRow.objects.create(kind=KIND, about="bell.bell:1", key=f"d{number}", at=now)
    facts = {"state": State.FAILED, "why": Delivery.Why.GAVE_UP, "phone": PHONE, **facts}
    return Delivery.objects.create(
        row=row, area=area, channel="sms", as_role="both", key=f"{row.pk}:x:sms", due_at=now, **facts
    )


def test_the_inbox_shows_the_newest_first_and_marks_the_unread(browser, li, now):
    message(li, now, title="先来的", ago=5)
    message(li, now, title="后来的")
    page = browser(li).get(INBOX).content.decode()
    assert page.index("后来的") < page.index("先来的")
    assert page.count("is-unread") == 2
    assert "全部标为已读" in page


def test_an_empty_inbox_says_what_will_come(browser, li):
    page = browser(li).get(INBOX).content.decode()
    assert "还没有消息" in page
    assert "全部标为已读" not in page


def test_a_long_inbox_is_paged(browser, li, now):
    for number in range(31):
        message(li, now, title=f"第{number}条", ago=number)
    first = browser(li).get(INBOX)
    assert "第29条" in first.content.decode()
    assert "第30条" not in first.content.decode()
    rest = browser(li).get(INBOX, {"after": first.context["pager"].next}).content.decode()
    assert "第30条" in rest


def test_visitors_are_led_to_sign_in(client, db):
    answer = client.get(INBOX)
    assert answer.status_code == 302
    assert "next=/inbox/" in answer.headers["Location"]


def test_opening_a_message_marks_it_read_and_leads_on(browser, li, now):
    told = message(li, now)
    answer = browser(li).post(reverse("inbox_open", args=[told.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/privacy/")
    told.refresh_from_db()
    first = told.read_at
    assert first is not None
    browser(li).post(reverse("inbox_open", args=[told.pk]))
    told.refresh_from_db()
    assert told.read_at == first


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "///evil.example", "javascript:alert(1)", "x", ""],
)
def test_a_message_leads_nowhere_outside(browser, li, now, url):
    told = message(li, now, url=url)
    answer = browser(li).post(reverse("inbox_open", args=[told.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (302, INBOX)


def test_nobody_opens_the_message_of_another(browser, li, wang, now):
    told = message(li, now)
    assert browser(wang).post(reverse("inbox_open", args=[told.pk])).status_code == 404
    told.refresh_from_db()
    assert told.read_at is None
    assert "3 号楼" not in browser(wang).get(INBOX).content.decode()


def test_marking_all_read_touches_only_ones_own(browser, li, wang, now):
    mine, other = message(li, now), message(wang, now)
    assert browser(li).post(reverse("inbox_read_all")).status_code == 302
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.read_at is not None
    assert other.read_at is None


def test_what_writes_takes_only_a_post(browser, li, linfen, now):
    told, text = message(li, now), failed(now)
    boss = staff("city_admin", linfen["临汾市"])
    work = OutboxWork.objects.create(row=told.row, handler="ear", due_at=now)
    mine = [reverse("inbox_open", args=[told.pk]), reverse("inbox_read_all")]
    theirs = [reverse("delivery_again", args=[text.pk]), reverse("effect_again", args=[work.pk])]
    assert [browser(li).get(address).status_code for address in mine] == [405, 405]
    assert [browser(boss).get(address).status_code for address in theirs] == [405, 405]
    assert not Message.objects.exclude(read_at=None).exists()


def test_the_unread_are_counted_with_one_query(li, now, django_assert_num_queries):
    message(li, now)
    told = message(li, now)
    with django_assert_num_queries(1):
        assert unread_count(li) == 2
    open_message(message=told, at=now)
    assert unread_count(li) == 1


def test_the_demos_texts_are_shown_with_links_that_can_be_pressed(client, db, now):
    text = "【邻里】您反映的事已办好，请评价：http://127.0.0.1:8000/r/abc-1:2_x/ 没解决也请告诉我们<b>。"
    DemoSms.objects.create(key="k1", phone=PHONE, text=text, at=now)
    page = client.get(reverse("demo_sent")).content.decode()
    assert PHONE in page
    assert '<a class="link" href="http://127.0.0.1:8000/r/abc-1:2_x/">' in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("7 天内有效：https://a.example/i/x。", "https://a.example/i/x"),
        ("看（https://a.example/?a=1&b=2）吧", "https://a.example/?a=1&amp;b=2"),
        ("go to https://a.example/x.", "https://a.example/x"),
    ],
)
def test_an_address_between_chinese_is_found(text, link):
    drawn = Template("{% load texts %}{{ text|links }}").render(Context({"text": text}))
    assert f'href="{link}"' in drawn


def test_without_demo_there_is_no_page_of_texts(client, db, settings):
    settings.DEMO = False
    assert client.get(reverse("demo_sent")).status_code == 404


def test_deliveries_are_for_administrators(browser, li, linfen):
    assert browser(li).get(reverse("deliveries")).status_code == 403
    worker = staff("grid_worker", linfen["滨河社区第1网格"])
    assert browser(worker).get(reverse("deliveries")).status_code == 403
    boss = staff("city_admin", linfen["临汾市"])
    page = browser(boss).get(reverse("deliveries"))
    assert page.status_code == 200
    assert "这一类没有短信" in page.content.decode()


def test_an_administrator_sees_what_went_wrong_with_the_number_masked(browser, linfen, li, now, bell):
    failed(now, person=li)
    failed(now, state=State.UNKNOWN, why=Delivery.Why.LOST)
    failed(now, state=State.SKIPPED, why=Delivery.Why.NO_PHONE, phone="")
    boss = browser(staff("city_admin", linfen["临汾市"]))
    page = boss.get(reverse("deliveries")).content.decode()
    assert "138****2046" in page
    assert PHONE not in page
    assert "李**" in page
    assert "试了多次都没发成" in page
    assert "可能已发出" in boss.get(reverse("deliveries"), {"state": "unknown"}).content.decode()
    assert "没有手机号" in boss.get(reverse("deliveries"), {"state": "skipped"}).content.decode()
    assert boss.get(reverse("deliveries"), {"state": "nonsense"}).status_code == 200


def test_the_administrator_of_one_community_sees_only_its_texts(browser, linfen, now, bell):
    here = failed(now, area=linfen["滨河社区第1网格"])
    there = failed(now, area=linfen["平阳社区第1网格"], phone="13912342047")
    nowhere = failed(now, phone="13712342048")
    boss = staff("area_admin", linfen["滨河社区"])
    answer = browser(boss).get(reverse("deliveries"))
    assert [row.pk for row in answer.context["pager"].items] == [here.pk]
    assert {state: count for state, _label, count in answer.context["counts"]}["failed"] == 1
    for other in (there, nowhere):
        assert browser(boss).post(reverse("delivery_again", args=[other.pk])).status_code == 404
    assert browser(boss).post(reverse("delivery_again", args=[here.pk])).status_code == 302
    here.refresh_from_db()
    assert here.state == State.WAITING


def test_a_text_lies_where_its_subject_lies(bell, both, linfen, now):
    parcel = Parcel(name="箱子")
    parcel.place_at(linfen["滨河社区第1网格"])
    parcel.save()
    bell.subject = parcel
    bell.ring(both, at=now)
    outbox.drain(at=now)
    assert Delivery.objects.get().area == linfen["滨河社区第1网格"]


def test_what_cannot_be_sent_says_so(browser, linfen, now):
    nobody = failed(now, state=State.SKIPPED, why=Delivery.Why.NO_PHONE, phone="")
    boss = browser(staff("city_admin", linfen["临汾市"]))
    page = boss.post(reverse("delivery_again", args=[nobody.pk]), follow=True).content.decode()
    assert "对方还没有手机号" in page


def test_stuck_effects_are_shown_and_carried_out_again(browser, linfen, li, now, bell):
    row = message(li, now).row
    work = OutboxWork.objects.create(row=row, handler="ear", due_at=now, tries=6, last_error="RuntimeError: no line")
    boss = staff("city_admin", linfen["临汾市"])
    assert "no line" in browser(boss).get(reverse("deliveries")).content.decode()
    browser(boss).post(reverse("effect_again", args=[work.pk]))
    work.refresh_from_db()
    assert work.tries == 0
    small = staff("area_admin", linfen["滨河社区"])
    work.tries = 6
    work.save()
    assert "no line" not in browser(small).get(reverse("deliveries")).content.decode()
    assert browser(small).post(reverse("effect_again", args=[work.pk])).status_code == 403
