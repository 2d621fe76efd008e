"""Dispatch rules: who may set them, what is kept of each change, and what a broken one does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from communities.models import RoleGrant, SettingChange
from communities.rules import NotAllowed, SettingMoved
from grievances import actions, queries, routing
from grievances.models import DispatchRule
from grievances.routing import Holder
from grievances.rules import TargetGone


@pytest.fixture
def make_rule(town):
    """A function that adds a rule of 鼓楼西街街道 as its official."""

    def add(category="leak", target="role:grid_worker", by=None, area="鼓楼西街街道", **more):
        return actions.create_rule(
            area=town.areas[area], category=town.categories.get(category), target=target, by=by or town.han,
            at=town.now, **more,
        )  # fmt: skip

    return add


def leave(person, now):
    """The person's last role ended an hour ago."""
    RoleGrant.objects.filter(person=person).update(valid_until=now - timedelta(hours=1))


# who may


def test_heads_and_administrators_set_rules_in_their_own_tree(town, make_rule):
    assert make_rule(by=town.han).area.name == "鼓楼西街街道"
    assert make_rule(by=town.zhou, area="滨河社区").area.name == "滨河社区"
    assert make_rule(by=town.qin).pk
    for wrong in (town.li, town.zhao, town.sun, town.zhou, town.auditor, town.you):
        with pytest.raises(NotAllowed):
            make_rule(by=wrong)
    with pytest.raises(NotAllowed):
        make_rule(by=town.zhou, area="平阳社区")


def test_the_right_role_of_the_next_place_changes_nothing(town, make_rule):
    rule = make_rule(area="平阳社区")
    for step in (
        lambda: actions.change_rule(rule_id=rule.pk, category=None, target="role:dispatcher", at_once=True,
                                    by=town.zhou, at=town.now),
        lambda: actions.set_rule_active(rule_id=rule.pk, active=False, by=town.zhou, at=town.now),
        lambda: actions.move_rule(rule_id=rule.pk, up=True, by=town.zhou, at=town.now),
        lambda: actions.retarget_rules(rules=[rule], to=None, by=town.zhou, at=town.now),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            step()
    rule.refresh_from_db()
    assert (rule.version, rule.is_active, rule.role) == (1, True, "grid_worker")


# what is kept


def test_each_change_is_a_version_with_from_and_to(town, make_rule):
    rule = make_rule()
    actions.change_rule(rule_id=rule.pk, category=None, target=town.company, at_once=True, by=town.qin, at=town.now)
    rule = actions.set_rule_active(rule_id=rule.pk, active=False, by=town.han, at=town.now)
    made, changed, off = SettingChange.objects.filter(subject=f"rule:{rule.pk}").order_by("pk")
    assert (made.before, made.after["target"], made.by) == (None, "role:grid_worker", town.han)
    assert (changed.before["target"], changed.after["target"]) == (
        "role:grid_worker",
        f"organisation:{town.company.pk}",
    )
    assert (changed.by, changed.after["version"], off.after["version"]) == (town.qin, 2, 3)
    assert rule.version == 3


def test_what_changes_nothing_is_no_version(town, make_rule):
    rule = make_rule()
    same = actions.change_rule(
        rule_id=rule.pk, category=rule.category, target="role:grid_worker", at_once=False, by=town.han, at=town.now
    )
    assert same.version == 1
    assert SettingChange.objects.filter(subject=f"rule:{rule.pk}").count() == 1


def test_a_change_that_was_kept_stays_as_it_was(town, make_rule):
    make_rule()
    for change in (lambda: SettingChange.objects.update(after=None), lambda: SettingChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_was_slower_is_told(town, make_rule):
    rule = make_rule()
    drawn = queries.newest_rule_change(rule.pk)
    actions.change_rule(
        rule_id=rule.pk, category=None, target="role:dispatcher", at_once=False, by=town.han, at=town.now, expect=drawn
    )
    with pytest.raises(SettingMoved, match="韩磊"):
        actions.change_rule(
            rule_id=rule.pk, category=None, target="role:community_head", at_once=False, by=town.qin, at=town.now,
            expect=drawn,
        )  # fmt: skip


# order


def test_rules_of_one_category_are_asked_in_the_order_set(town, make_rule):
    first, second, third = make_rule(), make_rule(target="role:dispatcher"), make_rule(category="gas")
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == first.pk
    actions.move_rule(rule_id=second.pk, up=True, by=town.han, at=town.now)
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == second.pk
    before = list(DispatchRule.objects.order_by("pk").values_list("order", "version"))
    actions.move_rule(rule_id=second.pk, up=True, by=town.han, at=town.now)
    actions.move_rule(rule_id=third.pk, up=False, by=town.han, at=town.now)
    assert list(DispatchRule.objects.order_by("pk").values_list("order", "version")) == before


# hand-over and what is broken


def test_rules_that_name_a_person_are_handed_over(town, make_rule):
    named = make_rule(target=town.zhao)
    make_rule(target=town.qian)
    assert list(queries.rules_naming(town.zhao)) == [named]
    actions.retarget_rules(rules=queries.rules_naming(town.zhao), to=town.chen, by=town.han, at=town.now)
    assert not queries.rules_naming(town.zhao)
    assert set(queries.rules_naming(town.chen)) == {named}
    actions.retarget_rules(rules=queries.rules_naming(town.chen), to="role:dispatcher", by=town.han, at=town.now)
    named.refresh_from_db()
    assert (named.role, named.person, named.version) == ("dispatcher", None, 3)


def test_a_hand_over_without_a_receiver_switches_off(town, make_rule):
    named = make_rule(target=town.zhao)
    actions.retarget_rules(rules=[named], to=None, by=town.han, at=town.now)
    assert not queries.rules_naming(town.zhao)


def test_who_left_is_broken_and_the_next_rule_decides(town, make_rule):
    gone, after = make_rule(target=town.chen), make_rule(target="role:dispatcher")
    assert routing.propose(town.grid, town.categories["leak"]).holder == Holder(person=town.chen)
    leave(town.chen, town.now)
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == after.pk
    assert "不在岗" in queries.broken([gone, after])[gone.pk]
    assert after.pk not in queries.broken([gone, after])
    with pytest.raises(TargetGone):
        make_rule(target=town.chen)


def test_a_closed_organisation_is_broken_and_the_next_rule_decides(town, make_rule):
    gone, after = make_rule(target=town.company), make_rule(target="role:dispatcher")
    type(town.company).objects.update(closed_at=town.now)
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == after.pk
    assert "停办" in queries.broken([gone])[gone.pk]


def test_a_category_that_is_off_breaks_its_rules(town, make_rule):
    rule = make_rule()
    type(rule.category).objects.filter(code="leak").update(is_active=False)
    rule.refresh_from_db()
    assert "停用" in queries.broken([queries.rule_by_id(rule.pk)])[rule.pk]


@pytest.mark.parametrize(
    ("role", "place"),
    [("street_official", "鼓楼西街街道"), ("district_official", "尧都区"), ("dispatcher", "滨河社区"),
     ("community_head", "滨河社区")],
)  # fmt: skip
def test_a_role_means_the_place_where_it_belongs(town, make_rule, role, place):
    make_rule(target=f"role:{role}")
    assert routing.propose(town.grid, town.categories["leak"]).holder == Holder(role=role, area=town.areas[place])
