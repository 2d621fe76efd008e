"""A case in the words of a resident."""

import pytest

from communities.roles import Role
from core.reference import steady
from core.workflow import Actor
from grievances import actions, queries, telling
from grievances.models import Case, Person
from grievances.routing import Holder
from tests.grievances.town import due_earlier


def loaded(case) -> Case:
    return queries.get_reported(case.reporter, case.pk)


def told(case, reader) -> list[str]:
    return [step.what for step in telling.told(loaded(case), queries.steps_of(case), reader)]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("赵建国", "赵"),
        ("欧阳修远", "欧阳"),
        ("欧阳", "欧"),
        ("司马光", "司马"),
        ("王", "王"),
        ("", ""),
        ("Anna Lee", "Anna Lee"),
    ],
)
def test_the_family_name(name, family):
    assert telling.family_name(name) == family


def test_worker_words(town):
    zhao, grid = Person(name="赵建国"), Holder(role=Role.GRID_WORKER, area=town.grid)
    assert telling.worker_words(zhao, grid) == "网格员赵师傅"
    assert telling.worker_words(None, grid) == "网格员"
    assert telling.worker_words(zhao, Holder(role=Role.STREET_OFFICIAL, area=town.areas["鼓楼西街街道"])) == "街道干部"
    assert telling.worker_words(zhao, Holder(organisation=town.company)) == "锦绣物业赵师傅"
    assert telling.worker_words(zhao, Holder(person=zhao)) == "赵师傅"


def test_the_whole_story_newest_first(town):
    case = town.closed()
    assert told(case, town.li) == [
        "您评价了：已解决，5 颗星", "办好了，结果已告诉您", "已接单", f"派给{town.holder().words}", "您上报了这件事",
    ]  # fmt: skip


def test_reminders_among_staff_are_left_out_and_being_late_is_not(town):
    case = town.handling()
    actions.take_due_step(case.pk, "warn_due", town.now)
    due_earlier(case, town.at(minutes=1))
    for step in ("warn_contact", "mark_overdue"):
        actions.take_due_step(case.pk, step, town.now)
    assert told(case, town.li)[0] == "超过了答应您的时间，已提醒办理的人"
    assert len(told(case, town.li)) == 4


def test_who_wrote_for_whom(town):
    case = town.report()
    Case.objects.filter(pk=case.pk).update(proxy=town.wang)
    steps = queries.steps_of(case)
    found = loaded(case)
    assert telling.told(found, steps, town.li)[-1].what == "您上报了这件事"
    assert telling.told(found, steps, town.wang)[-1].what == "李晓梅替您上报了这件事"


@pytest.mark.parametrize("state", ["reported", "dispatched", "handling", "returned", "feedback"])
def test_an_open_case_says_what_comes_next(town, state):
    words = telling.next_words(loaded(town.in_state(state)), town.now)
    assert words.endswith("。")
    assert "None" not in words


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_an_ended_case_promises_nothing(town, state):
    assert telling.next_words(loaded(town.in_state(state)), town.now) == ""


def test_a_late_case_says_so(town):
    case = loaded(town.handling())
    assert "晚了" in telling.next_words(case, case.due_at.replace(year=case.due_at.year + 1))


def test_an_unrated_case_may_still_be_rated_for_a_while(town):
    case = town.finished()
    actions.take_due_step(case.pk, "close_unrated", town.now)
    assert "还可以补上" in telling.next_words(loaded(case), town.now)


def test_how_long_it_took(town):
    case = loaded(town.finished())
    assert telling.took_words(case).startswith("用时 1 小时，提前")
    case.due_at = case.result_at.replace(year=case.result_at.year - 1)
    assert "晚了" in telling.took_words(case)
    assert telling.took_words(loaded(town.handling())) == ""


def test_rows_of_a_list_cost_no_query_each(town, django_assert_num_queries):
    for _ in range(3):
        town.handling()
    town.grid.path()
    with steady(), django_assert_num_queries(2):
        words = [row.words for row in telling.rows(queries.reported_by(town.li))]
    assert words == ["网格员赵师傅正在办"] * 3


def test_an_erased_text_says_that_it_was(town):
    case = town.dispatched()
    steps = queries.steps_of(case)
    steps[-1].texts["why"].erased_at = town.now
    assert telling.told(loaded(case), steps, town.li)[0].lines == ("因为：（已按期删除）",)


def test_the_answer_by_link_is_the_residents_own(town):
    case = town.finished()
    seq = case.history.get(step="result").seq
    actions.rate(case_id=case.pk, actor=Actor.guest(f"rate:{seq}"), contacted=True, stars=4, at=town.now)
    assert told(case, town.li)[0] == "您评价了：已解决，4 颗星"
