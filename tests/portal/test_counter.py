"""At the counter: who may change the number of a resident who lost their phone."""

import pytest
from django.utils import timezone

from accounts.models import AccountEvent, Person
from communities.models import Residency
from communities.roles import Role
from core import once
from tests.communities import make

NEW = "13712342048"


@pytest.fixture
def li(town):
    """李 lives in 锦绣花园 of 滨河社区, verified."""
    make.resident(town.areas["锦绣花园"], town.li)
    return town.li


def sent(client, **given):
    facts = {"old_phone": "138 1234 0000", "phone": NEW, "again": NEW, "reason": "旧手机丢了，身份证已核对"}
    return client.post("/staff/people/number/", facts | {"once": once.fresh_key()} | given)


@pytest.mark.parametrize("who", ["sun", "zhou", "qin"])
def test_who_serves_the_community_and_the_city_may(at_home, town, li, who):
    assert sent(at_home(getattr(town, who))).status_code == 302
    assert Person.objects.get(pk=li.pk).phone == NEW
    event = AccountEvent.objects.get(person=li)
    assert (event.by, event.reason) == (getattr(town, who), "旧手机丢了，身份证已核对")


def test_the_next_community_does_not_find_her(at_home, town, li):
    answer = sent(at_home(town.feng))
    assert answer.status_code == 422
    assert "没有找到" in answer.content.decode()
    assert Person.objects.get(pk=li.pk).phone != NEW


@pytest.mark.parametrize("who", ["zhao", "wang", "you"])
def test_others_of_the_place_may_not(at_home, town, li, who):
    assert sent(at_home(getattr(town, who))).status_code == 403


def test_a_home_that_nobody_verified_does_not_count(at_home, town, li):
    Residency.objects.filter(person=li).delete()
    make.resident(town.areas["锦绣花园"], li, verified=False)
    assert sent(at_home(town.sun)).status_code == 422


def test_somebody_with_a_role_is_for_the_city_only(at_home, town, li):
    make.grant(li, Role.STREET_OFFICIAL, town.areas["鼓楼西街街道"], at=timezone.now())
    assert sent(at_home(town.sun)).status_code == 422
    assert sent(at_home(town.qin)).status_code == 302


def test_an_unknown_number_reads_the_same_as_another_communitys(at_home, town, li):
    known = sent(at_home(town.feng)).context["refusal"]
    assert sent(at_home(town.feng), old_phone="13900000000").context["refusal"] == known


@pytest.mark.parametrize("given", [{"again": "13712342049"}, {"reason": " "}, {"phone": "12", "again": "12"}])
def test_what_is_missing_is_said_and_nothing_typed_is_lost(at_home, town, li, given):
    answer = sent(at_home(town.sun), **given)
    assert answer.status_code == 422
    assert "138 1234 0000" in answer.content.decode()
    assert Person.objects.get(pk=li.pk).phone != NEW


def test_pressed_twice_is_done_once(at_home, town, li):
    page, key = at_home(town.sun), once.fresh_key()
    assert [sent(page, once=key).status_code for _press in range(2)] == [302, 302]
    assert AccountEvent.objects.filter(person=li).count() == 1


def test_only_those_at_the_counter_see_the_way(at_home, town, li):
    assert "/staff/people/number/" in at_home(town.sun).get("/me/").content.decode()
    assert "/staff/people/number/" not in at_home(li).get("/me/").content.decode()
    assert at_home(town.sun).get("/staff/people/number/").status_code == 200
