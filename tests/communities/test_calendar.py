"""The city's calendar: a year's days, pasted or one by one, and the warning for a year nobody listed."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from communities import actions, queries
from communities.actions import Day
from communities.models import CalendarDay, SettingChange
from communities.rules import NotAllowed
from core.once import fresh_key
from tests.communities.make import NOW, grant, staff
from tests.grievances.town import PHONE, newcomer

PAGE = "/staff/calendar/"
LINES = """2027-01-01 休 元旦
2027年2月5日至2027年2月11日 放假 春节

2027/2/14，班，春节调休
2027-10-01 休 国庆节"""


@pytest.fixture
def at_desk(client, linfen):
    """A function that signs a new person in with a role at a place."""

    def sign_in(role="city_admin", where="临汾市", number=1):
        person = newcomer(f"管理员{number}", PHONE + 700 + number)
        grant(person, role, linfen[where])
        client.force_login(person.user)
        return client

    return sign_in


def sent(day="2027-01-01", **changes):
    return {"year": "2027", "day": day, "is_working": "0", "note": "元旦", "expect": 0, "once": fresh_key()} | changes


def test_a_day_is_added_changed_and_removed(at_desk):
    browser = at_desk()
    assert browser.post(PAGE, sent())["Location"] == f"{PAGE}?year=2027"
    newest = queries.newest_change("calendar:2027")
    browser.post(PAGE, sent(note="新年", expect=newest))
    assert CalendarDay.objects.get().note == "新年"
    newest = queries.newest_change("calendar:2027")
    browser.post(PAGE, sent(remove="1", expect=newest))
    assert not CalendarDay.objects.exists()
    page = browser.get(f"{PAGE}?year=2027").content.decode()
    assert "— → 休息 元旦" in page
    assert "休息 元旦 → 休息 新年" in page
    assert "休息 新年 → —" in page


def test_lines_are_pasted_with_spans_and_blank_lines(at_desk):
    browser = at_desk()
    browser.post(reverse("calendar_paste"), {"year": "2027", "lines": LINES, "once": fresh_key()})
    days = dict(CalendarDay.objects.values_list("date", "is_working"))
    assert len(days) == 10
    assert days[date(2027, 2, 14)] is True
    assert days[date(2027, 2, 11)] is False
    assert queries.unknown_calendar_years([2027]) == []
    assert SettingChange.objects.count() == 1


@pytest.mark.parametrize(
    "line", ["2027-02-30 休 没有的一天", "2027-01-01 也许 元旦", "元旦 2027-01-01", "2027-03-09至2027-03-01 休 倒着",
             "1999-01-01 休 太早", "2027-01-01至2027-12-31 休 太长"],
)  # fmt: skip
def test_a_line_not_understood_is_named_and_nothing_is_kept(at_desk, line):
    browser = at_desk()
    answer = browser.post(reverse("calendar_paste"), {"year": "2027", "lines": f"2027-01-01 休 元旦\n{line}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 2 行没看懂" in page
    assert line in page
    assert not CalendarDay.objects.exists()


def test_what_is_pasted_again_changes_nothing(at_desk):
    browser = at_desk()
    for _time in range(2):
        browser.post(reverse("calendar_paste"), {"year": "2027", "lines": LINES, "once": fresh_key()})
    assert SettingChange.objects.count() == 1


def test_a_year_without_make_up_days_warns(at_desk):
    browser = at_desk()
    assert "还不知道 2099 年" in browser.get(f"{PAGE}?year=2099").content.decode()
    actions.seed_calendar(years=[2026])
    page = browser.get(f"{PAGE}?year=2026").content.decode()
    assert "还不知道" not in page
    assert "国庆节" in page


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2026, 10, 31), []), (date(2026, 11, 1), [2027]), (date(2027, 1, 1), [2027]), (date(2026, 5, 1), [])],
)
def test_from_november_on_the_next_year_is_asked_for(db, today, years):
    actions.seed_calendar(years=[2026])
    assert queries.years_to_warn(today) == years


def test_the_bar_stands_on_the_administrators_pages_only(at_desk, client):
    actions.seed_calendar(years=[2026])
    with time_machine.travel("2026-11-01T08:00:00+08:00", tick=False):
        bar = "2027 年的放假和调休还没有填"
        assert bar in at_desk().get(reverse("duty")).content.decode()
        assert bar in at_desk("area_admin", "滨河社区", 2).get(reverse("modules")).content.decode()
        assert bar not in at_desk("community_staff", "滨河社区", 3).get(reverse("desk")).content.decode()


def test_others_look_and_do_not_set(at_desk):
    browser = at_desk("area_admin", "尧都区")
    page = browser.get(PAGE).content.decode()
    assert "由市级管理员填" in page
    assert "存好这一天" not in page
    assert browser.post(PAGE, sent()).status_code == 403
    assert browser.post(reverse("calendar_paste"), {"lines": LINES}).status_code == 403
    assert not CalendarDay.objects.exists()
    assert at_desk("community_head", "滨河社区", 2).get(PAGE).status_code == 403


def test_the_action_asks_for_the_right_itself(linfen):
    for wrong in (staff("area_admin", linfen["临汾市"]), staff("district_official", linfen["尧都区"])):
        with pytest.raises(NotAllowed):
            actions.set_days(days=[Day(date(2027, 1, 1), False)], by=wrong, at=NOW)
        with pytest.raises(NotAllowed):
            actions.remove_day(day=date(2027, 1, 1), by=wrong, at=NOW)


def test_who_was_slower_is_told_and_keeps_what_was_typed(at_desk):
    browser = at_desk()
    browser.post(PAGE, sent())
    slow = browser.post(PAGE, sent("2027-05-01", note="我填的"))
    assert slow.status_code == 409
    assert "我填的" in slow.content.decode()
    assert CalendarDay.objects.count() == 1


@pytest.mark.parametrize("query", ["?year=1", "?year=x", "?year=99999999999", "?day=2027-13-01", "?year=2027&day=x"])
def test_nonsense_in_the_address_shows_this_year(at_desk, query):
    assert at_desk().get(PAGE + query).status_code == 200
