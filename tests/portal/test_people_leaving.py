"""A person leaves: nothing stays in their name, and nobody is surprised."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from communities import actions as places
from communities.rules import LastAdmin, StillNamed
from core import outbox
from core.workflow import Actor, NotYours
from grievances import actions, queries
from grievances.models import CaseHistory
from grievances.routing import Holder
from grievances.rules import CannotTake, NotInHands
from notifications.models import Message
from tests.communities import make
from tests.grievances.town import BEGINNING, LONG_ENOUGH, newcomer


@pytest.fixture
def admin(town):
    """The administrator of 滨河社区."""
    who = newcomer("吴管", 13812349001)
    make.grant(who, "area_admin", town.areas["滨河社区"], at=BEGINNING)
    return who


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin.user)
    return client


def hand_over(town, case, to, by, leaving="zhao", **other):
    return actions.hand_over_case(
        case_id=case.pk, leaving=getattr(town, leaving), to=to, reason="调走了", by=by, at=timezone.now(), **other
    )


def test_a_case_being_handled_goes_to_the_successor(town, admin):
    case = town.handling()
    due = case.due_at
    hand_over(town, case, town.qian, admin)
    case.refresh_from_db()
    assert (case.state, case.handler, case.due_at) == ("handling", town.qian, due)
    row = CaseHistory.objects.filter(subject=case).latest("seq")
    assert (row.step, row.role, row.given["to"]) == ("hand_over", "administrator", f"person:{town.qian.pk}")


def test_a_case_given_by_name_waits_for_the_successor(town, admin):
    case = town.dispatched(Holder(person=town.zhao))
    hand_over(town, case, town.qian, admin)
    case.refresh_from_db()
    assert (case.state, case.holder_person, case.handler) == ("dispatched", town.qian, None)
    assert actions.accept(case_id=case.pk, by=town.qian, at=timezone.now()).state == "handling"


@pytest.mark.parametrize("who", ["sun", "feng", "zhao", "han", "li"])
def test_only_administrators_of_the_place_hand_over(town, who):
    case = town.handling()
    with pytest.raises(NotYours):
        hand_over(town, case, town.qian, getattr(town, who))


def test_the_administrator_of_the_next_place_does_not(town):
    case = town.handling()
    who = newcomer("邻管", 13812349003)
    make.grant(who, "area_admin", town.areas["平阳社区"], at=BEGINNING)
    with pytest.raises(NotYours):
        hand_over(town, case, town.qian, who)
    hand_over(town, case, town.qian, town.qin)


def test_the_successor_works_there_and_the_case_is_in_the_hands(town, admin):
    case = town.handling()
    with pytest.raises(CannotTake):
        hand_over(town, case, town.chen, admin)
    with pytest.raises(CannotTake):
        hand_over(town, case, town.zhao, admin)
    with pytest.raises(NotInHands):
        hand_over(town, case, town.sun, admin, leaving="qian")


def test_what_comes_back_after_somebody_left_does_not_wait_for_them(town, admin):
    by_role, by_name = town.finished(), town.dispatched(Holder(person=town.zhao))
    actions.accept(case_id=by_name.pk, by=town.zhao, at=town.at(minutes=50))
    actions.result(case_id=by_name.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.at(minutes=40))
    make.grant(town.qian, "grid_worker", town.grid, at=BEGINNING)
    places.revoke_role(grant_id=town.zhao.role_grants.get().pk, by=admin, at=town.at(minutes=20))
    for case in (by_role, by_name):
        actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="又漏了", at=town.now)
        case.refresh_from_db()
        assert town.zhao not in queries.people_holding(case)
    assert queries.people_holding(by_role) == [town.qian]
    assert by_name.holder_person is None


def told(person, kind="grievances.handed_over") -> int:
    while outbox.drain(at=timezone.now()):
        continue
    return Message.objects.filter(person=person, kind=kind).count()


def test_the_reporter_hears_of_it_only_when_somebody_had_begun(town, admin):
    hand_over(town, town.dispatched(Holder(person=town.zhao)), town.qian, admin)
    assert (told(town.qian), told(town.li)) == (1, 0)
    hand_over(town, town.handling(), town.qian, admin)
    assert (told(town.qian), told(town.li)) == (2, 1)


def test_the_reporter_reads_a_plain_line(client, town, admin):
    case = town.handling()
    hand_over(town, case, town.qian, admin)
    client.force_login(town.li.user)
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "换人接着办，答应您的时间不变" in page
    assert "调走了" not in page


def rule_for(town, person):
    return actions.create_rule(
        area=town.areas["滨河社区"], category=None, target=person, by=town.qin, at=timezone.now()
    )


def test_the_last_role_is_not_ended_over_work_and_rules(town, admin):
    town.handling()
    rule_for(town, town.zhao)
    grant = town.zhao.role_grants.get()
    with pytest.raises(StillNamed) as refusal:
        places.revoke_role(grant_id=grant.pk, by=admin, at=timezone.now())
    assert "1 件在办" in refusal.value.sentence()
    assert "1 条派单规则" in refusal.value.sentence()
    make.grant(town.zhao, "grid_worker", town.next_grid, at=BEGINNING)
    places.revoke_role(grant_id=grant.pk, by=admin, at=timezone.now())


def test_ending_the_last_role_leads_to_the_hand_over_which_frees_it(as_admin, town):
    cases, rule = [town.handling(), town.handling()], rule_for(town, town.zhao)
    end = reverse("grant", args=[town.zhao.role_grants.get().pk])
    page = reverse("person_hand_over", args=[town.zhao.pk])
    answer = as_admin.post(end, {"end": "1", "end-reason": "调走了"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    body = as_admin.get(page).content.decode()
    assert "2 件在办" in body
    assert cases[0].number in body
    assert cases[0].title not in body
    heap = f"to-r{town.grid.pk}-grid_worker"
    sent = {heap: town.qian.pk, f"rule-{rule.pk}": town.sun.pk, "case": [cases[0].pk], "reason": "调走了"}
    assert as_admin.post(page, sent)["Location"] == page
    assert as_admin.post(page, sent | {"case": [cases[1].pk]})["Location"] == reverse("person", args=[town.zhao.pk])
    for case in cases:
        case.refresh_from_db()
        assert case.handler == town.qian
    rule.refresh_from_db()
    assert rule.person == town.sun
    assert as_admin.post(end, {"end": "1", "end-reason": "调走了"})["Location"] == reverse(
        "person", args=[town.zhao.pk]
    )


def test_a_forged_successor_or_case_is_left_alone(as_admin, town):
    case = town.handling()
    far = town.report(area=town.far_grid)
    page = reverse("person_hand_over", args=[town.zhao.pk])
    sent = {f"to-r{town.grid.pk}-grid_worker": town.chen.pk, "case": [case.pk, far.pk], "reason": "调走了"}
    assert as_admin.post(page, sent)["Location"] == page
    case.refresh_from_db()
    assert case.handler == town.zhao
    assert as_admin.post(page, {"case": [case.pk]}).status_code == 422


def test_work_outside_the_tree_waits_for_the_level_above(as_admin, client, town):
    make.grant(town.zhao, "grid_worker", town.far_grid, at=BEGINNING)
    case = town.report(area=town.far_grid)
    actions.dispatch(case_id=case.pk, by=town.feng, holder=town.holder(town.far_grid), why="x", at=town.at(minutes=60))
    actions.accept(case_id=case.pk, by=town.zhao, at=town.at(minutes=50))
    page = reverse("person_hand_over", args=[town.zhao.pk])
    assert case.number not in as_admin.get(page).content.decode()
    client.force_login(town.qin.user)
    assert case.number in client.get(page).content.decode()


def test_the_last_administrator_of_the_city_stays(town):
    grant = town.qin.role_grants.get()
    with pytest.raises(LastAdmin):
        places.revoke_role(grant_id=grant.pk, by=town.qin, at=timezone.now())
    with pytest.raises(LastAdmin):
        places.extend_role(grant_id=grant.pk, until=timezone.now() + timedelta(days=1), by=town.qin, at=timezone.now())
    other = newcomer("另一位", 13812349009)
    made = make.grant(other, "city_admin", town.areas["临汾市"], at=BEGINNING)
    places.revoke_role(grant_id=grant.pk, by=other, at=timezone.now())
    with pytest.raises(LastAdmin):
        places.revoke_role(grant_id=made.pk, by=other, at=timezone.now())


def test_moved_meanwhile_is_told_and_the_rest_goes_on(town, admin):
    one, two = town.handling(), town.handling()
    actions.give_back(case_id=one.pk, by=town.zhao, reason="不归我", proposed="物业", at=timezone.now())
    to = dict.fromkeys((one.pk, two.pk), Person.objects.get(pk=town.qian.pk))
    handed = actions.hand_over_all(leaving=town.zhao, cases=to, rules={}, reason="调走了", by=admin, at=timezone.now())
    assert (handed.cases, len(handed.refused)) == (1, 1)
