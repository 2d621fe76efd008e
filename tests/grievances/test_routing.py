"""Who receives a case: the first rule that fits walking up the tree, and always somebody."""

import pytest
from django.db import IntegrityError, transaction

from grievances import actions, routing
from grievances.models import DispatchRule
from grievances.routing import Holder
from tests.communities import make


def rule(place, category=None, **target) -> DispatchRule:
    return DispatchRule.objects.create(area=place, category=category, **target)


def test_the_nearest_place_wins_over_those_above(town):
    rule(town.areas["尧都区"], role="street_official")
    rule(town.areas["鼓楼西街街道"], role="dispatcher")
    near = rule(town.areas["锦绣花园"], organisation=town.company)
    proposal = routing.propose(town.grid, None)
    assert (proposal.holder, proposal.rule_id) == (Holder(organisation=town.company), near.pk)
    assert routing.propose(town.far_grid, None).holder.role == "dispatcher"


def test_at_one_place_the_sub_category_wins_over_the_main_one_over_any(town):
    place, sub = town.areas["尧都区"], town.categories["leak"]
    rule(place, order=1, role="community_head")
    rule(place, sub.parent, order=1, role="dispatcher")
    exact = rule(place, sub, order=9, role="grid_worker")
    assert routing.propose(town.grid, sub).rule_id == exact.pk
    assert routing.propose(town.grid, town.categories["drain"]).holder.role == "dispatcher"
    assert routing.propose(town.grid, None).holder.role == "community_head"


def test_the_order_decides_between_equals(town):
    place = town.areas["尧都区"]
    rule(place, order=20, role="community_head")
    first = rule(place, order=10, role="dispatcher")
    assert routing.propose(town.grid, None).rule_id == first.pk


def test_a_rule_that_is_off_counts_for_nothing(town):
    rule(town.grid, organisation=town.company, is_active=False)
    assert routing.propose(town.grid, None).rule_id == 0


def test_a_kind_of_organisation_means_the_nearest_one_that_serves_the_place(town):
    wide = make.organisation(town.areas["尧都区"], name="全区物业")
    rule(town.areas["尧都区"], organisation_kind="property")
    assert routing.propose(town.grid, None).holder.organisation == town.company
    assert routing.propose(town.far_grid, None).holder.organisation == wide


def test_a_rule_without_a_target_here_is_passed_over(town):
    rule(town.areas["尧都区"], order=1, organisation_kind="party")
    second = rule(town.areas["尧都区"], order=2, role="dispatcher")
    assert routing.propose(town.grid, None).rule_id == second.pk


def test_without_a_rule_the_category_names_its_handler(town):
    proposal = routing.propose(town.grid, town.categories["leak"])
    assert (proposal.holder, proposal.rule_id) == (town.holder(), 0)
    assert routing.propose(town.grid, town.categories["drain"]).holder.organisation == town.company


def test_a_category_whose_handler_is_not_here_goes_to_the_community(town):
    proposal = routing.propose(town.far_grid, town.categories["drain"])
    assert (proposal.holder.role, proposal.holder.area) == ("dispatcher", town.areas["平阳社区"])


def test_a_compound_with_two_grids_is_not_guessed(town):
    proposal = routing.propose(town.areas["锦绣花园"], town.categories["leak"])
    assert (proposal.holder.role, proposal.holder.area) == ("dispatcher", town.areas["滨河社区"])


def test_the_reason_names_place_category_holder_and_rule(town):
    one = rule(town.areas["尧都区"], town.categories["leak"], role="grid_worker")
    why = routing.propose(town.grid, town.categories["leak"]).why
    assert all(word in why for word in ("第1网格", "水管漏水", str(one.pk)))


def test_an_empty_role_is_said_and_climbs(town):
    rule(town.areas["尧都区"], role="grid_worker")
    proposal = routing.propose(town.areas["平阳社区第2网格"], None)
    assert proposal.holder == Holder(role="dispatcher", area=town.areas["平阳社区"])
    assert proposal.empty == Holder(role="grid_worker", area=town.areas["平阳社区第2网格"])
    assert "没有人" in proposal.why


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("锦绣物业工程班", "锦绣物业"),
        ("第 2 网格的钱芳", "第2网格"),
        ("不知道该谁办", "滨河社区"),
        ("", "滨河社区"),
        ("第1网格", "滨河社区"),
    ],
)
def test_who_gave_it_back_is_not_proposed_again(town, said, who):
    proposal = routing.propose_again(town.grid, town.categories["leak"], back=town.holder(), said=said)
    assert who in proposal.holder.words
    assert proposal.holder != town.holder()
    assert "退回" in proposal.why
    assert who in proposal.why


def test_after_a_return_another_fitting_rule_stands(town):
    one = rule(town.areas["尧都区"], organisation_kind="property")
    proposal = routing.propose_again(town.grid, None, back=town.holder(), said="说不好")
    assert (proposal.holder.organisation, proposal.rule_id) == (town.company, one.pk)


@pytest.mark.parametrize("place", ["滨河社区第1网格", "锦绣花园", "滨河社区", "鼓楼西街街道", "尧都区", "临汾市"])
def test_at_every_level_somebody_is_found(town, place):
    assert routing.propose(town.areas[place], None).holder.code


def test_a_holder_survives_the_way_through_a_form(town):
    for holder in (town.holder(), Holder(organisation=town.company), Holder(person=town.zhao)):
        assert routing.from_code(holder.code) == holder


@pytest.mark.parametrize("code", ["", "person:", "person:x", "person:999999", "role:king:1", "role:grid_worker:0",
                                  "organisation:-1", "robot:1", "role:grid_worker:١"])  # fmt: skip
def test_an_invented_holder_is_nobody(town, code):
    assert routing.from_code(code) is None


def test_whom_a_dispatcher_may_choose(town):
    found = routing.possible_holders(town.grid)
    assert found[0] == town.holder()
    assert Holder(organisation=town.company) in found
    assert {holder.area.name for holder in found if holder.role == "grid_worker"} == {"第1网格", "第2网格"}
    assert Holder(role="street_official", area=town.areas["鼓楼西街街道"]) in found
    assert all(holder.area != town.far_grid for holder in found)


def test_the_level_above_a_community_is_its_street(town):
    assert routing.level_above(town.grid) == Holder(role="street_official", area=town.areas["鼓楼西街街道"])


def test_a_rule_has_one_target(town):
    for target in (
        {},
        {"role": "dispatcher", "person": town.zhao},
        {"role": "dispatcher", "organisation_kind": "party"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule(town.grid, **target)
    assert actions.add_rule(area=town.grid, category=None, role="dispatcher")
