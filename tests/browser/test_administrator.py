"""A day of an administrator: find somebody, give a role until a date, hand over, look as a role and leave."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from communities.models import RoleGrant, Viewing
from tests.browser.hands import DESK, PHONE, assert_clean, send


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_an_administrator_gives_hands_over_and_looks(town, size):
    case = town.case("accept")
    page = town.person("秦岚", size)
    find(page, "赵建国")
    give_a_role(town, page)
    hand_over_and_end(town, page)
    case.refresh_from_db()
    assert (case.state, case.handler) == ("handling", town.cast["qian"])
    look_and_leave(town, page)


def find(page: Page, name: str) -> None:
    page.goto("/staff/people/")
    assert_fits(page)
    assert_clean(page, "people")
    page.get_by_label("姓名，或手机号后几位").fill(name[:1])
    send(page, "筛选")
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert_fits(page)
    assert_clean(page, "person")
    page.get_by_text("查看号码").click()
    send(page, "打开")
    expect(page.locator(".opened")).to_be_visible()


def give_a_role(town, page: Page) -> None:
    """Until a day three weeks from now, at a place found by its name."""
    page.get_by_role("link", name="再给一个岗位").click()
    page.get_by_label("按名字找辖区").fill("滨河")
    send(page, "找")
    page.get_by_role("link", name=re.compile("滨河社区")).first.click()
    assert_fits(page)
    page.get_by_label("岗位", exact=True).select_option(label="社区工作者")
    day = timezone.localdate() + timedelta(days=21)
    page.get_by_label("到哪天止").fill(day.isoformat())
    assert_clean(page, "grant")
    send(page, "给这个岗位")
    expect(page.locator("body")).to_contain_text(f"到 {day.isoformat()}")
    assert RoleGrant.objects.get(person=town.cast["zhao"], role="community_staff").last_day == day


def hand_over_and_end(town, page: Page) -> None:
    """The first role ends; with the second one the work must be handed over first."""
    end(page, "社区工作者")
    expect(page.locator("body")).to_contain_text("岗位结束了")
    end(page, "网格员")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 件在办")
    assert_fits(page)
    assert_clean(page, "hand over")
    page.get_by_label("接手的人").select_option(value=str(town.cast["qian"].pk))
    page.get_by_label("为什么移交").fill("调到别的街道去了")
    send(page, "全部移交")
    expect(page.locator("body")).to_contain_text("移交了 1 件")
    end(page, "网格员")
    expect(page.locator("body")).to_contain_text("岗位结束了")
    assert_clean(page, "person without a role")


def end(page: Page, role: str) -> None:
    page.get_by_role("link", name=re.compile(f"{role}.*改期或结束")).first.click()
    page.locator("summary", has_text="结束这个岗位").click()
    page.get_by_label("为什么结束").fill("调到别的街道去了")
    assert_fits(page)
    assert_clean(page, "one grant")
    send(page, "结束岗位")


def look_and_leave(town, page: Page) -> None:
    """As the grid worker of the second grid: the case is there, nothing can be pressed through."""
    page.goto(f"/staff/view-as/?area={town.cast.areas['滨河社区第2网格'].pk}")
    assert_fits(page)
    assert_clean(page, "view as")
    page.locator(".choice", has_text="网格员").click()
    send(page, "开始查看")
    bar = page.locator(".viewing")
    expect(bar).to_contain_text("您正以“网格员 · 锦绣花园第2网格”的身份查看")
    assert_clean(page, "home under the bar")
    page.goto("/queue/")
    assert_fits(page)
    assert_clean(page, "queue under the bar")
    page.goto("/report/")
    page.locator("[name=text]").fill("楼道灯不亮，晚上看不见")
    expect(bar).to_be_visible()
    page.locator("form[data-warn], main form").first.evaluate("form => form.submit()")
    expect(page.get_by_role("heading", level=1)).to_contain_text("只能看")
    page.get_by_role("button", name="退出查看").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("看看别的岗位看到什么")
    expect(page.locator(".viewing")).to_have_count(0)
    page.goto("/staff/view-as/log/")
    assert_fits(page)
    assert_clean(page, "log of looking")
    expect(page.get_by_role("main")).to_contain_text("秦岚")
    assert Viewing.objects.get().end is not None


def test_somebody_new_is_invited_and_a_unit_gets_a_member(town):
    page = town.person("秦岚", PHONE)
    page.goto(f"/staff/people/invite/?area={town.cast.areas['滨河社区'].pk}")
    assert_fits(page)
    assert_clean(page, "invite")
    page.get_by_label("手机号").fill("138 1234 9111")
    page.get_by_label("姓名").fill("何新")
    page.get_by_label("岗位", exact=True).select_option(label="社区工作者")
    send(page, "给岗位，发邀请")
    expect(page.locator("body")).to_contain_text("邀请短信已发出")
    page.goto("/staff/people/units/")
    assert_clean(page, "units")
    page.get_by_role("link", name=re.compile("锦绣物业")).click()
    assert_fits(page)
    assert_clean(page, "unit")
    page.get_by_label("手机号").fill("13812349222")
    page.get_by_label("姓名").fill("金师傅")
    page.get_by_label("职务").fill("维修")
    send(page, "加进来")
    expect(page.get_by_role("main")).to_contain_text("金师傅")


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen, and what can be pressed is large enough."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    small = page.evaluate(
        "[...document.querySelectorAll('main .button, .viewing .button, main select, main summary.link, main .place-row, main p > a.link:only-child')]"
        ".filter(it => it.offsetParent && !it.closest('.notice') && it.getBoundingClientRect().height < 24).map(it => it.outerHTML.slice(0, 90))"
    )
    assert small == [], page.url
