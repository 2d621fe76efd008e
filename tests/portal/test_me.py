"""The personal centre."""

import pytest

from accounts import actions as accounts
from accounts.models import OpeningLog


def text_of(answer) -> str:
    return answer.content.decode()


def test_my_page_leads_on_and_hides_the_number(at_home, town):
    page = text_of(at_home(town.li).get("/me/"))
    assert "李晓梅" in page
    assert town.li.phone not in page
    assert "138****0000" in page
    for way in ("/my-cases/", "/inbox/", "/me/openings/", "/me/security/", "/sign-out/"):
        assert way in page, way


def test_somebody_without_a_name_is_asked_for_it(at_home, town):
    accounts.register_person(name="", phone="13900001111", at=town.now)
    type(town.li).objects.filter(pk=town.li.pk).update(name="")
    assert "填上姓名" in text_of(at_home(town.li).get("/me/"))


def test_who_looked_at_my_number_is_listed(at_home, town):
    OpeningLog.objects.create(
        opener=town.zhao, person=town.li, field="phone", subject="grievances.case:1", reason="约上门时间", at=town.now
    )
    page = text_of(at_home(town.li).get("/me/openings/"))
    assert "赵建国" in page
    assert "约上门时间" in page
    assert "约上门时间" not in text_of(at_home(town.wang).get("/me/openings/"))


def test_nobody_looked_yet(at_home, town):
    assert "还没有人打开过您的号码" in text_of(at_home(town.li).get("/me/openings/"))


@pytest.mark.parametrize("path", ["/me/", "/me/openings/"])
def test_a_visitor_is_led_to_sign_in(browser, path):
    assert browser.get(path)["Location"] == f"/sign-in/?next={path}"
