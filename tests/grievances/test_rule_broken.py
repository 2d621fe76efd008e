"""A rule whose target left: those who set rules there are told, once per breaking."""

from datetime import timedelta

import pytest

from communities.models import RoleGrant
from core.notices import notice_kinds
from core.outbox import OutboxRow
from grievances import actions
from grievances.models import Category, DispatchRule
from grievances.notices import RULE_BROKEN

KIND = notice_kinds.get(RULE_BROKEN)


def rows():
    return list(OutboxRow.objects.filter(kind=RULE_BROKEN).order_by("pk"))


def heard(row):
    rule = KIND.subject(row)
    return [one.person_id for one in KIND.to(row, rule)]


@pytest.fixture
def rule(town):
    """A rule of 滨河社区 for 陈刚, who is somebody."""
    return DispatchRule.objects.create(area=town.areas["滨河社区"], category=town.categories["leak"], person=town.chen)


def leave(town, **ago):
    RoleGrant.objects.filter(person=town.chen).update(valid_until=town.at(**(ago or {"hours": 1})))


def test_nobody_is_told_while_it_works(town, rule):
    assert (actions.check_rules(at=town.now), rows()) == (0, [])


def test_a_target_that_left_is_told_once_to_the_head(town, rule):
    leave(town)
    assert [actions.check_rules(at=town.now), actions.check_rules(at=town.now)] == [1, 0]
    (row,) = rows()
    assert heard(row) == [town.zhou.pk]
    words = KIND.words(row, KIND.subject(row), KIND.to(row, KIND.subject(row))[0])
    assert "滨河社区" in words.title
    assert "陈刚" not in words.title
    assert words.url.endswith(f"/{rule.pk}/")


def test_where_nobody_sets_rules_the_level_above_hears(town, rule):
    leave(town)
    RoleGrant.objects.filter(person=town.zhou).delete()
    actions.check_rules(at=town.now)
    assert town.han.pk in heard(rows()[0])
    assert town.zhu.pk not in heard(rows()[0])


def test_a_rule_that_works_again_and_breaks_again_is_told_again(town, rule):
    leave(town)
    actions.check_rules(at=town.now)
    RoleGrant.objects.filter(person=town.chen).update(valid_until=None)
    assert heard(rows()[0]) == [town.zhou.pk]
    actions.check_rules(at=town.now)
    assert heard(rows()[0]) == []
    leave(town)
    assert actions.check_rules(at=town.now + timedelta(minutes=5)) == 1
    assert len(rows()) == 2


@pytest.mark.parametrize("way", ["closed", "retired", "account"])
def test_every_way_of_breaking_is_noticed(town, way):
    area = town.areas["滨河社区"]
    if way == "closed":
        DispatchRule.objects.create(area=area, organisation=town.company)
        type(town.company).objects.update(closed_at=town.now)
    elif way == "retired":
        DispatchRule.objects.create(area=area, category=town.categories["leak"], role="dispatcher")
        Category.objects.filter(code="leak").update(is_active=False)
    else:
        DispatchRule.objects.create(area=area, person=town.chen)
        type(town.chen.user).objects.filter(person=town.chen).update(is_active=False)
    assert actions.check_rules(at=town.now) == 1


def test_a_rule_that_is_off_is_nobodys_worry(town, rule):
    DispatchRule.objects.update(is_active=False)
    leave(town)
    assert actions.check_rules(at=town.now) == 0
