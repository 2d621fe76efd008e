"""The loop as people go it: report, dispatch, accept, contact, result, rating, on a phone and on a desk."""

import re

import pytest
from playwright.sync_api import expect

from grievances.models import Case
from notifications.models import Message
from tests.browser.hands import (
    DESK,
    PHONE,
    RESULT,
    assert_clean,
    fill_report,
    photo,
    send,
    texts_to,
    upload,
    work,
)

STEPS = ["report", "dispatch", "accept", "contact", "result", "rate"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_three_people_bring_a_report_to_an_answer(town, size):
    resident = town.person("李晓梅", size)
    fill_report(resident, town.cast.areas["滨河社区第1网格"].pk)
    upload(resident, "photos", photo())
    assert_clean(resident, "report")
    send(resident, "发送")
    case = Case.objects.get()
    expect(resident).to_have_url(re.compile(f"/cases/{case.pk}/"))
    expect(resident.get_by_role("main").last).to_contain_text(case.number)
    work()

    dispatcher = town.person("孙丽", size)
    dispatcher.goto("/desk/")
    assert_clean(dispatcher, "desk")
    dispatcher.locator(".queue-row").first.click()
    press = dispatcher.locator('form[action$="/dispatch/"] button.button--primary').first
    press.wait_for()
    assert_clean(dispatcher, "desk with a case")
    press.click()
    expect(dispatcher.locator("body")).to_contain_text("派出去了")
    work()

    handle(town, size)
    case.refresh_from_db()
    assert case.state == "feedback"

    resident.goto(f"/cases/{case.pk}/")
    assert_clean(resident, "case with a result")
    resident.get_by_role("link", name="去评价").first.click()
    rate(resident)
    expect(resident.get_by_role("heading", level=1)).to_contain_text("谢谢您")
    assert_clean(resident, "thanks")
    assert_solved(case)
    told = Message.objects.filter(person=town.cast["li"])
    assert told.filter(kind="grievances.result").exists()
    assert told.filter(kind="grievances.dispatched").exists()
    resident.goto("/inbox/")
    assert_clean(resident, "inbox")


def test_the_link_in_the_text_rates_without_signing_in(town):
    case = town.case("result")
    work()
    text = next(text for text in texts_to(town.cast["li"].phone) if "/r/" in text)
    guest = town.visitor()
    guest.goto(re.search(r"https?://[^\s，。；]+/r/[^\s，。；]+", text).group())
    rate(guest)
    expect(guest.get_by_role("heading", level=1)).to_contain_text("谢谢您")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")


def handle(town, size) -> None:
    """赵 accepts, contacts and finishes with a photo."""
    worker = town.person("赵建国", size)
    worker.goto("/queue/")
    assert_clean(worker, "queue")
    send(worker, "签收，我来办")
    worker.goto(f"/cases/{Case.objects.get().pk}/")
    assert_clean(worker, "work")
    contact = worker.locator('form[action$="/contact/"]')
    contact.locator("[name=contact-line]").fill("打了电话，下午去看")
    send(worker, "记下")
    expect(worker.locator("body")).to_contain_text("联系记下了")
    upload(worker, "after", photo("after.jpg"))
    worker.locator("[name=result-result_text]").fill(RESULT)
    assert_clean(worker, "result")
    send(worker, "提交结果")
    expect(worker.locator("body")).to_contain_text("结果已告诉居民")
    work()


def rate(page) -> None:
    """Contacted, solved, five stars."""
    assert_clean(page, "rate")
    page.locator('.choice:has(input[name=contacted][value="yes"])').click()
    page.locator('.choice:has(input[name=solved][value="yes"])').click()
    page.locator('.stars label[for$="_0"]').click()
    send(page, "就这样，告诉社区")


def assert_solved(case: Case) -> None:
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")
    assert [row.step for row in case.history.order_by("seq") if row.step in STEPS] == STEPS
