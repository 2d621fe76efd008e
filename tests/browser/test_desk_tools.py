"""The desk by keyboard, next, a selection: on a phone and on a desk."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from grievances import actions
from grievances.models import Case, StandardText
from tests.browser.hands import DESK, PHONE, assert_clean
from tests.communities import make

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])


def cases(town, count=3):
    made = []
    for number in range(count):
        at = timezone.now() - timedelta(minutes=60 - number)
        made.append(
            actions.report(by=town.cast["li"], area=town.cast.areas["滨河社区第1网格"], text=f"第 {number + 1} 盏路灯不亮。",
                           at=at, recorded_at=at)
        )  # fmt: skip
    return made


def test_every_key_of_the_desk_does_its_work(town):
    first, second, _third = cases(town)
    page = town.person("孙丽", DESK)
    page.goto("/desk/")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_have_attribute("aria-current", "true")
    page.locator("[data-take-proposal]").wait_for()
    page.keyboard.press("d")
    expect(page.locator("#step-dispatch [name=dispatch-holder]:checked")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#step-reject [name=reject-code]").first).to_be_focused()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("turn=triage"))
    expect(page.locator("#step-triage [name=triage-category]")).to_be_focused()
    page.keyboard.press("n")
    page.goto(f"/desk/?case={first.pk}")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(f"case={second.pk}"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("全部按键")
    assert_clean(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("n1x")
    expect(page.locator("[data-search]")).to_have_value("n1x")
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator("body")).to_contain_text("派出去了")
    second.refresh_from_db()
    assert second.state == "dispatched"


@SIZES
def test_a_selection_goes_with_one_press(town, size):
    made = cases(town)
    page = town.person("孙丽", size)
    page.goto("/desk/")
    assert_clean(page, "desk")
    page.locator("[data-pick]").first.check()
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.locator("[data-pick-all] input").check()
    expect(page.locator("[data-picked]")).to_have_text("3")
    assert_clean(page, "desk with a selection")
    page.get_by_role("button", name="派给同一个…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 件一起")
    assert_clean(page, "bulk form")
    page.locator("[data-holders-one]").first.click()
    page.get_by_label("理由（居民能看到）").fill("都在第 1 网格")
    page.get_by_role("button", name="派给同一个").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 件派出去了")
    assert_clean(page, "bulk done")
    assert set(Case.objects.filter(pk__in=[case.pk for case in made]).values_list("state", flat=True)) == {"dispatched"}


def test_two_dispatchers_press_next_and_see_each_other(town):
    first, second = cases(town, 2)
    make.grant(town.cast["zhou"], "dispatcher", town.cast.areas["滨河社区"], at=timezone.now())
    one, other = town.person("孙丽", DESK), town.person("周敏", DESK)
    for page, case in ((one, first), (other, second)):
        page.goto("/desk/")
        page.locator("[data-next]").click()
        expect(page).to_have_url(re.compile(f"case={case.pk}"))
    other.goto(f"/desk/?case={first.pk}")
    expect(other.locator("#claim")).to_contain_text("孙丽正在看")
    other.get_by_role("button", name="我来接手").click()
    expect(other.locator("#claim")).not_to_contain_text("正在看")


def test_filters_are_kept_and_opened_again(town):
    cases(town, 1)
    page = town.person("孙丽", DESK)
    page.goto("/desk/?kind=help")
    page.get_by_role("link", name="存下这个筛选").click()
    page.get_by_label("叫什么名字").fill("求助")
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_role("link", name="求助")).to_have_attribute("aria-current", "true")
    assert_clean(page, "saved filters")


def test_a_standard_text_goes_into_the_words(town):
    StandardText.objects.create(step="reject", name="商户", body="{编号}请拨打 12315。")
    (case,) = cases(town, 1)
    page = town.person("孙丽", DESK)
    page.goto("/desk/")
    page.locator("[data-row]").first.click()
    page.locator("#step-reject").wait_for(state="attached")
    page.keyboard.press("e")
    page.locator("#texts-reject").select_option(label="商户")
    expect(page.locator("[name=reject-where_instead]")).to_have_value(f"{case.number}请拨打 12315。")
