"""Roles asked both ways: the right person, the wrong person of the same place, the right role next door."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from communities import actions, roles, rules
from communities.models import Residency, Role, RoleGrant
from tests.communities.make import (
    NOW,
    area,
    community,
    grant,
    grid,
    home,
    organisation,
    person,
    resident,
    staff,
)

LATER = NOW + timedelta(days=30)


def test_a_role_holds_for_all_below_and_nowhere_else(linfen):
    official = staff("street_official", linfen["鼓楼西街街道"])
    for name in ("鼓楼西街街道", "滨河社区", "府东小区", "平阳社区第2网格"):
        assert roles.roles_at(official, linfen[name]) == {"street_official"}
    for name in ("尧都区", "临汾市"):
        assert roles.roles_at(official, linfen[name]) == frozenset()


def test_the_role_of_the_next_place_is_no_role_here(linfen):
    next_door = staff("community_staff", linfen["平阳社区"])
    assert roles.roles_at(next_door, linfen["滨河社区"]) == frozenset()
    assert not roles.has_role(next_door, {"dispatcher", "community_staff"}, linfen["锦绣花园"])


def test_community_staff_dispatch_by_default(linfen):
    worker = staff("community_staff", linfen["滨河社区"])
    assert roles.roles_at(worker, linfen["滨河社区第1网格"]) == {"community_staff", "dispatcher"}
    assert roles.areas_where(worker, {Role.DISPATCHER}) == [linfen["滨河社区"]]
    assert roles.holders_of("dispatcher", linfen["锦绣花园"]).people == [worker]
    assert roles.meant_by("community_staff") == {"community_staff", "dispatcher"}
    assert roles.meant_by("dispatcher") == {"dispatcher"}


def test_a_role_holds_from_and_until(linfen):
    worker = person()
    grant(worker, "grid_worker", linfen["滨河社区第1网格"], until=LATER)
    here = linfen["滨河社区第1网格"]
    assert roles.roles_at(worker, here, at=NOW) == {"grid_worker"}
    assert roles.roles_at(worker, here, at=NOW - timedelta(seconds=1)) == frozenset()
    assert roles.roles_at(worker, here, at=LATER) == frozenset()


def test_roles_cost_one_query_beside_the_editions(linfen, django_assert_num_queries):
    worker = staff("community_staff", linfen["滨河社区"])
    with django_assert_num_queries(1):
        roles.roles_at(worker, linfen["滨河社区第1网格"])
    linfen["滨河社区第1网格"].path()
    with django_assert_num_queries(3):
        roles.holders_of("grid_worker", linfen["滨河社区第1网格"])


def test_roles_of_a_request_ask_once(linfen, rf, django_assert_num_queries):
    request = rf.get("/")
    mine = roles.MyRoles(staff("community_staff", linfen["滨河社区"]))
    request._my_roles = mine
    with django_assert_num_queries(3):  # at the place; anywhere; whether reference data changed
        for _ in range(3):
            assert "dispatcher" in roles.roles_of_request(request).at(linfen["锦绣花园"])
            assert mine.staff()
    assert roles.roles_of_request(rf.get("/")).anywhere == frozenset()


def test_living_here_makes_a_resident(linfen):
    lives = resident(linfen["锦绣花园"])
    for name in ("锦绣花园", "滨河社区", "滨河社区第1网格", "鼓楼西街街道", "临汾市"):
        assert roles.roles_at(lives.person, linfen[name]) == {"resident"}
    for name in ("平阳社区", "府东小区", "平阳社区第1网格"):
        assert roles.roles_at(lives.person, linfen[name]) == frozenset()
    assert roles.roles_anywhere(lives.person) == {"resident"}


def test_an_unverified_home_gives_no_role(linfen):
    asked = resident(linfen["锦绣花园"], verified=False)
    assert roles.roles_at(asked.person, linfen["锦绣花园"]) == frozenset()


def test_the_grid_worker_of_the_grid_is_found_first(linfen):
    zhao, other = staff("grid_worker", linfen["滨河社区第1网格"]), staff("grid_worker", linfen["滨河社区第2网格"])
    found = roles.holders_of("grid_worker", linfen["滨河社区第1网格"])
    assert (found.people, found.area, found.climbed) == ([zhao], linfen["滨河社区第1网格"], False)
    assert roles.holders_of("grid_worker", linfen["滨河社区第2网格"]).people == [other]


def test_an_empty_role_climbs_and_says_so(linfen):
    here = linfen["滨河社区第1网格"]
    admin = staff("city_admin", linfen["临汾市"])
    assert roles.holders_of("grid_worker", here) == roles.Found([admin], linfen["临汾市"], True)
    official = staff("street_official", linfen["鼓楼西街街道"])
    assert roles.holders_of("grid_worker", here) == roles.Found([official], linfen["鼓楼西街街道"], True)
    dispatcher = staff("dispatcher", linfen["滨河社区"])
    assert roles.holders_of("grid_worker", here) == roles.Found([dispatcher], linfen["滨河社区"], True)
    head = staff("community_head", linfen["滨河社区"])
    assert roles.holders_of("grid_worker", here) == roles.Found([head], linfen["滨河社区"], True)


def test_a_street_s_dispatcher_serves_its_communities_without_climbing(linfen):
    worker = staff("dispatcher", linfen["鼓楼西街街道"])
    found = roles.holders_of("dispatcher", linfen["滨河社区第1网格"])
    assert (found.people, found.climbed) == ([worker], False)


def test_nobody_anywhere_is_said_plainly(linfen):
    assert roles.holders_of("dispatcher", linfen["滨河社区"]) == roles.Found([], linfen["临汾市"], True)


def test_roles_of_organisations_are_not_looked_for_in_areas(linfen):
    with pytest.raises(ValueError, match="org_staff"):
        roles.holders_of("org_staff", linfen["滨河社区"])


def test_the_level_above_is_head_then_dispatcher_then_administrator(linfen):
    bohe = linfen["滨河社区"]
    keeper = staff("area_admin", bohe)
    assert roles.level_above(linfen["锦绣花园"]).people == [keeper]
    dispatcher = staff("dispatcher", bohe)
    assert roles.level_above(linfen["锦绣花园"]).people == [dispatcher]
    head = staff("community_head", bohe)
    assert roles.level_above(linfen["锦绣花园"]) == roles.Found([head], bohe, False)


def test_a_grid_s_level_above_is_its_community_when_the_compound_has_no_office(linfen):
    head = staff("community_head", linfen["滨河社区"])
    assert roles.level_above(linfen["滨河社区第1网格"]) == roles.Found([head], linfen["滨河社区"], False)


def test_a_level_without_anybody_climbs_on(linfen):
    official = staff("district_official", linfen["尧都区"])
    assert roles.level_above(linfen["滨河社区"]) == roles.Found([official], linfen["尧都区"], True)
    staff("street_official", linfen["鼓楼西街街道"])
    assert not roles.level_above(linfen["滨河社区"]).climbed


def test_above_the_city_is_the_city(linfen):
    admin = staff("city_admin", linfen["临汾市"])
    assert roles.level_above(linfen["临汾市"]) == roles.Found([admin], linfen["临汾市"], False)


def test_above_an_organisation_is_the_street_it_serves(linfen):
    official = staff("street_official", linfen["鼓楼西街街道"])
    district = staff("district_official", linfen["尧都区"])
    staff("community_head", linfen["滨河社区"])
    assert roles.level_above(organisation(linfen["锦绣花园"])).people == [official]
    assert roles.level_above(organisation(linfen["尧都区"], kind="department", name="住建局")).people == [district]
    assert roles.level_above(organisation(name="无辖区")) == roles.Found([], None, True)


def test_who_acts_for_an_organisation(linfen):
    firm = organisation(linfen["锦绣花园"])
    lead, clerk, outsider = person("王主任"), person("小张"), person()
    actions.add_member(organisation=firm, person=clerk, by=None, at=NOW)
    actions.add_member(organisation=firm, person=lead, by=None, at=NOW, is_lead=True)
    assert roles.people_of(firm) == [lead, clerk]
    assert roles.organisations_of(clerk) == {firm.pk}
    assert roles.organisations_of(outsider) == set()
    assert roles.organisation_roles_of(lead, firm) == {"org_lead"}


def test_a_roll_alone_gives_no_rights(linfen):
    party = organisation(linfen["滨河社区"], kind="party", name="滨河社区党总支")
    member = person()
    actions.add_member(organisation=party, person=member, by=None, at=NOW)
    assert roles.organisations_of(member) == set()


def test_leaving_an_organisation_ends_the_rights(linfen):
    firm, clerk = organisation(linfen["锦绣花园"]), person()
    member = actions.add_member(organisation=firm, person=clerk, by=None, at=NOW)
    actions.end_membership(membership_id=member.pk, by=None, at=LATER)
    assert roles.organisations_of(clerk, at=LATER) == set()
    with pytest.raises(rules.AlreadyEnded):
        actions.end_membership(membership_id=member.pk, by=None, at=LATER)


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("grid_worker", "滨河社区"), ("community_staff", "鼓楼西街街道"), ("dispatcher", "尧都区"),
        ("street_official", "滨河社区"), ("city_admin", "尧都区"), ("resident", "滨河社区"), ("org_staff", "滨河社区"),
    ],
)  # fmt: skip
def test_a_role_is_granted_at_its_own_kind_of_place(linfen, role, place):
    with pytest.raises(rules.WrongPlace) as refused:
        grant(person(), role, linfen[place])
    assert refused.value.sentence()


def test_area_roles_are_not_granted_at_organisations(linfen):
    for role in ("grid_worker", "resident", "area_admin"):
        with pytest.raises(rules.WrongPlace):
            grant(person(), role, organisation(linfen["锦绣花园"]))
    with pytest.raises(TypeError):
        actions.grant_role(person=person(), role="auditor", by=None, at=NOW)


def test_the_same_role_is_not_granted_twice_at_once(linfen):
    worker = person()
    first = grant(worker, "grid_worker", linfen["滨河社区第1网格"])
    with pytest.raises(rules.AlreadyGranted) as refused:
        grant(worker, "grid_worker", linfen["滨河社区第1网格"], at=LATER)
    assert "网格员" in refused.value.sentence()
    actions.revoke_role(grant_id=first.pk, by=None, at=LATER)
    grant(worker, "grid_worker", linfen["滨河社区第1网格"], at=LATER)
    assert RoleGrant.objects.filter(person=worker).count() == 2


def test_the_database_keeps_grants_whole(linfen):
    firm, worker = organisation(linfen["锦绣花园"]), person()
    for fields in (
        {"role": "grid_worker"},
        {"role": "grid_worker", "organisation": firm},
        {"role": "org_staff", "area": linfen["滨河社区"]},
        {"role": "resident", "area": linfen["滨河社区"]},
        {"role": "org_staff", "area": linfen["滨河社区"], "organisation": firm},
        {"role": "auditor", "area": linfen["滨河社区"], "valid_until": NOW - timedelta(1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(person=worker, valid_from=NOW, **fields)


def test_an_administrator_grants_at_the_own_level_and_below_never_above(linfen):
    keeper = staff("area_admin", linfen["滨河社区"])

    def give(role, place):
        return actions.grant_role(person=person(), role=role, area=linfen[place], by=keeper, at=NOW)

    assert give("grid_worker", "滨河社区第1网格").granted_by == keeper
    assert give("area_admin", "滨河社区")
    for role, place in (("street_official", "鼓楼西街街道"), ("community_staff", "平阳社区"), ("grid_worker", "平阳社区第1网格"), ("area_admin", "鼓楼西街街道")):  # fmt: skip
        with pytest.raises(rules.NotAllowed):
            give(role, place)


@pytest.mark.parametrize("role", ["community_staff", "community_head", "dispatcher"])
def test_other_roles_of_the_place_grant_nothing(linfen, role):
    with pytest.raises(rules.NotAllowed):
        actions.grant_role(
            person=person(),
            role="grid_worker",
            area=linfen["滨河社区第1网格"],
            by=staff(role, linfen["滨河社区"]),
            at=NOW,
        )


def test_a_revoked_administrator_grants_nothing(linfen):
    keeper = person()
    held = grant(keeper, "area_admin", linfen["滨河社区"])
    actions.revoke_role(grant_id=held.pk, by=None, at=LATER)
    with pytest.raises(rules.NotAllowed):
        actions.grant_role(person=person(), role="auditor", area=linfen["滨河社区"], by=keeper, at=LATER)
    with pytest.raises(rules.AlreadyEnded):
        actions.revoke_role(grant_id=held.pk, by=None, at=LATER)


def test_a_role_is_taken_back_by_those_who_may_grant_it(linfen):
    held = grant(person(), "grid_worker", linfen["滨河社区第1网格"])
    for wrong in (person(), staff("area_admin", linfen["平阳社区"]), staff("community_head", linfen["滨河社区"])):
        with pytest.raises(rules.NotAllowed):
            actions.revoke_role(grant_id=held.pk, by=wrong, at=LATER)
    assert (
        actions.revoke_role(grant_id=held.pk, by=staff("area_admin", linfen["滨河社区"]), at=LATER).valid_until == LATER
    )


def test_a_lead_names_staff_but_no_lead(linfen):
    firm, lead = organisation(linfen["锦绣花园"]), person()
    grant(lead, "org_lead", firm)
    assert actions.grant_role(person=person(), role="org_staff", organisation=firm, by=lead, at=NOW)
    with pytest.raises(rules.NotAllowed):
        actions.grant_role(person=person(), role="org_lead", organisation=firm, by=lead, at=NOW)
    other = organisation(linfen["府东小区"], name="府东物业")
    with pytest.raises(rules.NotAllowed):
        actions.grant_role(person=person(), role="org_staff", organisation=other, by=lead, at=NOW)


def test_no_role_is_granted_at_an_ended_area(linfen):
    gone = grid(linfen["滨河社区"], "旧网格")
    actions.end_area(area_id=gone.pk, by=None, at=NOW)
    with pytest.raises(rules.AreaEnded):
        grant(person(), "grid_worker", gone)


def test_who_works_for_an_area_may_see_it(linfen):
    bohe = linfen["滨河社区"]
    assert roles.may_see_area(staff("street_official", linfen["鼓楼西街街道"]), bohe)
    assert not roles.may_see_area(staff("community_staff", linfen["平阳社区"]), bohe)
    assert not roles.may_see_area(resident(linfen["锦绣花园"]).person, bohe)
    assert not roles.may_see_area(None, bohe)


def test_a_role_in_another_city_is_no_role_here(linfen):
    elsewhere = area("city", None, "运城市")
    assert roles.roles_at(staff("city_admin", elsewhere), linfen["滨河社区"]) == frozenset()


def test_staff_verify_who_lives_in_their_community(linfen):
    asked = resident(linfen["锦绣花园"], verified=False)
    for wrong in (
        person(),
        asked.person,
        staff("community_staff", linfen["平阳社区"]),
        staff("grid_worker", linfen["滨河社区第1网格"]),
    ):
        with pytest.raises(rules.NotAllowed):
            actions.verify_residency(residency_id=asked.pk, by=wrong, at=NOW)
    done = actions.verify_residency(residency_id=asked.pk, by=staff("community_staff", linfen["滨河社区"]), at=NOW)
    assert done.state == Residency.State.VERIFIED
    with pytest.raises(rules.NotPending):
        actions.verify_residency(residency_id=asked.pk, by=None, at=NOW)


def test_nobody_verifies_their_own_home(linfen):
    worker = staff("community_staff", linfen["滨河社区"])
    asked = resident(linfen["锦绣花园"], worker, verified=False)
    with pytest.raises(rules.NotAllowed):
        actions.verify_residency(residency_id=asked.pk, by=worker, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Residency.objects.filter(pk=asked.pk).update(state="verified", verified_by=worker, verified_at=NOW)


def test_a_home_is_asked_for_once_and_again_after_moving_out(linfen):
    who, where = person(), home(linfen["锦绣花园"])
    first = actions.ask_residency(person=who, home=where, kind="tenant", at=NOW)
    with pytest.raises(rules.AlreadyResident):
        actions.ask_residency(person=who, home=where, kind="owner", at=NOW)
    actions.end_residency(residency_id=first.pk, by=who, at=LATER, reason="搬走")
    assert roles.roles_at(who, linfen["锦绣花园"]) == frozenset()
    assert actions.ask_residency(person=who, home=where, kind="owner", at=LATER).pk != first.pk
    with pytest.raises(rules.AlreadyEnded):
        actions.end_residency(residency_id=first.pk, by=who, at=LATER)


def test_a_stranger_ends_no_residency(linfen):
    lives = resident(linfen["锦绣花园"])
    for wrong in (person(), staff("community_staff", linfen["平阳社区"])):
        with pytest.raises(rules.NotAllowed):
            actions.end_residency(residency_id=lives.pk, by=wrong, at=LATER)
    assert actions.end_residency(
        residency_id=lives.pk, by=staff("community_head", linfen["滨河社区"]), at=LATER
    ).ended_at


def test_a_village_grid_s_people_are_those_of_its_community(linfen):
    direct = grid(community(linfen["鼓楼西街街道"], "南关村"), "南关网格")
    assert roles.roles_at(resident(linfen["锦绣花园"]).person, direct) == frozenset()
