"""My reports, and one of them: the result before the history, in words of the resident."""

import pytest

from core.workflow import Actor
from grievances import actions
from grievances.models import Case
from grievances.routing import Holder
from grievances.workflow import State
from tests.grievances.town import LONG_ENOUGH


def text_of(answer) -> str:
    return answer.content.decode()


def page(browser, case) -> str:
    answer = browser.get(f"/cases/{case.pk}/")
    assert answer.status_code == 200
    return text_of(answer)


# the list


def test_results_that_wait_stand_first_and_only_once(at_work, town):
    old, done = town.handling(text="路灯不亮，晚上看不见"), town.finished(text="水管漏水，地面湿滑")
    listed = text_of(at_work(town.li).get("/my-cases/"))
    assert listed.index("水管漏水") < listed.index("路灯不亮")
    assert listed.count(f"/cases/{done.pk}/") == 1
    assert listed.count(f"/cases/{old.pk}/") == 1
    assert "网格员赵师傅正在办" in listed
    assert "等您说一句" in listed


def test_the_list_shows_only_mine(at_work, town):
    town.report(text="李家的事情，别人看不到")
    browser = at_work(town.wang)
    assert "李家的事情" not in text_of(browser.get("/my-cases/"))
    assert "还没有诉求" in text_of(browser.get("/my-cases/"))


def test_a_long_list_goes_on(at_work, town):
    for number in range(22):
        town.report(text=f"第{number:02d}件事情", at=town.at(hours=30 - number))
    browser = at_work(town.li)
    first = browser.get("/my-cases/")
    assert "第21件事情" in text_of(first)
    assert "第01件事情" not in text_of(first)
    following = first.context["pager"].next
    assert "第01件事情" in text_of(browser.get("/my-cases/", {"after": following}))


@pytest.mark.parametrize("after", ["x", "\x00", "a" * 3000])
def test_a_strange_place_in_the_list_is_the_first_page(at_work, town, after):
    town.report()
    assert "楼道口漏水" in text_of(at_work(town.li).get("/my-cases/", {"after": after}))


def test_htmx_gets_the_rows_only(at_work, town):
    town.report()
    answer = at_work(town.li).get("/my-cases/", headers={"HX-Request": "true"})
    assert "<title>" not in text_of(answer)
    assert "楼道口漏水" in text_of(answer)


def test_the_list_costs_the_same_for_one_and_for_twenty(at_work, town, django_assert_max_num_queries):
    browser = at_work(town.li)
    for _ in range(3):
        town.handling()
    browser.get("/my-cases/")
    with django_assert_max_num_queries(11):
        browser.get("/my-cases/")


# one report


def test_the_result_stands_before_the_history(at_work, town):
    shown = page(at_work(town.li), town.finished())
    assert shown.index("处理结果") < shown.index("您反映的") < shown.index("经过")
    assert shown.count(LONG_ENOUGH) == 1
    assert "网格员赵师傅" in shown
    assert "赵建国" not in shown
    assert "用时" in shown
    assert "没解决" in shown
    assert "去评价" in shown


def test_why_it_went_there_is_told(at_work, town):
    shown = page(at_work(town.li), town.dispatched())
    assert "因为：属第 1 网格" in shown
    assert "去评价" not in shown


def test_work_of_a_company_is_told_by_its_name(at_work, town):
    case = town.dispatched(holder=Holder(organisation=town.company))
    actions.accept(case_id=case.pk, by=town.you, at=town.at(minutes=50))
    assert "锦绣物业尤师傅" in page(at_work(town.li), case)


def test_what_staff_write_to_each_other_is_not_shown(at_work, town):
    shown = page(at_work(town.li), town.returned())
    assert "派得不对，换人来办" in shown
    assert "管网归物业" not in shown


def test_an_earlier_holder_keeps_the_own_steps(at_work, town):
    case = town.returned()
    actions.dispatch(
        case_id=case.pk, by=town.sun, holder=Holder(organisation=town.company), why="管网归物业", at=town.at(minutes=40)
    )
    shown = page(at_work(town.li), case)
    assert "派给锦绣物业" in shown
    assert f"派给{town.holder().words}" in shown
    assert "网格员赵师傅" in shown


def test_where_to_go_instead_is_on_top(at_work, town):
    shown = page(at_work(town.li), town.rejected())
    assert "这件事该去哪里办" in shown
    assert "12315" in shown


def test_a_relative_reads_for_whom_it_is(at_work, town):
    case = town.report()
    Case.objects.filter(pk=case.pk).update(proxy=town.wang)
    assert "您替李晓梅反映的" in page(at_work(town.wang), case)


@pytest.mark.parametrize("state", State.values)
def test_every_state_has_its_page_and_says_what_comes(at_work, town, state):
    case = town.in_state(state)
    shown = page(at_work(town.li), case)
    assert case.number in shown
    assert "None" not in shown


def test_withdrawing_asks_once_more_and_keeps_the_story(at_work, town):
    case = town.report()
    browser = at_work(town.li)
    assert "经过仍会保留" in page(browser, case)
    browser.post(f"/cases/{case.pk}/withdraw/", {"seen": case.last_seq})
    assert Case.objects.get(pk=case.pk).state == State.WITHDRAWN
    assert "撤回了这件事" in page(browser, case)


def test_a_safety_case_is_not_withdrawn_but_left(at_work, town):
    case = town.report(category=town.categories["gas"])
    browser = at_work(town.li)
    shown = page(browser, case)
    assert "我不再跟进" in shown
    assert "撤回这件事" not in shown
    browser.post(f"/cases/{case.pk}/leave/", {"seen": case.last_seq})
    assert "楼道口漏水" not in text_of(browser.get("/my-cases/"))


def test_reopened_work_shows_the_earlier_result_and_the_reason(at_work, town):
    case = town.finished()
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="第二天又漏了", at=town.at(minutes=20))
    shown = page(at_work(town.li), case)
    assert "上一次的处理结果" in shown
    assert "第二天又漏了" in shown
    assert "没解决，已退回重新办理" in shown


@pytest.mark.parametrize("who", ["wang", "chen", "feng"])
def test_anothers_case_is_not_there(at_work, town, who):
    case = town.report()
    assert at_work(getattr(town, who)).get(f"/cases/{case.pk}/").status_code == 404


def test_a_visitor_is_led_to_sign_in_and_back(client, town):
    case = town.report()
    assert client.get(f"/cases/{case.pk}/")["Location"] == f"/sign-in/?next=/cases/{case.pk}/"
