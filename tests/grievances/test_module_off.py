"""Reporting switched off with cases open: nothing new comes in, what is open goes on to its end."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities import actions as places
from communities.modules import is_on
from communities.queries import COOKIE
from core.workflow import Actor
from grievances import actions, queries
from grievances.models import Case
from grievances.rules import ReportingOff
from tests.communities import make
from tests.grievances.test_report_pages import WORDS, choose, draft, filled
from tests.grievances.town import LONG_ENOUGH, PHONE, newcomer


def switch(area, state, by=None):
    places.switch_module(area=area, module="grievances", state=state, by=by, at=timezone.now())


@pytest.fixture
def keeper(town):
    """The administrator of 滨河社区."""
    person = newcomer("卫管", PHONE + 70)
    make.grant(person, "area_admin", town.areas["滨河社区"])
    return person


def test_the_switch_says_how_many_are_open_before_it_is_pressed(client, town, keeper):
    for _number in range(3):
        town.report()
    town.report(area=town.far_grid)
    town.closed()
    client.force_login(keeper.user)
    address = f"{reverse('module_switch', args=['grievances'])}?area={town.areas['滨河社区'].pk}"
    sent = {"area": town.areas["滨河社区"].pk, "state": "off", "expect": 0}
    asks = client.post(address, sent)
    assert "3 件还没办完，会继续办到底" in asks.content.decode()
    assert is_on("grievances", town.areas["滨河社区"])
    assert actions.report(by=town.li, area=town.grid, text=WORDS, at=town.at(hours=1)).pk
    assert client.post(address, sent | {"sure": "1"}).status_code == 302
    with pytest.raises(ReportingOff):
        actions.report(by=town.li, area=town.grid, text=WORDS, at=town.at(hours=1))
    assert actions.report(by=town.li, area=town.far_grid, text=WORDS, at=town.at(hours=1)).pk


def test_a_form_left_open_loses_nothing(client, town):
    browser = choose(client, town.areas["滨河社区"])
    browser.force_login(town.li.user)
    photo, key = draft(browser), filled(town)["once"]
    switch(town.areas["滨河社区"], "off")
    answer = browser.post(reverse("report"), filled(town, photos=photo, once=key))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert WORDS in page
    assert "停了网上上报" in page
    browser.post(reverse("community_set"), {"community": town.areas["平阳社区"].pk})
    again = browser.get(reverse("report")).content.decode()
    assert WORDS in again
    assert photo in again
    assert key in again
    assert not Case.objects.exists()


def test_nothing_leads_to_reporting(client, town):
    switch(town.areas["滨河社区"], "off")
    choose(client, town.areas["滨河社区"])
    client.force_login(town.sun.user)
    report = f'href="{reverse("report")}"'
    for name in ("home", "my_cases", "desk", "queue", "me"):
        assert report not in client.get(reverse(name)).content.decode(), name
    assert client.get(reverse("wall")).status_code == 404


def test_open_cases_go_on_to_their_end_for_everyone_concerned(client, town):
    case = town.report()
    switch(town.areas["滨河社区"], "off")
    client.cookies[COOKIE] = choose(Client(), town.areas["滨河社区"]).cookies[COOKIE].value

    def opens(person, name, *args):
        client.force_login(person.user)
        return client.get(reverse(name, args=args)).status_code == 200

    assert opens(town.sun, "desk")
    actions.dispatch(case_id=case.pk, by=town.sun, holder=town.holder(), why="属第 1 网格", at=town.at(minutes=90))
    assert opens(town.zhao, "queue")
    assert opens(town.zhao, "case", case.pk)
    actions.accept(case_id=case.pk, by=town.zhao, at=town.at(minutes=80))
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="已联系", at=town.at(minutes=70))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.at(minutes=60))
    assert opens(town.li, "case", case.pk)
    assert opens(town.li, "rate", case.pk)
    assert opens(town.li, "my_cases")
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), contacted=True, reason="还在漏", at=town.at(minutes=50))
    actions.accept(case_id=case.pk, by=town.zhao, at=town.at(minutes=40))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.at(minutes=30))
    actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.at(minutes=20))
    assert queries.get_for(town.li, case.pk).state == "closed"
    assert queries.open_count(town.areas["滨河社区"]) == 0


@pytest.mark.parametrize("place", ["滨河社区第1网格", "锦绣花园", "滨河社区", "鼓楼西街街道", "尧都区", "临汾市"])
def test_open_ones_are_counted_at_every_level(town, place):
    town.report()
    town.closed()
    assert queries.open_count(town.areas[place]) == 1


def test_counting_stops_where_nobody_reads_on(town):
    for _number in range(3):
        town.report()
    assert queries.open_count(town.areas["临汾市"], most=2) == 2
