"""Somebody is away from–until and a colleague stands in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions as accounts
from communities import actions, roles
from communities.models import StandIn
from communities.roles import Role
from communities.rules import AlreadyAway, AlreadyEnded, BadTerm, InACircle, NotAllowed, NotAPeer
from tests.communities import make

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def crew(linfen, now):
    """甲 and 乙 of one community's grids, 丙 of the next, an administrator of each, and somebody of the street."""
    places = {
        "jia": (Role.GRID_WORKER, linfen["滨河社区第1网格"]), "yi": (Role.GRID_WORKER, linfen["滨河社区第2网格"]),
        "staff": (Role.COMMUNITY_STAFF, linfen["滨河社区"]), "bing": (Role.GRID_WORKER, linfen["平阳社区第1网格"]),
        "admin": (Role.AREA_ADMIN, linfen["滨河社区"]), "other": (Role.AREA_ADMIN, linfen["平阳社区"]),
        "street": (Role.STREET_OFFICIAL, linfen["鼓楼西街街道"]),
    }  # fmt: skip
    found = {}
    for number, (key, (role, place)) in enumerate(places.items()):
        found[key] = accounts.register_person(name=key, phone=str(13912340000 + number), at=make.NOW)
        accounts.consent_to_privacy(person=found[key], at=make.NOW)
        accounts.make_user(person=found[key], at=make.NOW)
        make.grant(found[key], role, place, at=make.NOW)
    return found


def begin(crew, now, person="jia", stand_in="yi", by="", since=None, until=None):
    return actions.begin_stand_in(
        person=crew[person], stand_in=crew[stand_in], since=since or now, until=until or now + 3 * DAY,
        by=crew[by or person], at=now, reason="年假",
    )  # fmt: skip


def test_while_it_holds_the_work_is_both_ones(crew, now) -> None:
    row = begin(crew, now, since=now + DAY)
    assert roles.absent_for(crew["yi"], now) == []
    assert roles.absent_for(crew["yi"], now + 2 * DAY) == [crew["jia"]]
    assert roles.absent_for(crew["yi"], now + 3 * DAY) == []
    assert roles.away([crew["jia"].pk, crew["yi"].pk], now + 2 * DAY) == {crew["jia"].pk: row.valid_until}
    assert roles.stand_ins_for([crew["jia"]], now + 2 * DAY) == [crew["jia"], crew["yi"]]
    assert (row.holds_at(now), row.holds_at(now + DAY)) == (False, True)


def test_the_administrator_records_it_for_somebody(crew, now) -> None:
    assert begin(crew, now, by="admin").by == crew["admin"]


@pytest.mark.parametrize("by", ["yi", "other", "staff"])
def test_nobody_else_records_or_ends_it(crew, now, by) -> None:
    with pytest.raises(NotAllowed):
        begin(crew, now, by=by)
    row = begin(crew, now)
    with pytest.raises(NotAllowed):
        actions.end_stand_in(stand_in_id=row.pk, by=crew[by], at=now)


@pytest.mark.parametrize("stand_in", ["jia", "bing", "street"])
def test_only_a_colleague_of_the_same_community_stands_in(crew, now, stand_in) -> None:
    with pytest.raises(NotAPeer):
        begin(crew, now, stand_in=stand_in)
    assert {grant.person for grant in roles.peers_of(crew["jia"], now)} == {crew["yi"], crew["staff"], crew["admin"]}


def test_colleagues_of_one_unit_stand_in_for_each_other(crew, linfen, now) -> None:
    company, elsewhere = make.organisation(linfen["锦绣花园"], name="锦绣物业"), make.organisation(linfen["滨河社区"])
    made = {}
    for number, unit in enumerate((company, company, elsewhere)):
        made[number] = accounts.register_person(name=f"物业{number}", phone=str(13612340000 + number), at=make.NOW)
        accounts.make_user(person=made[number], at=make.NOW)
        make.grant(made[number], Role.ORG_STAFF, unit, at=make.NOW)
    assert [grant.person for grant in roles.peers_of(made[0], now)] == [made[1]]


@pytest.mark.parametrize(("since", "until"), [(-DAY, DAY), (DAY, DAY), (2 * DAY, DAY), (DAY, 400 * DAY)])
def test_dates_that_lie_back_or_end_before_they_begin_are_refused(crew, now, since, until) -> None:
    with pytest.raises(BadTerm):
        begin(crew, now, since=now + since, until=now + until)


def test_one_stand_in_at_a_time(crew, now) -> None:
    first = begin(crew, now)
    with pytest.raises(AlreadyAway):
        begin(crew, now, stand_in="staff", since=now + 2 * DAY, until=now + 5 * DAY)
    begin(crew, now, stand_in="staff", since=now + 3 * DAY, until=now + 5 * DAY)
    actions.end_stand_in(stand_in_id=first.pk, by=crew["jia"], at=now)
    begin(crew, now, stand_in="staff")


def test_the_database_refuses_an_overlap_too(crew, now) -> None:
    begin(crew, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandIn.objects.create(
            person=crew["jia"], stand_in=crew["staff"], valid_from=now, valid_until=now + DAY, by=crew["jia"]
        )


def test_two_do_not_stand_in_for_each_other_at_one_time(crew, now) -> None:
    begin(crew, now)
    with pytest.raises(InACircle):
        begin(crew, now, person="yi", stand_in="jia")
    begin(crew, now, person="yi", stand_in="jia", since=now + 3 * DAY, until=now + 4 * DAY)


def test_a_stand_in_who_is_away_too_leaves_the_work_to_the_dispatcher(crew, now) -> None:
    begin(crew, now)
    assert not roles.stranded([crew["jia"]], now)
    begin(crew, now, person="yi", stand_in="staff")
    assert roles.stand_ins_for([crew["jia"]], now) == [crew["jia"]]
    assert roles.stranded([crew["jia"]], now)
    assert not roles.stranded([crew["jia"], crew["staff"]], now)


def test_ended_early_it_holds_no_more(crew, now) -> None:
    row = begin(crew, now)
    ended = actions.end_stand_in(stand_in_id=row.pk, by=crew["admin"], at=now + DAY)
    assert (ended.ended_by, roles.absent_for(crew["yi"], now + DAY)) == (crew["admin"], [])
    with pytest.raises(AlreadyEnded):
        actions.end_stand_in(stand_in_id=row.pk, by=crew["jia"], at=now + DAY)
