"""The main paths without JavaScript: a visitor reports, signs in, and follows the case to a rating."""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Person
from core.media.models import Photo
from grievances.models import Case
from tests.browser.hands import RESULT, WORDS, Town, photo, send, texts_to, work

PHONE_NUMBER = "13812342046"


def test_a_visitor_reports_and_rates(town):
    visitor = town.visitor(java_script_enabled=False)
    town.choose(visitor)
    visitor.goto("/report/")
    visitor.locator("[name=text]").fill(WORDS)
    visitor.locator("[name=address]").fill("3 号楼门口")
    visitor.locator("[name=photos_files]").set_input_files([photo()])
    send(visitor, "发送")
    sign_in(visitor)
    expect(visitor.locator("[name=text]")).to_have_value(WORDS)
    expect(visitor.locator("[name=address]")).to_have_value("3 号楼门口")
    assert visitor.locator("input[type=hidden][name=photos]").count() == 1
    send(visitor, "发送")
    case = Case.objects.get()
    assert (case.reporter.phone, case.photos.count(), Photo.objects.count()) == (PHONE_NUMBER, 1, 1)
    work()
    dispatch(town, case)
    handle(town, case)
    visitor.goto(f"/cases/{case.pk}/rate/")
    visitor.locator("[name=contacted][value=yes]").check(force=True)
    visitor.locator("[name=solved][value=yes]").check(force=True)
    visitor.locator('.stars label[for$="_0"]').click()
    send(visitor, "就这样，告诉社区")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")


def sign_in(page: Page) -> None:
    """By phone and code, read from the text that was sent; then the consent."""
    page.locator("[name=phone]").fill(PHONE_NUMBER)
    send(page, "获取验证码")
    work()
    code = re.search(r"\b(\d{6})\b", texts_to(PHONE_NUMBER)[-1]).group(1)
    page.locator("[name=code]").fill(code)
    page.locator("form:has([name=code]) button.button--primary").first.click()
    page.wait_for_load_state()
    if page.locator("[name=agree], form[action*='agree'] input[type=checkbox]").count():
        page.locator("input[type=checkbox]").first.check()
        page.locator("form[action*='agree'] button.button--primary").first.click()
        page.wait_for_load_state()
    assert Person.objects.get(phone=PHONE_NUMBER).created_at <= timezone.now()


def dispatch(town: Town, case: Case) -> None:
    """孙 gives it to the first grid."""
    page = town.person("孙丽", java_script_enabled=False)
    page.goto(f"/cases/{case.pk}/")
    form = page.locator('form[action$="/dispatch/"]:has([data-holders])')
    page.locator("details:has([data-holders]) > summary").first.click()
    form.locator(f"[value='role:grid_worker:{town.cast.areas['滨河社区第1网格'].pk}']").check()
    form.locator("[name=dispatch-category]").select_option("noise-02")
    form.locator("[name=dispatch-why]").fill("属第 1 网格")
    form.locator("button").last.click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == "dispatched"


def handle(town: Town, case: Case) -> None:
    """赵 accepts and finishes, with a photo sent with the form."""
    page = town.person("赵建国", java_script_enabled=False)
    page.goto(f"/cases/{case.pk}/")
    page.locator('form[action$="/accept/"] button').first.click()
    page.wait_for_load_state()
    page.goto(f"/cases/{case.pk}/")
    page.locator("[name=after_files]").set_input_files([photo("after.jpg")])
    page.locator("[name=result-result_text]").fill(RESULT)
    send(page, "提交结果")
    case.refresh_from_db()
    assert case.state == "feedback"
