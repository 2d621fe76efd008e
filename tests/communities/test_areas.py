"""Areas are made, moved, renamed and ended by those who may, and only where they fit."""

from datetime import date

import pytest

from communities import actions, queries, rules
from communities.models import Area, AreaEvent, CodePattern
from communities.roles import roles_at
from tests.communities.make import (
    NOW,
    area,
    community,
    compound,
    district,
    grid,
    person,
    staff,
    street,
)
from tests.things.models import Parcel


def create(linfen, kind, parent, code="x-1", name="新", by=None):
    return actions.create_area(
        kind=kind, parent_id=linfen[parent].pk if parent else None, code=code, name=name, by=by, at=NOW
    )


def test_the_small_city_is_a_sound_tree(linfen):
    assert queries.verify_areas() == []
    assert queries.path_words(linfen["滨河社区第1网格"]) == [
        "尧都区",
        "鼓楼西街街道",
        "滨河社区",
        "锦绣花园",
        "第1网格",
    ]


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        ("city", "临汾市"), ("district", None), ("district", "尧都区"), ("street", "临汾市"), ("street", "滨河社区"),
        ("community", "尧都区"), ("community", None), ("compound", "鼓楼西街街道"), ("compound", "锦绣花园"),
        ("grid", "鼓楼西街街道"), ("grid", "临汾市"), ("grid", "滨河社区第1网格"),
    ],
)  # fmt: skip
def test_an_area_lies_under_its_own_kind_of_parent_only(linfen, kind, parent):
    with pytest.raises(rules.WrongKind) as refused:
        create(linfen, kind, parent, code="1" if kind != "grid" else "g")
    assert refused.value.sentence()


def test_a_grid_lies_under_a_compound_or_a_community(linfen):
    assert create(linfen, "grid", "锦绣花园", "a").level == 5
    assert create(linfen, "grid", "滨河社区", "b").level == 4
    assert queries.verify_areas() == []


def test_official_codes_are_padded_and_kept_with_their_history(linfen):
    assert linfen["临汾市"].code == "141000000000"
    moved = actions.recode_area(area_id=linfen["尧都区"].pk, code="141099", by=None, at=NOW)
    assert (moved.code, moved.former_codes) == ("141099000000", ["141002000000"])


@pytest.mark.parametrize("code", ["", "12a", "1234567890123", "１２３"])
def test_an_official_code_is_made_of_digits(linfen, code):
    with pytest.raises(rules.BadCode):
        create(linfen, "street", "尧都区", code)


def test_a_code_is_given_once_among_open_areas_of_a_kind(linfen):
    create(linfen, "street", "尧都区", "141002099")
    with pytest.raises(rules.CodeTaken) as refused:
        create(linfen, "street", "尧都区", "141002099")
    assert "141002099000" in refused.value.sentence()


def test_the_code_of_an_ended_area_is_free_again(linfen):
    old = create(linfen, "street", "尧都区", "141002099")
    actions.end_area(area_id=old.pk, by=None, at=NOW)
    assert create(linfen, "street", "尧都区", "141002099").is_open


def test_the_city_sets_the_pattern_of_compound_codes(linfen):
    CodePattern.objects.create(kind="compound", pattern=r"XQ[0-9]{4}", words="XQ 加四位数字")
    with pytest.raises(rules.BadCode) as refused:
        create(linfen, "compound", "滨河社区", "A1")
    assert "XQ 加四位数字" in refused.value.sentence()
    assert create(linfen, "compound", "滨河社区", "XQ0001").code == "XQ0001"


def test_a_nameless_area_is_refused(linfen):
    with pytest.raises(rules.NoName):
        create(linfen, "street", "尧都区", "141002099", name="  ")


def test_an_unknown_fact_is_a_mistake_of_the_program(linfen):
    with pytest.raises(TypeError):
        actions.change_area(area_id=linfen["尧都区"].pk, by=None, at=NOW, code="1")


def test_a_move_takes_the_subtree_along_and_rights_follow_at_once(linfen):
    yaodu = linfen["尧都区"]
    other = street(yaodu, "水塔街街道")
    head_there, head_here = staff("street_official", other), staff("street_official", linfen["鼓楼西街街道"])
    moved = actions.move_area(area_id=linfen["滨河社区"].pk, parent_id=other.pk, by=None, at=NOW, reason="区划调整")
    assert queries.verify_areas() == []
    assert moved.parent_id == other.pk
    below = Area.objects.get(pk=linfen["滨河社区第2网格"].pk)
    assert queries.path_words(below)[1] == "水塔街街道"
    assert roles_at(head_there, below) == {"street_official"}
    assert roles_at(head_here, below) == frozenset()
    event = AreaEvent.objects.get(area=moved, what="moved")
    assert (event.before, event.after) == ({"parent": linfen["鼓楼西街街道"].pk}, {"parent": other.pk})


def test_a_grid_moves_from_a_compound_to_a_community(linfen):
    moved = actions.move_area(area_id=linfen["滨河社区第1网格"].pk, parent_id=linfen["平阳社区"].pk, by=None, at=NOW)
    assert (moved.parent_kind, moved.level) == ("community", 4)
    assert queries.verify_areas() == []


def test_a_move_between_two_cities_keeps_both_trees_sound(linfen):
    elsewhere = area("city", None, "运城市")
    moved = actions.move_area(area_id=linfen["尧都区"].pk, parent_id=elsewhere.pk, by=None, at=NOW)
    assert moved.tree_id == Area.objects.get(pk=elsewhere.pk).tree_id
    assert queries.verify_areas() == []


def test_an_area_is_not_moved_into_itself(linfen):
    for target in ("滨河社区", "锦绣花园", "滨河社区第1网格"):
        with pytest.raises(rules.IntoItself) as refused:
            actions.move_area(area_id=linfen["滨河社区"].pk, parent_id=linfen[target].pk, by=None, at=NOW)
        assert "滨河社区" in refused.value.sentence()


def test_an_area_is_not_moved_under_a_wrong_kind(linfen):
    with pytest.raises(rules.WrongKind) as refused:
        actions.move_area(area_id=linfen["滨河社区"].pk, parent_id=linfen["平阳社区"].pk, by=None, at=NOW)
    assert "社区" in refused.value.sentence()


def test_a_move_to_where_it_is_changes_nothing(linfen):
    actions.move_area(area_id=linfen["滨河社区"].pk, parent_id=linfen["鼓楼西街街道"].pk, by=None, at=NOW)
    assert not AreaEvent.objects.filter(what="moved").exists()


def test_an_area_with_open_areas_below_does_not_end(linfen):
    with pytest.raises(rules.StillOpenBelow) as refused:
        actions.end_area(area_id=linfen["锦绣花园"].pk, by=None, at=NOW)
    assert "2" in refused.value.sentence()


def test_an_ended_area_takes_nothing_new(linfen):
    empty = compound(linfen["滨河社区"], "老楼")
    actions.end_area(area_id=empty.pk, by=None, at=NOW, reason="拆除")
    with pytest.raises(rules.AreaEnded):
        grid(empty)
    with pytest.raises(rules.AreaEnded):
        actions.move_area(area_id=linfen["滨河社区第1网格"].pk, parent_id=empty.pk, by=None, at=NOW)
    with pytest.raises(rules.AreaEnded):
        actions.end_area(area_id=empty.pk, by=None, at=NOW)
    assert empty.pk not in {found.pk for found in queries.children_of(linfen["滨河社区"])}


def test_a_new_name_is_kept_as_an_event(linfen):
    renamed = actions.rename_area(
        area_id=linfen["滨河社区"].pk, name="滨河东社区", short_name="滨河东", by=None, at=NOW
    )
    event = AreaEvent.objects.get(area=renamed, what="changed")
    assert (event.before["name"], event.after["name"]) == ("滨河社区", "滨河东社区")


def test_facts_change_without_touching_the_tree(linfen):
    actions.change_area(area_id=linfen["滨河社区"].pk, by=None, at=NOW, duty_phone="2222-0000", population=4200)
    assert Area.objects.get(pk=linfen["滨河社区"].pk).duty_phone == "2222-0000"


def test_an_administrator_works_at_the_own_place_and_below_only(linfen):
    mine = staff("area_admin", linfen["滨河社区"])
    made = actions.create_area(
        kind="compound", parent_id=linfen["滨河社区"].pk, code="c1", name="新小区", by=mine, at=NOW
    )
    assert made.parent_id == linfen["滨河社区"].pk
    for parent, kind in (("平阳社区", "compound"), ("鼓楼西街街道", "community")):
        with pytest.raises(rules.NotAllowed):
            create(linfen, kind, parent, "141002002099", by=mine)


def test_a_move_needs_both_places(linfen):
    here, above = staff("area_admin", linfen["滨河社区"]), staff("area_admin", linfen["鼓楼西街街道"])
    wanted = {"area_id": linfen["锦绣花园"].pk, "parent_id": linfen["平阳社区"].pk, "at": NOW}
    with pytest.raises(rules.NotAllowed):
        actions.move_area(**wanted, by=here)
    assert actions.move_area(**wanted, by=above).parent_id == linfen["平阳社区"].pk


@pytest.mark.parametrize("role", ["grid_worker", "community_staff", "street_official"])
def test_other_roles_of_the_place_change_no_areas(linfen, role):
    place = {"grid_worker": "滨河社区第1网格", "community_staff": "滨河社区", "street_official": "鼓楼西街街道"}[role]
    someone = staff(role, linfen[place])
    for act in (
        lambda: actions.rename_area(area_id=linfen[place].pk, name="x", by=someone, at=NOW),
        lambda: actions.end_area(area_id=linfen[place].pk, by=someone, at=NOW),
        lambda: create(linfen, "city", None, "99", by=someone),
    ):
        with pytest.raises(rules.NotAllowed):
            act()


def test_nobody_without_a_role_changes_anything(linfen):
    with pytest.raises(rules.NotAllowed) as refused:
        actions.rename_area(area_id=linfen["滨河社区"].pk, name="x", by=person(), at=NOW)
    assert refused.value.status == 403


def test_validity_begins_on_the_city_s_day(linfen):
    made = create(linfen, "street", "尧都区", "141002055")
    assert made.valid_from == date(2026, 3, 2)


def test_placing_takes_the_ids_of_every_level(linfen):
    parcel = Parcel()
    parcel.place_at(linfen["滨河社区第1网格"])
    assert [parcel.district_id, parcel.street_id, parcel.community_id, parcel.compound_id] == [
        linfen[name].pk for name in ("尧都区", "鼓楼西街街道", "滨河社区", "锦绣花园")
    ]
    village_grid = grid(community(street(district(linfen["临汾市"], "曲沃县"), "乐昌镇"), "南关村"))
    parcel.place_at(village_grid)
    assert parcel.compound_id is None
    assert parcel.community_id == village_grid.parent_id
