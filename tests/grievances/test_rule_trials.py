"""The catch-all that stays, rules that point in a circle, and a changed rule tried on last month's cases."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from communities.models import SettingChange
from communities.queries import calendar_for
from core import jobs
from core.once import fresh_key
from grievances import actions, queries, routing, trying
from grievances.models import DispatchRule, RuleTrial
from grievances.routing import Holder
from grievances.rules import CatchAllStays, PointsBack
from tests.communities import make


@pytest.fixture
def catch_all(town):
    """The catch-all of the city, made by the action."""
    return actions.ensure_catch_all(at=town.now)[0]


def sent(area, **changes):
    return {"area": area.pk, "category": "", "target": "role:dispatcher", "expect": 0, "once": fresh_key()} | changes


# the catch-all


def test_there_is_one_catch_all_and_it_takes_what_nothing_else_does(town, catch_all):
    assert actions.ensure_catch_all(at=town.now) == []
    found = routing.propose(town.grid, None)
    assert (found.rule_id, found.version) == (catch_all.pk, 1)
    assert found.holder == Holder(role="dispatcher", area=town.areas["滨河社区"])
    assert "兜底" in found.why
    one = DispatchRule.objects.create(area=town.areas["临汾市"], role="street_official", order=32_000)
    assert routing.propose(town.grid, None).rule_id == one.pk


def test_its_target_may_change_and_nothing_else(town, catch_all):
    plain = {"rule_id": catch_all.pk, "category": None, "at_once": False, "by": town.qin, "at": town.now}
    changed = actions.change_rule(**plain, target="role:street_official")
    assert (changed.version, routing.propose(town.grid, None).holder.role) == (2, "street_official")
    for wrong in (
        {"category": town.categories["leak"]}, {"tier": "hard"}, {"urgency": "urgent"}, {"hours": "in"},
        {"at_once": True},
    ):  # fmt: skip
        with pytest.raises((CatchAllStays, PointsBack)):
            actions.change_rule(**{**plain, "target": "role:street_official", **wrong})
    with pytest.raises(CatchAllStays):
        actions.set_rule_active(rule_id=catch_all.pk, active=False, by=town.qin, at=town.now)
    with pytest.raises(CatchAllStays):
        actions.retarget_rules(rules=[catch_all], to=None, by=town.qin, at=town.now)


def test_the_database_keeps_it(town, catch_all):
    rules = DispatchRule.objects
    for wrong in (
        lambda: catch_all.delete(),
        lambda: rules.filter(pk=catch_all.pk).update(is_active=False),
        lambda: rules.filter(pk=catch_all.pk).update(hours="in"),
        lambda: rules.filter(pk=catch_all.pk).update(is_catch_all=False),
        lambda: rules.create(area=town.areas["临汾市"], role="dispatcher", is_catch_all=True),
        lambda: rules.create(area=town.areas["尧都区"], role="dispatcher", is_catch_all=True),
    ):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            wrong()
    assert rules.filter(is_catch_all=True).count() == 1


def test_a_target_that_left_leaves_the_community_as_the_last_way(town, catch_all):
    plain = {"rule_id": catch_all.pk, "category": None, "at_once": False, "by": town.qin, "at": town.now}
    actions.change_rule(**plain, target=town.company)
    assert routing.propose(town.far_grid, None).holder.organisation == town.company
    type(town.company).objects.update(closed_at=town.now)
    assert routing.propose(town.far_grid, None).holder == Holder(role="dispatcher", area=town.areas["平阳社区"])


def test_only_the_city_changes_it_through_the_page(at_work, town):
    browser = at_work(town.qin)
    answer = browser.post(reverse("catch_all"), {"area": town.areas["临汾市"].pk})
    rule = DispatchRule.objects.get(is_catch_all=True)
    assert answer["Location"] == reverse("rule", args=[rule.pk])
    page = browser.get(answer["Location"]).content.decode()
    assert "兜底规则" in page
    assert 'name="hours"' not in page
    expect = queries.newest_rule_change(rule.pk)
    browser.post(answer["Location"], {"target": "role:street_official", "expect": expect, "once": fresh_key()})
    rule.refresh_from_db()
    assert rule.role == "street_official"
    assert at_work(town.zhou).post(reverse("catch_all"), {"area": town.areas["滨河社区"].pk}).status_code == 403


# conditions and circles


def test_conditions_come_through_the_form_and_the_more_exact_is_asked_first(at_work, town):
    place, browser = town.areas["鼓楼西街街道"], at_work(town.han)
    leak = town.categories["leak"]
    browser.post(reverse("rule_new"), sent(place, category=leak.pk, target="role:grid_worker"))
    night = sent(place, category=leak.pk, target="role:community_head", hours="out", urgency="urgent", tier="small")
    browser.post(reverse("rule_new"), night)
    exact = DispatchRule.objects.get(hours="out")
    assert (exact.urgency, exact.tier, exact.asks) == ("urgent", "small", 3)
    assert queries.walk(place)[0].rules[0] == exact
    page = browser.get(reverse("rules") + f"?area={place.pk}").content.decode()
    assert page.index("1.</span>") < page.index('tag">非工作时间') < page.index("2.</span>")
    one = browser.get(reverse("rule", args=[exact.pk])).content.decode()
    assert "非工作时间" in one
    assert SettingChange.objects.filter(subject=f"rule:{exact.pk}").get().after["hours"] == "out"


def test_a_rule_that_is_never_reached_says_so(at_work, town):
    place = town.areas["鼓楼西街街道"]
    first = DispatchRule.objects.create(area=place, role="dispatcher", order=1)
    late = DispatchRule.objects.create(area=place, role="grid_worker", order=2, hours="out")
    hints = queries.hints(queries.walk(place)[0].rules)
    assert set(hints) == {late.pk}
    assert str(first.pk) in hints[late.pk]
    assert "轮不到" in at_work(town.han).get(reverse("rules") + f"?area={place.pk}").content.decode()


def test_a_role_that_nobody_has_says_that_it_climbs(town):
    rule = DispatchRule.objects.create(area=town.areas["平阳社区"], role="community_head")
    assert "上一级" in queries.hints([rule])[rule.pk]
    make.grant(town.wang, "community_head", town.areas["平阳社区"])
    assert not queries.hints([rule])


def test_a_rule_that_skips_the_dispatcher_for_the_dispatcher_is_refused(at_work, town):
    place = town.areas["鼓楼西街街道"]
    with pytest.raises(PointsBack):
        actions.create_rule(area=place, category=None, target="role:dispatcher", at_once=True, by=town.han, at=town.now)
    answer = at_work(town.han).post(reverse("rule_new"), sent(place, at_once="on"))
    assert answer.status_code == 422
    assert "转回来" in answer.content.decode()
    assert not DispatchRule.objects.exists()


# trying a changed rule


def draft(town, **facts):
    given = {"area": town.areas["滨河社区"], "rule": None, "category": town.categories["leak"], "target": town.company}
    return actions.draft_rule(**given | facts)


def test_a_trial_says_what_would_move_and_saves_nothing(at_work, town):
    moving = town.report(category=town.categories["leak"])
    town.report(category=town.categories["drain"])
    town.report(category=town.categories["leak"], at=town.at(days=40))
    browser, place = at_work(town.zhou), town.areas["滨河社区"]
    form = sent(place, category=town.categories["leak"].pk, target=f"organisation:{town.company.pk}") | {"try": "1"}
    page = browser.post(reverse("rule_new"), form).content.decode()
    assert "2 件里，有 1 件会换人" in page
    assert "锦绣花园第1网格 → 锦绣物业" in page
    assert reverse("case", args=[moving.pk]) in page
    assert not DispatchRule.objects.exists()
    rule = actions.create_rule(
        area=place, category=town.categories["leak"], target=town.company, by=town.zhou, at=town.now
    )
    answer = browser.post(reverse("rule", args=[rule.pk]), {**form, "expect": 0, "target": "role:community_head"})
    assert "锦绣物业 → 滨河社区" in answer.content.decode()
    rule.refresh_from_db()
    assert rule.version == 1
    quiet = browser.post(reverse("rule", args=[rule.pk]), {**form, "expect": 0})
    assert "一件也不会换人" in quiet.content.decode()


def test_only_who_sets_the_rules_tries_them(at_work, town):
    form = sent(town.areas["平阳社区"]) | {"try": "1"}
    assert at_work(town.zhou).post(reverse("rule_new"), form).status_code in (403, 404)
    assert at_work(town.li).post(reverse("rule_new"), form).status_code in (403, 404)


def test_a_trial_knows_the_duty_hours(town):
    noon, night = timezone.now().replace(hour=2), timezone.now().replace(hour=15)
    days = (timedelta(days=n) for n in range(1, 9))
    moments = [moment - gone for gone in days for moment in (noon, night)]
    calendar = trying.Trial(town.areas["滨河社区"], draft(town, hours="out"))
    rows = [(n, town.grid.pk, town.categories["leak"].pk, "normal", "", at) for n, at in enumerate(moments)]
    moves = calendar.feed(rows)
    outside = [at for at in moments if not calendar_for(town.grid).is_open(at)]
    assert moves.moved == len(outside) < len(moments)
    assert {two for _one, two in moves.pairs} == {f"organisation:{town.company.pk}"}


def test_many_cases_are_tried_as_a_job_that_goes_on_where_it_stopped(at_work, town, monkeypatch):
    monkeypatch.setattr(trying, "AT_ONCE", 3)
    monkeypatch.setattr("grievances.actions.trials.PIECE", 2)
    for number in range(5):
        town.report(category=town.categories["leak"], at=town.at(hours=2, minutes=number))
    browser, place = at_work(town.zhou), town.areas["滨河社区"]
    form = sent(place, category=town.categories["leak"].pk, target=f"organisation:{town.company.pk}") | {"try": "1"}
    answer = browser.post(reverse("rule_new"), form)
    kept = RuleTrial.objects.get()
    assert answer["Location"] == reverse("rule_trial", args=[kept.pk])
    assert "0 / 5" in browser.get(answer["Location"]).content.decode()
    assert actions.go_on_with_trials(at=timezone.now()) == 3
    assert actions.go_on_with_trials(at=timezone.now()) == 0
    page = browser.get(answer["Location"]).content.decode()
    assert "5 件里，有 5 件会换人" in page
    assert jobs.progress(actions.job_of(kept.pk)).finished
    assert at_work(town.feng).get(answer["Location"]).status_code in (403, 404)


def test_a_trial_costs_no_query_per_case(town, django_assert_max_num_queries):
    leak = town.categories["leak"]
    one = draft(town, hours="out")
    rows = [(n, town.grid.pk, leak.pk, "normal", "", town.now - timedelta(minutes=n)) for n in range(500)]
    with django_assert_max_num_queries(16):
        trial = trying.Trial(town.areas["滨河社区"], one)
        assert trial.feed(rows).cases == 500
