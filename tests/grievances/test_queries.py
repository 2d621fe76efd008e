"""Reads: what one sees in lists is what one may open, and nothing else."""

from datetime import timedelta

import pytest
from django.http import Http404

from grievances import actions, queries, rules
from grievances.models import Case
from grievances.routing import Holder
from grievances.workflow import State
from tests.communities import make


@pytest.fixture
def many(town):
    """Cases of every sort, place and holder, confidential ones among them."""
    for state in State:
        town.in_state(state)
    for visibility in ("public", "not_public", "confidential"):
        town.report(visibility=visibility, by=town.wang, area=town.far_grid)
        town.report(visibility=visibility, area=town.areas["锦绣花园"])
        town.dispatched(visibility=visibility, holder=Holder(organisation=town.company))
        town.dispatched(visibility=visibility, holder=Holder(person=town.chen))
        case = town.dispatched(visibility=visibility, holder=Holder(organisation=town.company))
        actions.give_back(case_id=case.pk, by=town.you, reason="不归我", proposed="网格", at=town.at(minutes=30))
        actions.dispatch(
            case_id=case.pk, by=town.sun, holder=town.holder(town.next_grid), why="改派", at=town.at(minutes=20)
        )
        handled = town.handling(visibility=visibility)
        actions.give_back(case_id=handled.pk, by=town.zhao, reason="不归我", proposed="物业", at=town.at(minutes=30))
        actions.dispatch(
            case_id=handled.pk, by=town.sun, holder=Holder(person=town.chen), why="改派", at=town.at(minutes=20)
        )
        empty = town.report(visibility=visibility, area=town.areas["平阳社区第2网格"])
        actions.dispatch(
            case_id=empty.pk, by=town.feng, holder=town.holder(town.areas["平阳社区第2网格"]), why="属第 2 网格",
            at=town.at(minutes=20),
        )  # fmt: skip
    return list(Case.objects.select_related("area", "category", "holder_area"))


def test_the_list_and_the_page_agree_for_everybody(town, many):
    for name, person in town.people.items():
        seen = set(queries.visible_to(person).values_list("pk", flat=True))
        may = {case.pk for case in many if rules.may_see(person, case)}
        assert seen == may, name
        assert set(queries.held_by(person).values_list("pk", flat=True)) <= may, name
        assert set(queries.reported_by(person).values_list("pk", flat=True)) <= may, name


def test_a_confidential_case_is_seen_by_few(town):
    case = town.dispatched(visibility="confidential")
    sees = {name for name, person in town.people.items() if rules.may_see(person, case)}
    assert sees == {"li", "zhao", "sun", "zhou", "han", "wei"}
    knows = {name for name, person in town.people.items() if rules.may_see_reporter(person, case)}
    assert knows >= {"li", "sun", "zhou", "han"}
    assert "zhao" not in knows


def test_who_held_a_confidential_case_sees_it_no_more(town):
    case = town.handling(visibility="confidential")
    actions.give_back(case_id=case.pk, by=town.zhao, reason="不归我", proposed="物业", at=town.at(minutes=30))
    case = actions.dispatch(
        case_id=case.pk, by=town.sun, holder=Holder(organisation=town.company), why="改派", at=town.now
    )
    assert not rules.may_see(town.zhao, case)
    assert rules.may_see(town.you, case)


def test_another_communitys_case_is_not_there(town):
    case = town.report()
    for stranger in (town.wang, town.feng, town.chen):
        with pytest.raises(Http404):
            queries.get_for(stranger, case.pk)
    with pytest.raises(Http404):
        queries.get_for(town.sun, case.pk + 1)


def test_whose_number_may_be_opened_because_of_a_case(town):
    case = town.dispatched()
    assert rules.may_open_reporter(town.zhao, town.li, case.pk)
    assert not rules.may_open_reporter(town.zhao, town.wang, case.pk)
    assert not rules.may_open_reporter(town.feng, town.li, case.pk)
    assert not rules.may_open_reporter(town.zhu, town.li, case.pk)
    hidden = town.dispatched(visibility="confidential")
    assert not rules.may_open_reporter(town.zhao, town.li, hidden.pk)
    assert rules.may_open_reporter(town.sun, town.li, hidden.pk)


def test_the_queue_is_open_work_by_the_nearest_deadline(town):
    """The first contact's deadline counts until somebody called."""
    town.finished()
    town.dispatched(holder=town.holder(town.next_grid))
    cases = [town.dispatched() for _number in range(3)]
    called, later, sooner = cases
    actions.contact(case_id=called.pk, by=town.zhao, how="phone", line="约好了", at=town.at(minutes=10))
    for case, contact, done in ((called, 1, 9), (later, 8, 20), (sooner, 2, 30)):
        Case.objects.filter(pk=case.pk).update(
            contact_due=town.now + timedelta(hours=contact), due_at=town.now + timedelta(hours=done)
        )
    found = list(queries.held_by(town.zhao))
    assert found == [sooner, later, called]
    assert [case.next_is_contact for case in found] == [True, True, False]
    held = queries.held_by(town.zhao)
    assert queries.queue_counts(held, town.now) == {"all": 3, "late": 0, "new": 3, "doing": 0}
    assert queries.queue_counts(held, town.now + timedelta(hours=3))["late"] == 1


def test_the_desk_shows_the_places_one_dispatches_for(town):
    here, there = town.report(), town.report(area=town.far_grid)
    assert set(queries.to_dispatch(town.sun)) == {here}
    assert set(queries.to_dispatch(town.feng)) == {there}
    assert set(queries.to_dispatch(town.zhao)) == set()
    assert set(queries.to_dispatch(town.zhou)) == set()
    make.actions.revoke_role(grant_id=town.sun.role_grants.get().pk, by=None, at=town.at(hours=5))
    assert set(queries.to_dispatch(town.zhou)) == {here}


def test_a_desk_of_the_whole_city_shows_everything(town):
    """Nobody dispatches anywhere and no head is there: the city's administrator stands in."""
    here, there = town.report(), town.report(area=town.far_grid)
    for who in (town.sun, town.feng, town.zhou, town.han, town.wei, town.zhu):
        make.actions.revoke_role(grant_id=who.role_grants.get().pk, by=None, at=town.at(hours=5))
    assert set(queries.to_dispatch(town.qin)) == {here, there}
    done = actions.dispatch(case_id=there.pk, by=town.qin, holder=town.holder(town.far_grid), why="因为", at=town.now)
    assert done.state == State.DISPATCHED


@pytest.mark.parametrize(
    ("typed", "pk"),
    [("LF2611-000012", 12), ("lf2611-12", 12), (" 12 ", 12), ("12 号楼", None), ("", None), ("LF", None),
     ("9" * 30, None), ("١٢", None)],
)  # fmt: skip
def test_numbers_as_people_type_them(typed, pk):
    assert rules.number_id(typed) == pk


def test_the_history_reads_in_a_few_queries_however_long(town, django_assert_max_num_queries):
    case = town.handling()
    for minute in range(30, 5, -1):
        actions.contact(case_id=case.pk, by=town.zhao, how="phone", line=f"第 {minute} 次", at=town.at(minutes=minute))
    with django_assert_max_num_queries(4):
        steps = queries.steps_of(case)
        assert [view.label for view in steps]
        assert [view.who for view in steps]
    assert len(steps) == 28
