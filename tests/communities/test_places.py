"""The calendar of a place, homes and owners, organisations near a place."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from communities import actions, queries, rules
from communities.models import CalendarDay, DutyHours, Home, Ownership
from core.reference import steady
from tests.communities.make import NOW, home, organisation, person, staff

CITY = ZoneInfo("Asia/Shanghai")


def test_a_place_without_hours_has_the_usual_ones(linfen):
    calendar = queries.calendar_for(linfen["滨河社区"])
    monday = datetime(2026, 3, 2, tzinfo=CITY)
    assert calendar.is_open(monday.replace(hour=8, minute=30))
    assert not calendar.is_open(monday.replace(hour=13))
    assert calendar.is_open(monday.replace(hour=17, minute=59))
    assert calendar.next_open(datetime(2026, 3, 7, 10, tzinfo=CITY)) == datetime(2026, 3, 9, 8, 30, tzinfo=CITY)


def test_the_nearest_hours_up_the_tree_win_as_a_whole(linfen):
    actions.set_duty_hours(
        area=linfen["尧都区"], spans=[(0, time(9), time(12)), (0, time(14), time(17))], by=None, at=NOW
    )
    actions.set_duty_hours(area=linfen["滨河社区"], spans=[(5, time(9), time(16))], by=None, at=NOW)
    assert queries.hours_at(linfen["平阳社区"]) == {0: ((time(9), time(12)), (time(14), time(17)))}
    assert queries.hours_at(linfen["滨河社区第1网格"]) == {5: ((time(9), time(16)),)}
    actions.set_duty_hours(area=linfen["滨河社区"], spans=[], by=None, at=NOW)
    assert set(queries.hours_at(linfen["滨河社区"])) == {0}


@pytest.mark.parametrize(
    "spans", [[(0, time(9), time(12)), (0, time(11), time(14))], [(0, time(12), time(9))]], ids=["overlap", "backwards"]
)
def test_hours_that_make_no_sense_are_refused(linfen, spans):
    with pytest.raises(ValueError, match="时间"):
        actions.set_duty_hours(area=linfen["滨河社区"], spans=spans, by=None, at=NOW)
    assert not DutyHours.objects.exists()


def test_administrators_set_hours_of_their_place_only(linfen):
    spans = [(0, time(9), time(12))]
    actions.set_duty_hours(area=linfen["滨河社区"], spans=spans, by=staff("area_admin", linfen["滨河社区"]), at=NOW)
    for wrong in (staff("community_head", linfen["滨河社区"]), staff("area_admin", linfen["平阳社区"])):
        with pytest.raises(rules.NotAllowed):
            actions.set_duty_hours(area=linfen["滨河社区"], spans=spans, by=wrong, at=NOW)


def test_a_calendar_that_is_known_costs_the_asking_for_changes(linfen, django_assert_num_queries):
    queries.calendar_for(linfen["滨河社区"])
    with steady(), django_assert_num_queries(1):
        queries.calendar_for(linfen["滨河社区"])


@pytest.mark.django_db
def test_holidays_and_make_up_workdays_are_seeded_and_edits_stay():
    CalendarDay.objects.create(date=date(2026, 10, 1), is_working=True, note="本地通知")
    listed = actions.seed_calendar(years=[2025, 2026])
    assert min(listed.values()) > 20
    days = dict(CalendarDay.objects.values_list("date", "is_working"))
    assert days[date(2026, 10, 1)] is True
    assert days[date(2026, 10, 2)] is False
    assert days[date(2026, 2, 14)] is True, "a Saturday worked for Spring Festival"
    calendar = queries.calendar_for(None)
    assert calendar.unknown_years(NOW, NOW) == ()
    assert calendar.is_working_day(date(2026, 2, 14))


@pytest.mark.django_db
def test_a_year_not_published_is_unknown_and_never_an_error(capsys):
    assert actions.seed_calendar(years=[2099]) == {2099: 0}
    assert queries.unknown_calendar_years([2026, 2099]) == [2026, 2099]
    call_command("seed_calendar", "2026", "2099")
    said = capsys.readouterr()
    assert "2026:" in said.out
    assert "2099: not published yet" in said.err
    assert queries.unknown_calendar_years([2026, 2099]) == [2099]
    assert queries.calendar_for(None).is_working_day(date(2099, 10, 1))


def test_buildings_and_homes_are_made_once(linfen):
    first, again = home(linfen["锦绣花园"]), home(linfen["锦绣花园"])
    assert first == again
    assert str(first) == "1号楼 1单元 101"
    with pytest.raises(rules.WrongKind):
        actions.add_building(compound=linfen["滨河社区"], name="1号楼", by=None)


def test_homes_are_added_by_the_community_s_people(linfen):
    actions.add_building(compound=linfen["锦绣花园"], name="9号楼", by=staff("community_staff", linfen["滨河社区"]))
    for wrong in (
        person(),
        staff("community_staff", linfen["平阳社区"]),
        staff("grid_worker", linfen["滨河社区第1网格"]),
    ):
        with pytest.raises(rules.NotAllowed):
            actions.add_building(compound=linfen["锦绣花园"], name="9号楼", by=wrong)


def test_a_floor_area_has_a_source(linfen):
    built = home(linfen["锦绣花园"])
    for fields in (
        {"floor_area": Decimal("88.50")},
        {"area_source": "survey"},
        {"floor_area": 0, "area_source": "survey"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Home.objects.filter(pk=built.pk).update(**fields)
    made = actions.add_home(
        building=built.building, room="102", by=None, floor_area=Decimal("88.50"), area_source="register"
    )
    assert made.floor_area == Decimal("88.50")


def test_shares_of_a_home_never_exceed_the_whole(linfen):
    built, today = home(linfen["锦绣花园"]), date(2026, 3, 2)

    def own(share, since=today, until=None):
        return actions.add_owner(home=built, share=share, since=since, until=until, person=person(), by=None)

    own(Fraction(2, 3))
    own(Fraction(1, 3), until=today + timedelta(30))
    with pytest.raises(rules.ShareTooLarge):
        own(Fraction(1, 100))
    with pytest.raises(rules.ShareTooLarge):
        own(Fraction(1, 100), since=today - timedelta(10))
    own(Fraction(1, 3), since=today + timedelta(30))
    assert Ownership.objects.count() == 3


def test_a_share_has_one_owner(linfen):
    built = home(linfen["锦绣花园"])
    both = {"person": person(), "organisation": organisation(linfen["锦绣花园"])}
    for owner in ({}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ownership.objects.create(home=built, valid_from=date(2026, 1, 1), **owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ownership.objects.create(home=built, person=person(), share_num=2, valid_from=date(2026, 1, 1))


def test_the_nearest_organisation_of_a_kind(linfen):
    far = organisation(linfen["尧都区"], name="大物业")
    assert queries.nearest_organisation("property", linfen["滨河社区第1网格"]) == far
    near = organisation(linfen["锦绣花园"])
    assert queries.nearest_organisation("property", linfen["滨河社区第1网格"]) == near
    assert queries.nearest_organisation("property", linfen["府东小区"]) == far
    assert queries.nearest_organisation("owners", linfen["府东小区"]) is None
    assert queries.organisations_serving(linfen["锦绣花园"]) == [near, far]


def test_organisations_are_made_where_one_administers(linfen):
    keeper = staff("area_admin", linfen["滨河社区"])
    made = actions.create_organisation(kind="owners", name="锦绣业委会", areas=[linfen["锦绣花园"]], by=keeper)
    assert list(made.areas.all()) == [linfen["锦绣花园"]]
    with pytest.raises(rules.NotAllowed):
        actions.create_organisation(kind="owners", name="x", areas=[linfen["锦绣花园"], linfen["府东小区"]], by=keeper)
    with pytest.raises(rules.NotAllowed):
        actions.add_member(organisation=made, person=person(), by=staff("area_admin", linfen["平阳社区"]), at=NOW)
    actions.add_member(organisation=made, person=person(), by=keeper, at=NOW)
