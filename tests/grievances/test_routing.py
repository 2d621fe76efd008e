"""Who receives a case: the first rule that fits walking up the tree, and always somebody."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from communities import roles
from communities.models import RoleGrant
from communities.rules import ROLE_KINDS
from grievances import actions, routing
from grievances.models import Category, DispatchRule, Organisation
from grievances.routing import Holder
from tests.communities import make
from tests.grievances.town import BEGINNING


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
    make.grant(town.wang, "org_staff", wide, at=BEGINNING)
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


# conditions

NOON = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in the city
NIGHT = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)


def test_urgency_tier_and_hours_decide_and_are_said(town):
    place, leak = town.areas["尧都区"], town.categories["leak"]
    rule(place, leak, order=9, role="grid_worker")
    night = rule(place, leak, order=1, role="community_head", hours="out", urgency="urgent")
    hard = rule(place, leak, order=2, role="street_official", tier="hard")
    found = routing.propose(town.grid, leak, urgency="urgent", at=NIGHT)
    assert (found.rule_id, found.version) == (night.pk, 1)
    assert all(word in found.why for word in ("水管漏水", "紧急", "非工作时间", str(night.pk)))
    assert routing.propose(town.grid, leak, urgency="urgent", at=NOON).holder.role == "grid_worker"
    assert routing.propose(town.grid, leak, at=NIGHT).holder.role == "grid_worker"
    assert routing.propose(town.grid, leak, tier="hard", at=NOON).rule_id == hard.pk
    assert "难事" in routing.propose(town.grid, leak, tier="hard", at=NOON).why


def test_what_the_rules_were_asked_comes_with_the_proposal(town):
    found = routing.propose(town.grid, town.categories["leak"], urgency="urgent", tier="hard", at=NIGHT)
    assert found.inputs == {
        "category": "leak", "tier": "hard", "urgency": "urgent", "in_hours": False, "area": town.grid.pk
    }  # fmt: skip
    assert routing.propose(town.grid, None, at=NOON).inputs["in_hours"] is True


def test_the_reason_names_no_person(town):
    rule(town.grid, person=town.qian)
    found = routing.propose(town.grid, None)
    assert found.holder.person == town.qian
    assert "钱芳" not in found.why
    again = routing.propose_again(town.grid, None, back=Holder(person=town.qian), said="")
    assert "钱芳" not in again.why


@pytest.mark.parametrize("off", ["leak", "water"])
def test_a_rule_for_a_category_that_is_retired_is_passed_over(town, off):
    leak = town.categories["leak"]
    rule(town.grid, leak, role="community_head")
    wide = rule(town.areas["尧都区"], role="street_official")
    Category.objects.filter(pk=town.categories[off].pk).update(is_active=False)
    leak = Category.objects.select_related("parent").get(pk=leak.pk)
    assert routing.propose(town.grid, leak).rule_id == wide.pk


# tiers


def test_small_goes_to_the_owners_where_there_are_any_large_to_the_company_hard_to_the_community(town):
    leak = town.categories["leak"]
    assert routing.propose(town.grid, leak).holder == town.holder()
    owners = make.organisation(town.areas["锦绣花园"], kind="owners", name="锦绣花园业委会")
    assert routing.propose(town.grid, leak).holder == town.holder()
    make.grant(town.wang, "org_staff", owners, at=BEGINNING)
    small = routing.propose(town.grid, leak)
    assert (small.holder.organisation, small.for_hall) == (owners, False)
    assert "小事业主治" in small.why
    large = routing.propose(town.grid, leak, tier="large")
    assert large.holder.organisation == town.company
    hard = routing.propose(town.grid, leak, tier="hard")
    assert hard.holder == Holder(role="dispatcher", area=town.areas["滨河社区"])
    assert hard.for_hall
    assert "议事厅" in hard.why


def test_what_touches_safety_is_not_left_to_the_owners(town):
    owners = make.organisation(town.areas["锦绣花园"], kind="owners", name="锦绣花园业委会")
    make.grant(town.wang, "org_staff", owners, at=BEGINNING)
    assert routing.propose(town.grid, town.categories["gas"]).holder == town.holder()


def test_a_tier_that_was_raised_goes_before_the_handler_of_the_category(town):
    drain = town.categories["drain"]
    assert routing.propose(town.grid, drain).holder.organisation == town.company
    assert routing.propose(town.grid, drain, tier="small").holder.organisation == town.company
    assert routing.propose(town.grid, drain, tier="hard").holder.role == "dispatcher"


def test_a_rule_goes_before_every_tier(town):
    one = rule(town.areas["尧都区"], role="street_official")
    assert routing.propose(town.grid, town.categories["leak"], tier="hard").rule_id == one.pk


# circles


def test_two_rules_do_not_send_a_case_to_and_fro(town):
    rule(town.grid, order=1, role="grid_worker")
    second = rule(town.areas["滨河社区"], organisation_kind="property")
    first_back = routing.propose_again(town.grid, None, back=town.holder(), said="")
    assert first_back.rule_id == second.pk
    company = Holder(organisation=town.company)
    then = routing.propose_again(town.grid, None, back=company, said="第1网格", before={town.holder().code})
    assert then.holder == Holder(role="dispatcher", area=town.areas["滨河社区"])


def test_when_everybody_gave_it_back_the_next_level_decides(town):
    never: set[str] = set()
    back = town.holder()
    seen = []
    for _turn in range(8):
        found = routing.propose_again(town.grid, town.categories["leak"], back=back, said="锦绣物业", before=never)
        never.add(back.code)
        if found.holder.code in never:
            break
        seen.append(found.holder.code)
        back = found.holder
    assert len(seen) == len(set(seen)) >= 4
    assert any(code.startswith("role:street_official") for code in seen)


def test_an_empty_role_that_climbs_to_who_gave_it_back_is_not_proposed(town):
    rule(town.areas["平阳社区"], role="grid_worker")
    place = town.areas["平阳社区第2网格"]
    desk = Holder(role="dispatcher", area=town.areas["平阳社区"])
    assert routing.propose(place, None).holder == desk
    again = routing.propose_again(place, None, back=desk, said="")
    assert again.holder != desk
    assert again.holder.area.level < desk.area.level


def test_with_nobody_in_the_whole_city_there_is_still_an_answer(town):
    RoleGrant.objects.all().delete()
    found = routing.propose(town.grid, town.categories["leak"])
    assert found.holder.code
    assert routing.propose_again(town.grid, None, back=found.holder, said="").holder.code


def test_an_organisation_without_anybody_is_passed_over(town):
    nobody = make.organisation(town.areas["锦绣花园"], name="空壳物业", kind="social")
    rule(town.grid, order=1, organisation=nobody)
    rule(town.grid, order=2, organisation_kind=Organisation.OrganisationKind.SOCIAL)
    third = rule(town.grid, order=3, role="dispatcher")
    assert routing.propose(town.grid, None).rule_id == third.pk


# the same answers without queries


@pytest.mark.parametrize("gone", ["", "zhao", "sun", "zhou", "han", "zhu", "qin"])
def test_posts_answer_as_the_roles_do(town, gone):
    if gone:
        RoleGrant.objects.filter(person=town.people[gone]).delete()
    posts = roles.posts_below(town.areas["临汾市"])
    for area in town.areas.values():
        for role in ROLE_KINDS:
            found = roles.holders_of(role, area)
            assert posts.where(role, area.path()) == (found.area if found.people else None, found.climbed), (role, area)


def test_a_book_for_all_places_answers_as_one_for_a_single_place(town):
    rule(town.areas["尧都区"], town.categories["leak"], organisation_kind="property", urgency="urgent")
    rule(town.areas["滨河社区"], role="community_head", hours="out")
    rule(town.grid, person=town.qian, tier="hard")
    book = routing.book_below(town.areas["临汾市"])
    for area in town.areas.values():
        for category in (None, *town.categories.values()):
            for urgency, tier, in_hours in (("normal", "", True), ("urgent", "hard", False), ("urgent", "", True)):
                asked = routing.Asked(area, category, urgency, tier, in_hours)
                one, many = routing.book_along(area).propose(asked), book.propose(asked)
                assert (one.holder, one.rule_id, one.why) == (many.holder, many.rule_id, many.why)
                assert book.holder(asked) == many.holder


# what is kept with the case


def test_the_rule_its_version_and_what_it_was_asked_are_kept_and_said(town, at_work):
    one = rule(town.areas["尧都区"], town.categories["leak"], role="grid_worker", tier="small", at_once=True)
    case = town.report(category=town.categories["leak"])
    row = case.history.get(step="dispatch")
    assert (row.given["rule"], row.given["rule_version"]) == (one.pk, 1)
    inputs = row.given["inputs"]
    assert (inputs["category"], inputs["tier"], inputs["urgency"], inputs["area"]) == (
        "leak", "small", "normal", town.grid.pk
    )  # fmt: skip
    staff = at_work(town.sun).get(f"/cases/{case.pk}/").content.decode()
    assert f"规则 {one.pk}（第 1 版）" in staff
    assert "小事" in staff
    told = at_work(town.li).get(f"/cases/{case.pk}/").content.decode()
    assert "水管漏水、小事由" in told
    assert "因为" in told
    DispatchRule.objects.filter(pk=one.pk).update(tier="hard", version=2)
    assert f"规则 {one.pk}（第 1 版）" in at_work(town.sun).get(f"/cases/{case.pk}/").content.decode()


def test_the_resident_reads_no_name_of_a_person_that_a_rule_names(town, at_work):
    rule(town.grid, town.categories["leak"], person=town.qian, at_once=True)
    case = town.report(category=town.categories["leak"])
    assert case.holder_person == town.qian
    assert "钱芳" not in at_work(town.li).get(f"/cases/{case.pk}/").content.decode()


def test_a_case_whose_category_was_retired_goes_on(town, at_work):
    case = town.report(category=town.categories["leak"])
    Category.objects.filter(code="leak").update(is_active=False)
    assert routing.propose_for(case).holder.code
    page = at_work(town.sun).get(f"/cases/{case.pk}/")
    assert page.status_code == 200
    actions.dispatch(case_id=case.pk, by=town.sun, holder=town.holder(), why="属第 1 网格", at=town.now)
    assert actions.accept(case_id=case.pk, by=town.zhao, at=town.now).category == town.categories["leak"]
