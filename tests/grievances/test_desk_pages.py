"""派单台: list and case side by side, filters in the URL, one press for the proposal."""

import pytest
from django.urls import reverse

from core import once
from grievances import actions
from grievances.models import Case, DispatchRule
from grievances.routing import Holder
from grievances.workflow import State
from tests.communities import make


def desk(browser, **query):
    return browser.get(reverse("desk"), query)


def text(answer) -> str:
    return answer.content.decode()


def rows(answer) -> list[int]:
    return [case.pk for case in answer.context["pager"].items]


def take_proposal(browser, case, answer):
    """Press the one button, with exactly the hidden fields that the page drew."""
    proposal = answer.context["proposal"]
    return browser.post(
        reverse("case_step", args=[case.pk, "dispatch"]),
        {
            "once": answer.context["once"], "seen": case.last_seq, "back": answer.context["back_to"],
            "next": answer.context["next_to"], "dispatch-holder": proposal.holder.code,
            "dispatch-why": proposal.why, "dispatch-category": case.category.code if case.category else "",
        },
    )  # fmt: skip


@pytest.mark.parametrize(("who", "status"), [("sun", 200), ("zhou", 200), ("zhao", 403), ("li", 403), ("you", 403)])
def test_the_desk_is_for_those_who_dispatch(town, at_work, who, status):
    assert desk(at_work(town.people[who])).status_code == status


def test_it_shows_what_waits_here_and_nothing_of_next_door(town, at_work):
    here, back = town.report(), town.returned()
    town.report(area=town.far_grid)
    town.dispatched()
    answer = desk(at_work(town.sun))
    assert set(rows(answer)) == {here.pk, back.pk}
    assert "2 件等您派单" in text(answer)
    assert "退单" in text(answer)


def test_the_chosen_case_stands_beside_the_list_with_its_proposal(town, at_work):
    case = town.report(category=town.categories["leak"])
    answer = desk(at_work(town.sun), case=case.pk)
    body = text(answer)
    assert answer.context["proposal"].holder == town.holder()
    assert "采纳建议并派单" in body
    assert "data-take-proposal" in body
    assert "老人差点滑倒" in body
    assert "李**" in body


def test_one_press_dispatches_and_the_next_case_comes(town, at_work):
    first, second = town.report(category=town.categories["leak"]), town.report()
    browser = at_work(town.sun)
    answer = take_proposal(browser, first, desk(browser, case=first.pk, kind="help"))
    assert answer["Location"] == f"{reverse('desk')}?kind=help&case={second.pk}"
    first.refresh_from_db()
    assert (first.state, first.holder_area) == (State.DISPATCHED, town.grid)
    last = take_proposal(browser, second, desk(browser, case=second.pk))
    assert last["Location"] == f"{reverse('desk')}?"


def test_the_rule_of_a_taken_proposal_is_kept(town, at_work):
    rule = DispatchRule.objects.create(area=town.areas["尧都区"], organisation_kind="property")
    case = town.report()
    browser = at_work(town.sun)
    take_proposal(browser, case, desk(browser, case=case.pk))
    assert case.history.get(step="dispatch").given["rule"] == rule.pk


def test_another_holder_with_a_reason(town, at_work):
    case = town.report()
    answer = at_work(town.sun).post(
        reverse("case_step", args=[case.pk, "dispatch"]),
        {
            "once": once.fresh_key(), "seen": case.last_seq, "dispatch-holder": f"organisation:{town.company.pk}",
            "dispatch-category": "drain", "dispatch-why": "小区内的管道归物业",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.holder_organisation, case.category) == (town.company, town.categories["drain"])


def test_another_holder_than_proposed_names_no_rule(town, at_work):
    case = town.report(category=town.categories["leak"])
    at_work(town.sun).post(
        reverse("case_step", args=[case.pk, "dispatch"]),
        {"seen": case.last_seq, "dispatch-holder": town.holder(town.next_grid).code, "dispatch-why": "赵今天请假"},
    )
    case.refresh_from_db()
    assert case.holder_area == town.next_grid
    assert case.history.get(step="dispatch").given["rule"] is None


def test_workers_are_named_and_an_empty_grid_says_so(town, at_work):
    case = town.report(area=town.areas["平阳社区第2网格"])
    body = text(desk(at_work(town.feng), case=case.pk))
    assert "陈刚" in body
    assert "现在没有人，会转给上一级" in body


def test_a_proposal_from_far_above_may_be_taken_too(town, at_work):
    """A rule names a person whom no list of the place holds."""
    DispatchRule.objects.create(area=town.areas["尧都区"], person=town.chen)
    case = town.report()
    browser = at_work(town.sun)
    take_proposal(browser, case, desk(browser, case=case.pk))
    case.refresh_from_db()
    assert case.holder_person == town.chen


@pytest.mark.parametrize("code", ["", "person:999999", "role:grid_worker:0", "organisation:x", "nonsense"])
def test_an_invented_holder_is_refused_with_everything_kept(town, at_work, code):
    case = town.report()
    answer = at_work(town.sun).post(
        reverse("case_step", args=[case.pk, "dispatch"]),
        {
            "seen": case.last_seq,
            "dispatch-holder": code,
            "dispatch-why": "写了很久的理由",
            "back": f"/desk/?case={case.pk}",
        },
    )
    assert answer.status_code == 422
    assert "写了很久的理由" in text(answer)
    assert "grievances/desk.html" in {template.name for template in answer.templates}


def test_a_refusal_comes_back_to_the_desk_with_its_filters(town, at_work):
    case, other = town.report(), town.report()
    actions.dispatch(case_id=case.pk, by=town.sun, holder=town.holder(), why="先派了", at=town.now)
    answer = at_work(town.sun).post(
        reverse("case_step", args=[case.pk, "dispatch"]),
        {
            "seen": case.last_seq, "dispatch-holder": town.holder(town.next_grid).code, "dispatch-why": "第二个人的理由",
            "back": f"/desk/?kind=help&case={case.pk}",
        },
    )  # fmt: skip
    body = text(answer)
    assert answer.status_code == 409
    assert "被孙丽派给" in body
    assert "第二个人的理由" in body
    assert rows(answer) == [other.pk]
    assert f'href="{reverse("desk")}?kind=help&amp;case={other.pk}"' in body


def test_a_returned_case_goes_where_the_return_said(town, at_work):
    case = town.returned()
    browser = at_work(town.sun)
    answer = desk(browser, case=case.pk)
    assert answer.context["proposal"].holder == Holder(organisation=town.company)
    assert "管网归物业" in text(answer)
    take_proposal(browser, case, answer)
    case.refresh_from_db()
    assert (case.state, case.holder_organisation) == (State.DISPATCHED, town.company)


def test_reject_says_where_to_go(town, at_work):
    case = town.report()
    answer = at_work(town.sun).post(
        reverse("case_step", args=[case.pk, "reject"]),
        {"seen": case.last_seq, "reject-code": "court", "reject-where_instead": "请向法院提起诉讼"},
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == State.REJECTED


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"new", "back"}),
        ({"state": "returned"}, {"back"}),
        ({"state": "sent"}, {"sent"}),
        ({"state": "doing"}, {"doing"}),
        ({"state": "late"}, {"new"}),
        ({"state": "all"}, {"new", "back", "sent", "doing", "no"}),
        ({"state": "all", "kind": "complaint"}, {"doing"}),
        ({"state": "all", "source": "12345"}, {"sent"}),
        ({"state": "all", "main": "water"}, {"sent"}),
        ({"state": "all", "q": "雨水井盖"}, {"new"}),
        ({"state": "nonsense", "kind": "nonsense"}, {"new", "back"}),
    ],
)
def test_filters(town, at_work, query, names):
    cases = {
        "new": town.report(text="雨水井盖裂了一半"), "back": town.returned(),
        "sent": town.dispatched(category=town.categories["leak"], source="12345"),
        "doing": town.handling(kind="complaint"), "no": town.rejected(),
    }  # fmt: skip
    Case.objects.filter(pk=cases["new"].pk).update(is_late=True)
    if query.get("main"):
        query = query | {"main": town.categories["water"].pk}
    assert set(rows(desk(at_work(town.sun), **query))) == {cases[name].pk for name in names}


def test_a_number_is_found_whatever_the_filters_say(town, at_work):
    case = town.closed()
    answer = desk(at_work(town.sun), q=case.number, state="sent")
    assert answer["Location"] == f"{reverse('desk')}?state=all&case={case.pk}"


@pytest.mark.parametrize("far", [True, False])
def test_a_number_of_next_door_is_not_there(town, at_work, far):
    case = town.report(area=town.far_grid)
    typed = case.number if far else "LF2611-999999"
    answer = desk(at_work(town.sun), q=typed)
    assert answer.status_code == 200
    assert f'value="{typed}"' in text(answer)
    assert "没有找到这个编号" in text(answer)


def test_next_doors_case_does_not_open_beside_the_list(town, at_work):
    case = town.report(area=town.far_grid)
    assert desk(at_work(town.sun), case=case.pk).status_code == 404
    assert desk(at_work(town.sun), case="²").status_code == 200


def test_htmx_gets_the_side_only(town, at_work):
    case = town.report()
    answer = at_work(town.sun).get(reverse("desk"), {"case": case.pk}, headers={"HX-Request": "true"})
    body = text(answer)
    assert "采纳建议并派单" in body
    assert "<html" not in body
    assert "data-row" not in body


def test_pages_of_fifty(town, at_work):
    for number in range(52):
        town.report(text=f"第 {number} 件事情")
    browser = at_work(town.sun)
    first = desk(browser)
    second = desk(browser, after=first.context["pager"].next)
    assert len(set(rows(first)) | set(rows(second))) == 52


def test_where_nobody_dispatches_the_head_has_the_desk(town, at_work):
    case = town.report()
    assert rows(desk(at_work(town.zhou))) == []
    make.actions.revoke_role(grant_id=town.sun.role_grants.get().pk, by=None, at=town.at(hours=5))
    answer = desk(at_work(town.zhou), case=case.pk)
    assert rows(answer) == [case.pk]
    assert "采纳建议并派单" in text(answer)


def test_the_street_sees_both_communities(town, at_work):
    make.grant(town.han, "dispatcher", town.areas["鼓楼西街街道"], at=town.at(days=1))
    here, there = town.report(), town.report(area=town.far_grid)
    assert set(rows(desk(at_work(town.han)))) == {here.pk, there.pk}


def test_a_role_held_by_staff_is_answered_from_the_desk(town, at_work):
    """What is dispatched to the community itself is accepted and answered by its staff."""
    case = town.dispatched(holder=Holder(role="dispatcher", area=town.areas["滨河社区"]))
    body = text(desk(at_work(town.sun), case=case.pk, state="sent"))
    assert reverse("case_step", args=[case.pk, "accept"]) in body


def test_the_desk_costs_the_same_for_one_row_as_for_many(town, at_work, django_assert_max_num_queries):
    cases = [town.report(text=f"第 {number} 件事情", category=town.categories["leak"]) for number in range(25)]
    browser = at_work(town.sun)
    desk(browser, case=cases[3].pk)
    with django_assert_max_num_queries(19):
        desk(browser)
    with django_assert_max_num_queries(50):
        desk(browser, case=cases[3].pk)
