"""The doctor finds rules that lead nowhere and open cases that nobody can go on with."""

import pytest

from accounts.models import User
from communities.models import Organisation, RoleGrant
from core import doctor
from core.doctor import Look
from grievances.models import Category, DispatchRule
from grievances.routing import Holder


@pytest.fixture
def found(town):
    """A function that gives the findings of one check."""

    def ask(key: str) -> list[str]:
        look = Look(at=town.now)
        return [doctor.in_language(finding.said(), "zh-hans")["what"] for finding in doctor.checks.get(key).run(look)]

    return ask


def rule(place, category=None, **target) -> DispatchRule:
    return DispatchRule.objects.create(area=place, category=category, **target)


def test_rules_that_somebody_follows_are_no_findings(town, found):
    community = town.areas["滨河社区"]
    for target in (
        {"role": "grid_worker"}, {"role": "dispatcher"}, {"role": "street_official"}, {"organisation": town.company},
        {"organisation_kind": "property"}, {"person": town.zhao},
    ):  # fmt: skip
        rule(community, **target)
    assert found("grievances.rules") == []


def test_a_rule_whose_target_has_nobody_is_found(town, found):
    community, far = town.areas["滨河社区"], town.areas["平阳社区"]
    broken = [
        rule(community, person=town.qian),
        rule(community, organisation=town.company),
        rule(community, role="grid_worker"),
        rule(far, organisation_kind="property"),
    ]
    RoleGrant.objects.filter(person__in=[town.qian, town.you]).update(valid_until=town.now)
    User.objects.filter(person=town.zhao).update(is_active=False)
    places = ["滨河社区", "滨河社区", "滨河社区", "平阳社区"]
    named = "、".join(f"{place} · 各类诉求（{one.pk}）" for place, one in zip(places, broken, strict=True))
    assert found("grievances.rules") == [f"4 条派单规则派给了已经没有人的地方：{named}"]
    DispatchRule.objects.update(is_active=False)
    assert found("grievances.rules") == []


def test_a_closed_organisation_is_nobody(town, found):
    rule(town.areas["滨河社区"], organisation=town.company)
    Organisation.objects.update(closed_at=town.now)
    assert len(found("grievances.rules")) == 1


def test_a_rule_of_a_category_that_is_not_in_use_is_found(town, found):
    one = rule(town.areas["滨河社区"], town.categories["leak"], role="dispatcher")
    Category.objects.filter(pk=town.categories["water"].pk).update(is_active=False)
    assert found("grievances.rules") == [f"1 条派单规则的类别已经停用：滨河社区 · 水管漏水（{one.pk}）"]


def test_a_rule_of_an_area_that_has_ended_is_found(town, found):
    one = rule(town.areas["滨河社区"], role="dispatcher")
    type(one.area).objects.filter(pk=one.area_id).update(valid_until=town.now.date())
    assert found("grievances.rules") == [f"1 条派单规则的辖区已经撤销：滨河社区 · 各类诉求（{one.pk}）"]


def test_open_cases_in_nobodys_hands_are_found(town, found):
    town.dispatched()
    town.dispatched(Holder(organisation=town.company))
    town.dispatched(Holder(person=town.qian))
    assert found("grievances.holders") == []
    RoleGrant.objects.filter(person__in=[town.zhao, town.you]).update(valid_until=town.now)
    User.objects.filter(person=town.qian).update(is_active=False)
    assert found("grievances.holders") == [
        "1 件在办的诉求没有人能办，在：第1网格（网格员）",
        "1 件在办的诉求没有人能办，在：锦绣物业",
        f"1 件在办的诉求没有人能办，在：钱芳（{town.qian.pk}）",
    ]


def test_closed_cases_need_nobody(town, found):
    town.closed()
    RoleGrant.objects.update(valid_until=town.now)
    assert found("grievances.holders") == []
