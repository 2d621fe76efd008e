"""What administrators may give, move and take back: within their part of the tree, nothing above their level."""

from datetime import timedelta

import pytest

from communities import actions, roles
from communities.models import SettingChange
from communities.rules import (
    AboveLevel,
    AlreadyEnded,
    AlreadyGranted,
    BadTerm,
    LastAdmin,
    NotAllowed,
    StillNamed,
    named_work,
)
from tests.communities.make import NOW, grant, organisation, person, staff

LATER = NOW + timedelta(days=30)


@pytest.fixture
def admin(linfen):
    return staff("area_admin", linfen["滨河社区"])


@pytest.fixture
def named(monkeypatch):
    """Work that stands in everybody's name."""
    monkeypatch.setitem(named_work._items, "tests", lambda who: ["3 件在办"])


def test_the_tops_of_what_one_administers(linfen, admin):
    grant(admin, "area_admin", linfen["锦绣花园"])
    assert roles.admin_areas(admin) == [linfen["滨河社区"]]
    assert roles.is_inside(linfen["滨河社区第1网格"], roles.admin_areas(admin))
    assert not roles.is_inside(linfen["平阳社区"], roles.admin_areas(admin))
    assert roles.admin_areas(staff("community_head", linfen["滨河社区"])) == []


@pytest.mark.parametrize(
    ("role", "place", "given"),
    [
        ("area_admin", "滨河社区", {"community_staff", "community_head", "dispatcher", "area_admin", "call_back", "auditor"}),
        ("city_admin", "滨河社区第1网格", {"grid_worker", "area_admin", "call_back", "auditor"}),
        ("city_admin", "临汾市", {"city_admin", "area_admin", "call_back", "auditor"}),
        ("area_admin", "鼓楼西街街道", set()),
    ],
)  # fmt: skip
def test_what_one_may_give_fits_the_place_and_the_own_level(linfen, role, place, given):
    who = staff(role, linfen["滨河社区"] if role == "area_admin" else linfen["临汾市"])
    assert set(roles.givable_at(who, linfen[place])) == given


def test_an_area_admin_of_the_city_names_no_administrator_of_the_city(linfen):
    who = staff("area_admin", linfen["临汾市"])
    assert "city_admin" not in roles.givable_at(who, linfen["临汾市"])
    with pytest.raises(AboveLevel):
        actions.grant_role(person=person(), role="city_admin", area=linfen["临汾市"], by=who, at=NOW)
    theirs = grant(person(), "city_admin", linfen["临汾市"])
    for action, given in ((actions.revoke_role, {}), (actions.extend_role, {"until": LATER})):
        with pytest.raises(AboveLevel):
            action(grant_id=theirs.pk, by=who, at=NOW, **given)


def test_one_looks_as_roles_below_the_own_level_only(linfen, admin):
    assert "area_admin" not in roles.viewable_at(admin, linfen["滨河社区"])
    assert "community_head" in roles.viewable_at(admin, linfen["滨河社区"])
    assert "area_admin" in roles.viewable_at(admin, linfen["锦绣花园"])
    assert roles.viewable_at(admin, linfen["平阳社区"]) == []
    top = staff("city_admin", linfen["临汾市"])
    assert set(roles.viewable_at(top, linfen["临汾市"])) == {"call_back", "auditor"}


def test_the_end_of_a_role_is_moved_and_kept(linfen, admin):
    held = grant(person(), "grid_worker", linfen["滨河社区第1网格"])
    actions.extend_role(grant_id=held.pk, until=LATER, by=admin, at=NOW)
    actions.extend_role(grant_id=held.pk, until=None, by=admin, at=NOW)
    held.refresh_from_db()
    assert held.valid_until is None
    changes = SettingChange.objects.filter(subject=f"grant:{held.pk}").order_by("pk")
    assert [bool(change.after["until"]) for change in changes] == [True, False]
    assert {change.by for change in changes} == {admin}


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(days=1)])
def test_a_role_cannot_end_before_it_holds(linfen, admin, until):
    grid = linfen["滨河社区第1网格"]
    with pytest.raises(BadTerm):
        actions.grant_role(person=person(), role="grid_worker", area=grid, by=admin, at=NOW, until=until)
    held = grant(person(), "grid_worker", grid)
    with pytest.raises(BadTerm):
        actions.extend_role(grant_id=held.pk, until=until, by=admin, at=NOW)


def test_an_ended_role_is_not_extended_and_two_do_not_overlap(linfen, admin):
    who, grid = person(), linfen["滨河社区第1网格"]
    first = grant(who, "grid_worker", grid, until=NOW + timedelta(days=1))
    actions.grant_role(person=who, role="grid_worker", area=grid, by=admin, at=NOW, since=LATER)
    with pytest.raises(AlreadyGranted):
        actions.extend_role(grant_id=first.pk, until=LATER + timedelta(days=1), by=admin, at=NOW)
    with pytest.raises(AlreadyEnded):
        actions.extend_role(grant_id=first.pk, until=None, by=admin, at=NOW + timedelta(days=2))


@pytest.mark.parametrize(("role", "place"), [("area_admin", "平阳社区"), ("community_head", "滨河社区")])
def test_others_move_and_end_nothing(linfen, role, place):
    wrong = staff(role, linfen[place])
    held = grant(person(), "grid_worker", linfen["滨河社区第1网格"])
    for action, given in ((actions.revoke_role, {}), (actions.extend_role, {"until": LATER})):
        with pytest.raises(NotAllowed):
            action(grant_id=held.pk, by=wrong, at=NOW, **given)


def test_the_last_role_waits_for_the_hand_over(linfen, admin, named):
    held = grant(person("钱芳"), "grid_worker", linfen["滨河社区第1网格"])
    with pytest.raises(StillNamed, match="3 件在办"):
        actions.revoke_role(grant_id=held.pk, by=admin, at=NOW)
    later = actions.revoke_role(grant_id=held.pk, by=admin, at=NOW, on=LATER, reason="退休")
    assert (later.valid_until, later.end_reason) == (LATER, "退休")
    assert actions.revoke_role(grant_id=held.pk, by=None, at=NOW).valid_until == NOW


def test_leaving_an_organisation_waits_for_the_hand_over_too(linfen, admin, named):
    company = organisation(linfen["锦绣花园"])
    member = actions.add_member(organisation=company, person=person(), by=admin, at=NOW)
    with pytest.raises(StillNamed):
        actions.end_membership(membership_id=member.pk, by=admin, at=LATER)
    member.refresh_from_db()
    assert member.valid_until is None


def test_an_administrator_who_left_does_not_count_as_another(linfen):
    first, second = staff("city_admin", linfen["临汾市"]), staff("city_admin", linfen["临汾市"])
    with pytest.raises(LastAdmin):
        actions.revoke_role(grant_id=first.role_grants.get().pk, by=second, at=NOW)


def test_who_works_for_a_place(linfen):
    worker = staff("grid_worker", linfen["滨河社区第2网格"])
    head = staff("street_official", linfen["鼓楼西街街道"])
    far = staff("grid_worker", linfen["平阳社区第1网格"])
    here = linfen["滨河社区第1网格"]
    assert [roles.works_for(who, here) for who in (worker, head, far)] == [True, True, False]
