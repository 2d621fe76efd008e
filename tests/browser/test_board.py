"""An official looks at the street: what waits first, then from a number to its list and on to a case."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from core import figures
from core.workflow import Actor
from grievances import actions
from grievances.queries import category_by_code
from grievances.routing import Holder
from tests.browser.hands import DESK, PHONE, Town, assert_clean
from tests.communities import make

FOUND = [
    ("noise-02", "半夜打桩，吵得睡不着。", 2, "滨河社区第1网格", "result"),
    ("noise-02", "楼下音响太大。", 20, "滨河社区第2网格", "accept"),
    ("env-01", "垃圾三天没有清。", 3, "平阳社区第1网格", "report"),
    ("env-01", "垃圾桶满了。", 9, "滨河社区第1网格", "dispatch"),
    ("env-01", "垃圾桶倒了。", 38, "滨河社区第1网格", "accept"),
    ("public-01", "楼道口漏水，地面结冰。", 12, "平阳社区第2网格", "dispatch"),
    ("noise-02", "楼上装修太吵。", 1, "滨河社区第1网格", "rate"),
]


def busy(town: Town) -> None:
    """A street with some weeks behind it, and one new place where nobody dispatches yet."""
    cast, now = town.cast, timezone.now()
    for code, text, days, place, upto in FOUND:
        moment = now - timedelta(days=days)
        case = actions.report(by=cast["li"], area=cast.areas[place], text=text, at=moment, recorded_at=moment,
                              category=category_by_code(code))  # fmt: skip
        holder = Holder(role="grid_worker", area=cast.areas["滨河社区第1网格"])
        if upto != "report":
            by = cast["sun"] if "滨河" in place else cast["feng"]
            actions.dispatch(case_id=case.pk, by=by, holder=holder, why="由第1网格到场", at=now - timedelta(hours=3))
        if upto in ("accept", "result", "rate"):
            actions.accept(case_id=case.pk, by=cast["zhao"], at=now - timedelta(hours=2))
        if upto in ("result", "rate"):
            words = "已经到现场看过，当场处理好了，请您再看看。"
            actions.result(case_id=case.pk, by=cast["zhao"], result_text=words, at=now - timedelta(hours=1))
        if upto == "rate":
            actions.rate(case_id=case.pk, actor=Actor.of(cast["li"]), contacted=True, stars=5, at=now)
    lonely = make.community(cast.areas["鼓楼西街街道"], "迎春社区")
    actions.report(by=cast["li"], area=make.grid(lonely, "第1网格"), text="新小区路灯不亮，等人来派。", at=now)
    figures.fold(limit=9)


def keep(page: Page, name: str) -> None:
    """Keep a picture where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def no_overflow(page: Page) -> None:
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_official_goes_from_a_number_to_its_cases(town, size):
    busy(town)
    width = size[0]
    page = town.person("韩磊", size)
    page.goto("/staff/board/")
    assert "近 30 天新收 7 件，办结 1 件" in page.locator("h1").inner_text()
    assert_clean(page, f"board {width}")
    no_overflow(page)
    keep(page, f"board-{width}")
    waiting = page.get_by_role("link", name="新小区路灯不亮")
    assert waiting.bounding_box()["y"] < size[1], "what waits for me is on the first screen"

    page.locator(".tile").filter(has=page.get_by_role("heading", name="超时在办")).locator(".tile__n").click()
    page.wait_for_load_state()
    count = int(re.search(r"共 (\d+) 件", page.locator("h1").inner_text())[1])
    assert page.locator(".queue-row").count() == count > 0
    assert_clean(page, f"list {width}")
    no_overflow(page)
    keep(page, f"board-cases-{width}")

    page.get_by_role("link", name="回看板").click()
    page.get_by_role("link", name="近 7 天", exact=True).click()
    page.wait_for_load_state()
    assert "近 7 天新收" in page.locator("h1").inner_text()
    page.locator(".figures").get_by_role("link", name="滨河", exact=True).click()
    page.wait_for_load_state()
    assert page.locator(".crumbs b").inner_text() == "滨河社区"
    keep(page, f"board-community-{width}")
    page.locator(".crumbs").get_by_role("link", name="鼓楼西街街道").click()
    page.get_by_role("link", name="新小区路灯不亮").click()
    page.wait_for_load_state()
    assert "新小区路灯不亮" in page.locator("main").inner_text()


def test_every_number_can_be_hit_with_a_finger(town):
    busy(town)
    page = town.person("韩磊", PHONE)
    page.goto("/staff/board/")
    for link in page.locator("a[data-number]").all():
        box = link.bounding_box()
        assert box["height"] >= 43.5, link.get_attribute("href")
        assert box["width"] >= 24, link.get_attribute("href")


@pytest.mark.parametrize("theme", ["dark", "elder"])
def test_it_is_clean_in_the_other_themes(town, theme):
    busy(town)
    page = town.person("韩磊", PHONE)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    for name, path in (("board", "/staff/board/"), ("board-cases", "/staff/cases/?figure=in")):
        page.goto(path)
        page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", theme == "elder")
        assert_clean(page, f"{path} {theme}")
        no_overflow(page)
        keep(page, f"{name}-{theme}")


def test_days_and_category_are_chosen_without_script(town):
    busy(town)
    page = town.person("韩磊", DESK, java_script_enabled=False)
    page.goto("/staff/board/")
    page.get_by_text("按日期、类别看").click()
    page.locator("#ask-category").select_option(label="市容环卫")
    page.get_by_role("button", name="看这些").click()
    page.wait_for_load_state()
    assert "category=" in page.url
    assert "近 30 天新收 2 件" in page.locator("h1").inner_text()
