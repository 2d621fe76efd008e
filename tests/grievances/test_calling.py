"""The call button: the number opens with a reason, the call is written down."""

import pytest
from django.urls import reverse

from accounts.models import OpeningLog
from grievances import actions
from grievances.models import CaseHistory
from tests.communities import make


def pages(case) -> tuple[str, str]:
    return reverse("call", args=[case.pk]), reverse("call_log", args=[case.pk])


def test_the_number_opens_with_a_reason_and_can_be_dialled(town, at_work):
    case, browser = town.handling(), at_work(town.zhao)
    call, log = pages(case)
    assert call in browser.get(reverse("case", args=[case.pk])).content.decode()
    assert town.li.phone not in browser.get(reverse("case", args=[case.pk])).content.decode()
    answer = browser.post(call)
    assert f"tel:{town.li.phone}" in answer.content.decode()
    assert log in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    row = OpeningLog.objects.get()
    assert (row.opener, row.person, row.subject) == (town.zhao, town.li, f"grievances.case:{case.pk}")
    assert row.reason == "为这件诉求打电话联系"


def test_a_call_that_was_answered_stops_the_clock(town, at_work):
    case = town.handling(category=town.categories["leak"])
    at_work(town.zhao).post(pages(case)[1], {"reached": "yes", "line": "约好下午去"})
    case.refresh_from_db()
    assert case.contacted_at is not None
    row = CaseHistory.objects.get(subject=case, step="contact")
    assert row.given["how"] == "phone"
    assert "接通了：约好下午去" in at_work(town.zhao).get(reverse("case", args=[case.pk])).content.decode()


@pytest.mark.parametrize(("reached", "words"), [("no_answer", "没人接"), ("wrong", "号码不对")])
def test_a_call_that_nobody_answered_is_kept_and_stops_nothing(town, at_work, reached, words):
    case = town.handling(category=town.categories["leak"])
    at_work(town.zhao).post(pages(case)[1], {"reached": reached})
    case.refresh_from_db()
    assert case.contacted_at is None
    assert words in at_work(town.zhao).get(reverse("case", args=[case.pk])).content.decode()


def test_one_has_to_say_what_came_of_it(town, at_work):
    case = town.handling()
    answer = at_work(town.zhao).post(pages(case)[1], {"line": "约好下午去"})
    assert answer.status_code == 422
    assert "约好下午去" in answer.content.decode()
    assert not CaseHistory.objects.filter(subject=case, step="contact").exists()


def test_of_a_confidential_case_there_is_no_number(town, at_work):
    case = town.handling(kind="offence")
    assert at_work(town.zhao).post(pages(case)[0]).status_code == 404
    assert pages(case)[0] not in at_work(town.zhao).get(reverse("case", args=[case.pk])).content.decode()
    assert not OpeningLog.objects.exists()


@pytest.mark.parametrize("who", ["qian", "sun", "feng", "li", "wang"])
def test_only_who_holds_the_case_calls(town, at_work, who):
    case = town.handling()
    for address in pages(case):
        assert at_work(town.people[who]).post(address, {"reached": "yes"}).status_code == 404
    assert not OpeningLog.objects.exists()


def test_who_stands_in_calls_too(town, at_work):
    case = town.handling()
    make.stand_in(town.zhao, town.qian, at=town.at(minutes=1))
    assert at_work(town.qian).post(pages(case)[0]).status_code == 200


def test_after_the_result_there_is_nothing_to_call_about(town, at_work):
    case = town.handling()
    actions.result(case_id=case.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看。", at=town.now)
    assert at_work(town.zhao).post(pages(case)[0]).status_code == 404
