"""Dispatch rules: who may set them, what is kept of each change, and what a broken one does."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.models import RoleGrant, SettingChange
from communities.rules import NotAllowed, SettingMoved
from core.once import fresh_key
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


# pages


def rules_of(area, **query):
    return f"{reverse('rules')}?{urlencode({'area': area.pk, **query})}"


def sent(area, **changes):
    return {"area": area.pk, "category": "", "target": "role:dispatcher", "expect": 0, "once": fresh_key()} | changes


def test_the_page_lists_own_inherited_and_the_catch_all(at_work, town, make_rule):
    near = make_rule(area="滨河社区", by=town.zhou)
    far = make_rule(category=None, target="kind:property")
    page = at_work(town.zhou).get(rules_of(town.areas["滨河社区"])).content.decode()
    assert page.index(f"规则 {near.pk}") < page.index("接着问鼓楼西街街道的") < page.index(f"规则 {far.pk}")
    assert page.index(f"规则 {far.pk}") < page.index("不能删，也不能停用")
    assert "最近的物业企业" in page
    assert reverse("rule_step", args=[far.pk, "off"]) not in page


def test_broken_rules_stand_on_top_with_words(at_work, town, make_rule):
    make_rule(target=town.chen)
    leave(town.chen, town.now)
    page = at_work(town.han).get(rules_of(town.areas["鼓楼西街街道"])).content.decode()
    assert page.index("1 条规则派不出去") < page.index("陈刚已经不在岗") < page.index("试一试")


def test_trying_says_who_and_why(at_work, town, make_rule):
    rule = make_rule()
    query = {"place": town.grid.pk, "try_category": town.categories["leak"].pk}
    page = at_work(town.zhou).get(rules_of(town.areas["滨河社区"], **query)).content.decode()
    assert "因为 这里属第1网格，水管漏水由" in page
    assert f"看规则 {rule.pk}" in page
    for wrong in ({"place": town.far_grid.pk}, {"place": "x"}, {"place": town.grid.pk, "try_category": "x"}):
        answer = at_work(town.zhou).get(rules_of(town.areas["滨河社区"], **wrong))
        assert (answer.status_code, "看规则" in answer.content.decode()) == (200, False)


def test_a_rule_is_added_and_changed_through_its_form(at_work, town):
    browser, place = at_work(town.han), town.areas["鼓楼西街街道"]
    form = sent(place, category=town.categories["leak"].pk, target=f"person:{town.zhao.pk}", at_once="on")
    assert browser.post(reverse("rule_new"), form)["Location"] == rules_of(place)
    assert browser.post(reverse("rule_new"), form)["Location"] == rules_of(place)
    rule = DispatchRule.objects.get()
    assert (rule.person, rule.category, rule.at_once) == (town.zhao, town.categories["leak"], True)
    changed = sent(place, target=f"organisation:{town.company.pk}", expect=queries.newest_rule_change(rule.pk))
    browser.post(reverse("rule", args=[rule.pk]), changed)
    rule.refresh_from_db()
    assert (rule.organisation, rule.category, rule.person, rule.version) == (town.company, None, None, 2)
    page = browser.get(reverse("rule", args=[rule.pk])).content.decode()
    assert "赵建国 → 锦绣物业" in page
    assert "（第 2 版）" in page


def test_a_receiver_that_is_gone_stays_chosen_until_another_is(at_work, town, make_rule):
    rule = make_rule(target=town.chen)
    leave(town.chen, town.now)
    browser = at_work(town.han)
    page = browser.get(reverse("rule", args=[rule.pk])).content.decode()
    assert f'<option value="person:{town.chen.pk}" selected>' in page
    answer = browser.post(
        reverse("rule", args=[rule.pk]),
        sent(rule.area, category=town.categories["gas"].pk, target=f"person:{town.chen.pk}",
             expect=queries.newest_rule_change(rule.pk)),
    )  # fmt: skip
    assert answer.status_code == 302
    assert DispatchRule.objects.get().category == town.categories["gas"]


def test_order_and_switch_have_buttons(at_work, town, make_rule):
    first, second = make_rule(), make_rule(target="role:dispatcher")
    browser, key = at_work(town.han), fresh_key()
    for _press in range(2):
        browser.post(reverse("rule_step", args=[second.pk, "up"]), {"once": key})
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == second.pk
    browser.post(reverse("rule_step", args=[second.pk, "off"]), {"once": fresh_key()})
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == first.pk
    browser.post(reverse("rule_step", args=[second.pk, "on"]), {"once": fresh_key()})
    assert routing.propose(town.grid, town.categories["leak"]).rule_id == second.pk
    assert browser.post(reverse("rule_step", args=[second.pk, "delete"])).status_code == 404


def test_who_was_slower_sees_both_in_the_form(at_work, town, make_rule):
    rule = make_rule()
    browser = at_work(town.han)
    page = reverse("rule", args=[rule.pk])
    drawn = queries.newest_rule_change(rule.pk)
    browser.post(page, sent(rule.area, target="role:community_head", expect=drawn))
    slow = browser.post(page, sent(rule.area, target="role:dispatcher", expect=drawn))
    words = slow.content.decode()
    assert slow.status_code == 409
    assert "<td>社区书记</td><td>派单员</td>" in words
    assert '<option value="role:dispatcher" selected>' in words


@pytest.mark.parametrize(("who", "status"), [("han", 302), ("zhou", 403), ("zhu", 302), ("sun", 403), ("li", 403)])
def test_who_may_change_a_rule_of_the_street(at_work, town, make_rule, who, status):
    rule = make_rule()
    browser, address = at_work(getattr(town, who)), reverse("rule", args=[rule.pk])
    assert browser.get(address).status_code == (403 if who in ("sun", "li") else 200)
    form = sent(rule.area, target="role:community_head", expect=queries.newest_rule_change(rule.pk))
    assert browser.post(address, form).status_code == status
    assert browser.post(reverse("rule_step", args=[rule.pk, "off"]), {}).status_code == status
    assert browser.post(reverse("rule_new"), sent(rule.area)).status_code in (status, 404)
    assert DispatchRule.objects.exclude(version=1).exists() == (status == 302)


def test_a_rule_of_the_next_place_is_not_there(at_work, town, make_rule):
    rule = make_rule(area="平阳社区")
    browser = at_work(town.zhou)
    assert browser.get(reverse("rule", args=[rule.pk])).status_code == 404
    assert browser.post(reverse("rule", args=[rule.pk]), sent(rule.area)).status_code == 404
    assert browser.post(reverse("rule_step", args=[rule.pk, "off"])).status_code == 404
    assert browser.get(rules_of(town.areas["平阳社区"])).status_code == 404
    assert browser.get(rules_of(town.areas["鼓楼西街街道"])).status_code == 404


def test_a_forged_receiver_is_refused(at_work, town):
    place = town.areas["滨河社区"]
    for target in (f"person:{town.chen.pk}", "role:king", "person:999999", "organisation:x", "kind:army", ""):
        answer = at_work(town.zhou).post(reverse("rule_new"), sent(place, target=target))
        assert answer.status_code == 422
    assert not DispatchRule.objects.exists()


def test_a_longer_list_costs_no_more_queries(at_work, town, make_rule, django_assert_max_num_queries):
    browser, address = at_work(town.han), rules_of(town.areas["鼓楼西街街道"])
    for target in (town.zhao, town.company):
        make_rule(target=target)
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for target in (town.qian, town.chen, town.company, "role:dispatcher"):
        make_rule(target=target)
    with django_assert_max_num_queries(len(few)):
        browser.get(address)
