"""The community's home: what waits for me first, then what can be done; signed out too."""

from datetime import datetime

import pytest
from django.utils import timezone

from communities.models import ModuleSwitch
from tests.communities import make


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_first_visit_chooses_a_community(client, town):
    assert client.get("/")["Location"] == "/communities/?next=%2F"


def test_signed_out_one_can_report_and_nobody_is_named(browser):
    page = text_of(browser.get("/"))
    assert "拍一张，报个事" in page
    assert "滨河社区" in page
    assert "登录" in page
    assert "李晓梅" not in page


def test_whoever_lives_somewhere_needs_no_choice(client, town):
    make.resident(town.areas["锦绣花园"], town.li)
    client.force_login(town.li.user)
    page = text_of(client.get("/"))
    assert "您的小区：锦绣花园 · 1号楼" in page
    assert "李晓梅" in page


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(0, "夜深了"), (5, "夜深了"), (6, "早上好"), (10, "早上好"), (11, "中午好"), (13, "中午好"), (14, "下午好"), (18, "晚上好"),
     (21, "晚上好"), (22, "夜深了"), (23, "夜深了")],
)  # fmt: skip
def test_the_greeting_follows_the_day(browser, monkeypatch, hour, greeting):
    monkeypatch.setattr(
        timezone, "localtime", lambda *_: datetime(2026, 11, 23, hour, 30, tzinfo=timezone.get_default_timezone())
    )
    assert greeting in text_of(browser.get("/"))


def test_what_waits_for_me_stands_before_what_i_can_do(at_home, town, write_to):
    town.finished(text="水管漏水，地面湿滑")
    write_to(town.li)
    page = text_of(at_home(town.li).get("/"))
    assert page.index("等您说一句") < page.index("条新消息") < page.index("我能办什么") < page.index("<h2>我的诉求")
    assert page.count("水管漏水") == 1


def test_my_reports_say_how_they_stand(at_home, town):
    town.handling()
    assert "网格员赵师傅正在办" in text_of(at_home(town.li).get("/"))


def test_nothing_yet_says_what_to_do(at_home, town):
    assert "还没有诉求" in text_of(at_home(town.wang).get("/"))


@pytest.mark.parametrize(
    ("who", "ways"), [("li", set()), ("zhao", {"/queue/"}), ("sun", {"/desk/"}), ("you", {"/queue/"})]
)
def test_those_who_work_see_the_way_to_their_work(at_home, town, who, ways):
    page = text_of(at_home(getattr(town, who)).get("/"))
    assert {way for way in ("/queue/", "/desk/") if f'button--primary grow" href="{way}"' in page} == ways


def test_a_module_that_is_off_is_not_offered(browser, town):
    ModuleSwitch.objects.create(area=town.areas["滨河社区"], module="grievances", state="off", changed_at=town.now)
    page = text_of(browser.get("/"))
    assert "拍一张，报个事" not in page
    assert "/report/" not in page


def test_the_page_costs_few_queries(at_home, town, django_assert_max_num_queries):
    browser = at_home(town.li)
    for _ in range(3):
        town.handling()
    town.finished()
    browser.get("/")
    with django_assert_max_num_queries(14):
        browser.get("/")
