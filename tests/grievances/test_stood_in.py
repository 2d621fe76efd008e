"""While somebody is away, their work is the stand-in's too; the record says who really acted."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from communities import actions as communities
from core.workflow import NotYours
from grievances import actions, queries, rules
from grievances.models import CaseHistory
from tests.communities import make


@pytest.fixture
def away(town):
    return make.stand_in(town.zhao, town.qian, at=town.at(minutes=1))


def test_what_a_role_holds_is_in_the_stand_ins_hands(town, away):
    case = town.dispatched()
    assert rules.is_holder(town.qian, case)
    assert not rules.holds(town.qian, case)
    assert list(queries.held_by(town.qian)) == [case]
    assert case in queries.visible_to(town.qian)
    assert queries.people_holding(case) == [town.zhao, town.qian]


def test_what_was_accepted_is_too_and_the_record_says_who_acted(town, away):
    case = town.handling()
    actions.contact(case_id=case.pk, by=town.qian, how="phone", line="约好下午去", at=town.now)
    row = CaseHistory.objects.filter(subject=case).latest("seq")
    assert (row.actor, row.role) == (town.qian, "holder")
    case.refresh_from_db()
    assert case.handler == town.zhao


def test_confidential_cases_too(town, away):
    case = town.dispatched(kind="offence")
    assert queries.get_for(town.qian, case.pk) == case
    assert case in queries.visible_to(town.qian)


def test_before_it_begins_and_after_it_ended_nothing_is(town, away):
    case = town.dispatched(kind="offence")
    communities.end_stand_in(stand_in_id=away.pk, by=town.zhao, at=town.now)
    assert not rules.is_holder(town.qian, case)
    assert list(queries.held_by(town.qian)) == []
    assert case not in queries.visible_to(town.qian)
    with pytest.raises(Http404):
        queries.get_for(town.qian, case.pk)
    with pytest.raises(NotYours):
        actions.accept(case_id=case.pk, by=town.qian, at=town.now)


def test_nobody_else_gets_it(town, away):
    case = town.dispatched(kind="offence")
    assert not rules.is_holder(town.chen, case)
    assert case not in queries.visible_to(town.chen)


def test_a_chain_ends_after_one(town, away):
    make.stand_in(town.qian, town.zhou, at=town.now)
    case = town.dispatched()
    assert not rules.is_holder(town.zhou, case)
    assert queries.people_holding(case) == [town.zhao, town.sun]


def test_the_queue_says_for_whom(town, away, at_work):
    case = town.dispatched()
    assert queries.stood_in_for(town.qian, [case]) == {case.pk: "赵建国"}
    assert queries.stood_in_for(town.zhao, [case]) == {}
    assert "代赵建国" in at_work(town.qian).get(reverse("queue")).content.decode()
    assert "代赵建国" not in at_work(town.zhao).get(reverse("queue")).content.decode()
    assert away.valid_until - town.now < timedelta(days=3)
