"""A case goes on the wall: agreed to, released with a photo, read, followed; at both widths, clean for axe."""

import pytest
from django.utils import timezone

from grievances import actions
from grievances.models import Case, WallItem
from notifications.models import Message
from tests.browser.hands import DESK, PHONE, RESULT, Town, assert_clean, photo, send, upload, work

ADDED = "今天早上又堆了一袋，风一吹到处都是。"


def agree(town: Town, case: Case, size: tuple[int, int]) -> None:
    """李 adds words and a photo, and agrees that everybody reads it."""
    li = town.person("李晓梅", size)
    li.goto(f"/cases/{case.pk}/")
    li.get_by_text("补充几句，或加张照片").click()
    upload(li, "photos", photo())
    li.locator("[name=add-added]").fill(ADDED)
    assert_clean(li, "the case, adding")
    send(li, "补充上去")
    assert li.get_by_text(ADDED).count() == 1
    li.locator(".confirm > summary, .confirm__open").get_by_text("改为可以公开").first.click()
    li.get_by_role("button", name="改为可以公开").last.click()
    li.wait_for_load_state()
    assert "可以公开" in li.locator(".facts").first.inner_text()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_release_read_and_follow(town, size):
    case = town.case("accept")
    agree(town, case, size)
    work()
    sun = town.person("孙丽", size)
    sun.goto("/desk/wall/")
    assert_clean(sun, "waiting for the wall")
    sun.locator(".queue-row").first.click()
    sun.wait_for_load_state()
    assert sun.locator("input[name=photos]:checked").count() == 0
    sun.locator("input[name=photos]").first.check()
    sun.locator("[name=public_title]").fill("门口的垃圾没有清")
    assert_clean(sun, "release")
    send(sun, "放上公开栏")
    assert WallItem.objects.get().title == "门口的垃圾没有清"

    stranger = town.visitor(size)
    town.choose(stranger)
    stranger.goto("/wall/")
    assert_clean(stranger, "the wall")
    assert "李晓梅" not in stranger.content()
    stranger.get_by_role("link", name="门口的垃圾没有清").click()
    stranger.wait_for_load_state()
    shown = stranger.locator(".evidence img").first
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert stranger.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    wang = town.person("王强", size)
    wang.goto(f"/wall/{case.pk}/")
    send(wang, "关注，有结果告诉我")
    assert_clean(wang, "an item, followed")
    actions.result(case_id=case.pk, by=town.cast["zhao"], result_text=RESULT, at=timezone.now())
    sun.goto(f"/cases/{case.pk}/wall/")
    assert "有新的处理结果" in sun.content()
    send(sun, "更新公开栏")
    work()
    assert Message.objects.filter(person=town.cast["wang"], title__contains="有结果了").count() == 1
    wang.goto("/inbox/")
    wang.get_by_text("有结果了").click()
    wang.wait_for_load_state()
    assert RESULT in wang.content()


def test_without_script_words_and_a_photo_are_added(town):
    case = town.case("accept")
    li = town.person("李晓梅", java_script_enabled=False)
    li.goto(f"/cases/{case.pk}/")
    li.get_by_text("补充几句，或加张照片").click()
    li.locator("[name=photos_files]").set_input_files([photo()])
    li.locator("[name=add-added]").fill(ADDED)
    send(li, "补充上去")
    assert li.get_by_text(ADDED).count() == 1
    assert case.photos.count() == 1


def test_a_page_to_print_has_no_menu(town):
    case = town.case("result")
    li = town.person("李晓梅")
    li.goto(f"/cases/{case.pk}/print/")
    assert li.get_by_role("button", name="打印").is_visible()
    assert li.get_by_role("navigation").count() == 0
    assert_clean(li, "print")
    li.emulate_media(media="print")
    assert not li.locator(".sheet__tools").is_visible()
