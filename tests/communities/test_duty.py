"""Duty hours: of a place or of the nearest above it, what follows from them, and who may set them."""

from datetime import UTC, datetime, time

import pytest
from django.urls import reverse

from communities import actions, queries
from communities.models import DutyHours, SettingChange
from communities.rules import SettingMoved
from core.once import fresh_key
from tests.communities.make import NOW, grant, staff
from tests.grievances.town import PHONE, newcomer

WEEK = {f"d{day}_{number}_{part}": value for day in range(5)
        for number, pair in enumerate((("09:00", "12:00"), ("14:00", "17:00"))) for part, value in enumerate(pair)}  # fmt: skip


@pytest.fixture
def at_desk(client, linfen):
    """A function that signs a new person in with a role at a place."""

    def sign_in(role, where, number=1):
        person = newcomer(f"管理员{number}", PHONE + 700 + number)
        grant(person, role, linfen[where])
        client.force_login(person.user)
        return client

    return sign_in


def page_of(place):
    return f"{reverse('duty')}?area={place.pk}"


def sent(place, **changes):
    return {"area": place.pk, "expect": 0, "once": fresh_key()} | WEEK | changes


def test_hours_are_set_and_used_below(at_desk, linfen):
    browser, place = at_desk("area_admin", "鼓楼西街街道"), linfen["鼓楼西街街道"]
    assert browser.post(page_of(place), sent(place)).status_code == 302
    assert queries.hours_at(linfen["滨河社区"])[0] == ((time(9), time(12)), (time(14), time(17)))
    assert "用的是鼓楼西街街道的" in browser.get(page_of(linfen["滨河社区"])).content.decode()
    assert "这里有自己的" in browser.get(page_of(place)).content.decode()


def test_back_to_what_is_above(at_desk, linfen):
    browser, place = at_desk("area_admin", "滨河社区"), linfen["滨河社区"]
    browser.post(page_of(place), sent(place))
    newest = queries.newest_change(actions.duty_subject(place.pk))
    browser.post(page_of(place), {"area": place.pk, "inherit": "1", "expect": newest})
    assert not DutyHours.objects.exists()
    made, taken = SettingChange.objects.order_by("pk")
    assert (made.before, made.after["0"], taken.after) == (None, "09:00–12:00 14:00–17:00", None)
    assert "09:00–12:00 14:00–17:00 → 不值班" in browser.get(page_of(place)).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"d0_0_1": ""}, "两个都要填"),
        ({"d0_0_1": "08:00"}, "要晚于"),
        ({"d0_1_0": "11:00"}, "不能重叠"),
        ({"d0_0_0": "spät"}, "08:30 这样"),
        (dict.fromkeys(WEEK, ""), "至少要有一段"),
    ],
)
def test_what_makes_no_sense_is_said_and_kept(at_desk, linfen, changes, words):
    browser, place = at_desk("area_admin", "滨河社区"), linfen["滨河社区"]
    answer = browser.post(page_of(place), sent(place, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not DutyHours.objects.exists()


def test_who_was_slower_sees_both(at_desk, linfen):
    browser, place = at_desk("area_admin", "滨河社区"), linfen["滨河社区"]
    browser.post(page_of(place), sent(place))
    slow = browser.post(page_of(place), sent(place, d0_0_0="10:00"))
    page = slow.content.decode()
    assert slow.status_code == 409
    assert "10:00–12:00 14:00–17:00" in page
    assert "09:00–12:00 14:00–17:00" in page
    assert 'value="10:00"' in page
    with pytest.raises(SettingMoved):
        actions.set_duty_hours(area=place, spans=[], by=None, at=NOW, expect=0)


def test_the_effect_is_said_with_the_real_calendar(linfen):
    thursday = datetime(2026, 3, 5, 2, tzinfo=UTC)
    assert queries.duty_effect(linfen["滨河社区"], thursday)["due"] == "周一 11:30"
    actions.set_duty_hours(area=linfen["尧都区"], spans=[(day, time(9), time(18)) for day in range(5)], by=None, at=NOW)
    assert queries.duty_effect(linfen["滨河社区"], thursday) == {
        "start": "周五 17:00",
        "hours": "4",
        "due": "周一 12:00",
    }


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [("area_admin", "平阳社区", 404), ("community_head", "滨河社区", 403), ("area_admin", "锦绣花园", 404),
     ("area_admin", "尧都区", 200), ("city_admin", "临汾市", 200)],
)  # fmt: skip
def test_who_may(at_desk, linfen, role, where, status):
    browser, place = at_desk(role, where), linfen["滨河社区"]
    assert browser.get(page_of(place)).status_code == status
    assert browser.post(page_of(place), sent(place)).status_code == (302 if status == 200 else status)
    assert DutyHours.objects.exists() == (status == 200)


def test_a_form_sent_twice_counts_once(at_desk, linfen):
    browser, place = at_desk("area_admin", "滨河社区"), linfen["滨河社区"]
    form = sent(place)
    assert browser.post(page_of(place), form)["Location"] == browser.post(page_of(place), form)["Location"]
    assert SettingChange.objects.count() == 1


def test_a_visitor_is_led_to_sign_in(client, linfen):
    assert client.get(reverse("duty")).status_code == 302
    assert staff("area_admin", linfen["滨河社区"])
