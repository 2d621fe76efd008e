"""What the resident reads of each turn, on the page and in the copy of their data; results wait for their check."""

import pytest
from django.urls import reverse

from core.exports import exports
from core.workflow import Actor
from grievances import actions, queries, telling
from grievances.workflow import State
from tests.grievances.town import LONG_ENOUGH


def steps_in_copy(person) -> list[dict[str, object]]:
    tables = {table.name: list(table.rows) for table in exports.get("grievances").tables(person)}
    return tables["steps"]


def words_of(person, what: str) -> list[object]:
    return [row["words"] for row in steps_in_copy(person) if what in str(row["what"])]


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_be_copied(town, state):
    case = town.in_state(state)
    rows = [row for row in steps_in_copy(town.li) if row["number"] == case.number]
    told = telling.told(case, queries.steps_of(case), town.li)
    assert len(rows) == len(told) > 0
    assert all(row["what"] for row in rows)


def test_a_refused_wish_for_more_time_is_among_staff(town):
    case = town.handling()
    actions.ask_extension(case_id=case.pk, by=town.zhao, new=town.at(days=-9), reason="缺配件", at=town.at(minutes=30))
    actions.decide_extension(case_id=case.pk, by=town.zhou, granted=False, reason="快办", at=town.at(minutes=20))
    said = [row["words"] for row in steps_in_copy(town.li)]
    assert "缺配件" not in said
    assert "快办" not in said


def test_question_answer_and_the_new_date_are_in_the_copy(town):
    case = town.waiting()
    actions.reporter_answers(case_id=case.pk, by=town.li, answer="三楼东户", at=town.at(minutes=40))
    actions.ask_extension(case_id=case.pk, by=town.zhao, new=town.at(days=-9), reason="缺配件", at=town.at(minutes=30))
    actions.decide_extension(case_id=case.pk, by=town.zhou, granted=True, reason="等配件到货", at=town.at(minutes=20))
    said = [row["words"] for row in steps_in_copy(town.li)]
    assert {"是几楼？", "三楼东户", "等配件到货"} <= set(said)
    assert "楼道口漏水，地面结冰。老人差点滑倒。" in said


def test_a_settlement_says_why(town):
    case = town.twice_reopened()
    actions.propose_settlement(case_id=case.pk, by=town.han, reason="两家各执一词", door="court", at=town.at(minutes=9))
    actions.settle(case_id=case.pk, by=town.wei, at=town.at(minutes=8))
    assert words_of(town.li, "街道给了说法") == ["两家各执一词"]


def test_a_result_is_told_when_it_has_passed_its_check(town, at_work):
    case = town.checking()
    page = reverse("case", args=[case.pk])
    assert LONG_ENOUGH not in at_work(town.li).get(page).content.decode()
    assert LONG_ENOUGH not in [row["words"] for row in steps_in_copy(town.li)]
    actions.check_fail(case_id=case.pk, by=town.sun, reason="电梯还在响", at=town.at(minutes=30))
    assert LONG_ENOUGH not in at_work(town.li).get(page).content.decode()
    assert LONG_ENOUGH in at_work(town.zhao).get(page).content.decode()
    second = "换了钢丝绳，试运行一小时没有异响。"
    actions.result(case_id=case.pk, by=town.zhao, result_text=second, at=town.at(minutes=20))
    actions.check_pass(case_id=case.pk, by=town.sun, at=town.at(minutes=10))
    shown = at_work(town.li).get(page).content.decode()
    assert second in shown
    assert LONG_ENOUGH not in shown
    assert [row["words"] for row in steps_in_copy(town.li)].count(second) == 1


def test_an_earlier_result_that_was_told_stays_in_the_story(town, at_work):
    case = town.finished()
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="还在漏", at=town.at(minutes=10))
    page = at_work(town.li).get(reverse("case", args=[case.pk])).content.decode()
    assert "上一次的处理结果" in page
    assert page.count(LONG_ENOUGH) == 1
