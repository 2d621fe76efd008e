"""The work log of a day, from the records."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.models import RoleGrant
from grievances import actions, queries


@pytest.fixture
def now():
    """Yesterday at noon: no step of a test lies on another day."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def day(now) -> str:
    return f"{now:%Y-%m-%d}"


def own(browser, day: str) -> str:
    return browser.get(reverse("day_log"), {"day": day}).content.decode()


def test_the_log_is_written_from_the_records(town, at_work, day):
    case = town.handling()
    actions.contact(case_id=case.pk, by=town.zhao, how="visit", line="看过了", at=town.at(minutes=45))
    back = town.returned(text="路灯不亮。")
    hidden = town.handling(kind="offence", text="有人乱倒垃圾。")
    entries = queries.day_of(town.zhao, timezone.localdate(town.now))
    assert {entry.what for entry in entries} == {"签收", "上门走访", "退单"}
    assert dict(queries.totals(entries)) == {"签收": 2, "上门走访": 1, "退单": 1}
    assert [entry.row.at for entry in entries] == sorted(entry.row.at for entry in entries)
    page = own(at_work(town.zhao), day)
    for words in (case.number, back.number, hidden.number, case.place_words, "签收 2", "一件保密诉求"):
        assert words in page
    assert "乱倒垃圾" not in page
    assert queries.day_of(town.qian, timezone.localdate(town.now)) == []


def test_another_day_is_another_page(town, at_work, day):
    case = town.handling()
    assert case.number in own(at_work(town.zhao), day)
    assert case.number not in own(at_work(town.zhao), "2026-01-01")
    for odd in ("x", "2026-02-30", "2999-01-01", ""):
        assert f'value="{timezone.localdate()}"' in own(at_work(town.zhao), odd)


def test_the_head_sees_those_of_the_own_community_and_nobody_else_does(town, at_work, day):
    case = town.handling()
    listed = at_work(town.zhou).get(reverse("crew_log")).content.decode()
    assert "赵建国" in listed
    assert "陈刚" not in listed
    his = reverse("crew_day", args=[town.zhao.pk])
    assert case.number in at_work(town.zhou).get(his, {"day": day}).content.decode()
    assert at_work(town.zhou).get(reverse("crew_day", args=[town.chen.pk])).status_code == 404
    for name in ("zhao", "qian", "sun", "han", "qin", "li"):
        assert at_work(town.people[name]).get(his).status_code == 403


def test_what_somebody_did_elsewhere_is_not_the_heads(town, at_work):
    town.handling()
    RoleGrant.objects.filter(person=town.zhao).update(area=town.far_grid)
    assert at_work(town.zhou).get(reverse("crew_day", args=[town.zhao.pk])).status_code == 404


def test_own_reports_as_a_resident_are_no_work(town):
    town.report(by=town.zhao)
    assert queries.day_of(town.zhao, timezone.localdate(town.now)) == []


@pytest.mark.parametrize("name", ["li", "auditor"])
def test_who_does_no_work_has_no_log(town, at_work, name):
    assert at_work(town.people[name]).get(reverse("day_log")).status_code == 403
