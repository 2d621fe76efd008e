"""Turns that should not go through, or only just: odd dates, moved clocks, circles of merging, one person twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import timers
from core.once import fresh_key
from core.workflow import Actor, BadMoment, Missing, NotYours, StepRefused
from grievances import actions, queries
from grievances.models import Case
from grievances.rules import CannotMerge, NotALaterDate, TooFar
from grievances.workflow import State, Wall
from tests.communities import make
from tests.grievances.town import LONG_ENOUGH

FAR = datetime(9999, 12, 30, 10, 0, tzinfo=UTC)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("area", "category", "holder_area").get(pk=case.pk)


def running(case: Case) -> set[str]:
    return set(timers.waiting_of(actions.LABEL, case.pk))


# dates


def asks(town, case, until):
    """Everything that a date is given with."""
    who = {"case_id": case.pk, "by": town.zhao, "at": town.now}
    return {
        "ask_extension": lambda: actions.ask_extension(**who, new=until, reason="缺件"),
        "ask_suspension": lambda: actions.ask_suspension(**who, code="funds", until=until, reason="等钱"),
        "urge": lambda: actions.urge(**who | {"by": town.zhou}, words="快办", until=until),
    }


@pytest.mark.parametrize("step", ["ask_extension", "ask_suspension", "urge"])
def test_dates_in_the_past_and_thousands_of_years_ahead_are_refused(town, step):
    case = town.handling()
    for until, refusal in ((town.at(days=1), NotALaterDate), (town.now, NotALaterDate), (FAR, TooFar)):
        with pytest.raises(refusal):
            asks(town, case, until)[step]()
    assert fresh(case).last_seq == case.last_seq


def test_an_extension_to_an_earlier_date_is_refused(town):
    case = town.handling()
    with pytest.raises(NotALaterDate):
        actions.ask_extension(
            case_id=case.pk, by=town.zhao, new=case.due_at - timedelta(hours=1), reason="早些", at=town.now
        )
    actions.ask_extension(
        case_id=case.pk, by=town.zhao, new=case.due_at + timedelta(days=2), reason="缺件", at=town.now
    )
    decided = {"case_id": case.pk, "by": town.zhou, "granted": True, "reason": "好", "at": town.now}
    for new, refusal in ((case.due_at, NotALaterDate), (FAR, TooFar)):
        with pytest.raises(refusal):
            actions.decide_extension(**decided, new=new)
    assert fresh(case).asked == "extension"


def test_a_rest_that_is_granted_after_its_date_is_refused_and_still_waits(town):
    case = town.handling()
    until = town.at(minutes=10)
    actions.ask_suspension(
        case_id=case.pk, by=town.zhao, code="weather", until=until, reason="等雨停", at=town.at(minutes=40)
    )
    with pytest.raises(NotALaterDate):
        actions.suspend(case_id=case.pk, by=town.zhou, code="weather", until=until, at=town.now)
    with pytest.raises(TooFar):
        actions.suspend(case_id=case.pk, by=town.zhou, code="weather", until=FAR, at=town.now)
    case = fresh(case)
    assert (case.state, case.asked, case.pauses.count()) == (State.HANDLING, "suspension", 0)
    actions.refuse_suspension(case_id=case.pk, by=town.zhou, reason="已经停了", at=town.now)


def test_the_form_of_a_far_date_keeps_what_was_typed(town, at_work):
    case = town.handling()
    sent = {"ask_extension-new": "9999-12-31", "ask_extension-reason": "等很久", "once": fresh_key()}
    answer = at_work(town.zhao).post(reverse("case_step", args=[case.pk, "ask_extension"]), sent)
    assert answer.status_code == 422
    assert "两年以内" in answer.content.decode()
    assert "等很久" in answer.content.decode()


@pytest.mark.parametrize("moment", [{"hours": 1}, {"hours": 73}, {"minutes": -5}])
def test_a_moved_clock_is_refused(town, moment):
    """Before the last step, more than 72 hours back, and ahead of now."""
    case = town.handling()
    with pytest.raises(BadMoment):
        actions.comment(case_id=case.pk, by=town.zhao, words="记一笔", at=town.at(**moment))
    assert fresh(case).last_seq == case.last_seq


# one person twice


def test_nobody_settles_alone(town):
    case = town.twice_reopened()
    make.grant(town.han, "district_official", town.areas["尧都区"], at=town.at(days=1))
    make.grant(town.han, "community_head", town.areas["滨河社区"], at=town.at(days=1))
    who = {"case_id": case.pk, "at": town.now}
    actions.propose_settlement(**who, by=town.han, reason="办不了", door="court")
    with pytest.raises(NotYours):
        actions.settle(**who, by=town.han)
    for again in (town.han, town.wei):
        with pytest.raises(StepRefused):
            actions.propose_settlement(**who, by=again, reason="办不了", door="court")
    actions.drop_settlement(**who, by=town.han, reason="再试试")
    actions.propose_settlement(**who, by=town.wei, reason="办不了", door="court")
    with pytest.raises(NotYours):
        actions.settle(**who, by=town.wei)
    assert actions.settle(**who, by=town.han).outcome == "unsolved_settled"


def test_only_the_street_settles(town):
    case = town.twice_reopened()
    for other in (town.sun, town.zhou, town.zhao, town.li):
        with pytest.raises(NotYours):
            actions.propose_settlement(case_id=case.pk, by=other, reason="办不了", door="court", at=town.now)
    with pytest.raises(Missing):
        actions.propose_settlement(case_id=case.pk, by=town.han, reason=" ", door="court", at=town.now)


def test_an_urging_is_answered_once(town):
    case = town.handling()
    actions.urge(case_id=case.pk, by=town.zhou, words="快办", until=town.at(days=-2), at=town.at(minutes=30))
    with pytest.raises(StepRefused):
        actions.urge(case_id=case.pk, by=town.han, words="快", until=town.at(days=-2), at=town.at(minutes=29))
    actions.answer_urge(case_id=case.pk, by=town.zhao, words="在办", at=town.at(minutes=20))
    with pytest.raises(StepRefused) as refusal:
        actions.answer_urge(case_id=case.pk, by=town.zhao, words="在办", at=town.now)
    assert refusal.value.last.step == "answer_urge"
    assert "warn_urge" not in running(case)


def test_an_answer_that_is_owed_stays_owed_when_the_case_is_answered_or_reopened(town):
    case = town.report()
    actions.urge(case_id=case.pk, by=town.zhou, words="快办", until=town.at(days=-2), at=town.at(minutes=90))
    actions.answer_directly(case_id=case.pk, by=town.sun, result_text=LONG_ENOUGH, at=town.at(minutes=60))
    assert running(case) == {"warn_urge", "close_unrated"}
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="没好", at=town.at(minutes=30))
    assert "warn_urge" in running(case)
    assert "close_unrated" not in running(case)


# answers that come too late


def test_an_answer_after_the_case_went_on_is_kept_for_the_resident(town, at_work):
    case = town.waiting()
    actions.end_waiting(case_id=case.pk, by=town.zhao, at=town.at(minutes=40))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.at(minutes=30))
    actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.at(minutes=20))
    sent = {"reporter_answers-answer": "三楼左手那家", "once": fresh_key()}
    answer = at_work(town.li).post(reverse("case_step", args=[case.pk, "reporter_answers"]), sent)
    assert answer.status_code == 409
    assert "三楼左手那家" in answer.content.decode()


def test_the_resident_is_not_told_what_staff_said_among_themselves(town, at_work):
    case = town.waiting()
    actions.end_waiting(case_id=case.pk, by=town.zhao, at=town.at(minutes=40))
    actions.comment(case_id=case.pk, by=town.zhao, words="这家难办", at=town.at(minutes=30))
    sent = {"reporter_answers-answer": "三楼左手那家", "once": fresh_key()}
    page = at_work(town.li).post(reverse("case_step", args=[case.pk, "reporter_answers"]), sent).content.decode()
    assert "内部留言" not in page
    assert "三楼左手那家" in page


def test_who_waited_for_a_check_has_the_full_time_to_say_that_it_is_not_solved(town):
    at = town.at(days=40)
    case = town.report(category=town.categories["lift"], at=at, recorded_at=at)
    at_ = {"case_id": case.pk, "at": at, "recorded_at": at}
    actions.dispatch(**at_, by=town.sun, holder=town.holder(), why="归他")
    actions.accept(**at_, by=town.zhao)
    actions.result(**at_, by=town.zhao, result_text=LONG_ENOUGH)
    passed = town.at(days=20)
    actions.check_pass(case_id=case.pk, by=town.sun, at=passed, recorded_at=passed)
    told = passed + timedelta(days=3)
    again = actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="还在响", at=told, recorded_at=told)
    assert again.state == State.DISPATCHED


# merging


def merge(town, case, main, **who):
    given = {"case_id": case.pk, "main": main.pk if isinstance(main, Case) else main, "by": town.sun, "at": town.now}
    return actions.merge(**given | who)


def test_what_does_not_go_together_is_not_merged(town):
    case, merged = town.report(), town.merged()
    main = fresh(merged).merged_into
    elsewhere = town.report(area=town.far_grid)
    for other in (case, 999_999_999, elsewhere, merged, town.report(kind="offence"), town.rejected(), town.suspended()):
        with pytest.raises(CannotMerge):
            merge(town, case, other)
    for one in (main, town.report(kind="offence")):
        with pytest.raises(CannotMerge):
            merge(town, one, case)
    with pytest.raises(CannotMerge):
        actions.merge(case_id=999_999_999, by=town.sun, main=case.pk, at=town.now)
    with pytest.raises(StepRefused):
        merge(town, merged, case)
    assert fresh(case).last_seq == case.last_seq


def test_only_the_dispatcher_of_the_place_merges_and_takes_apart(town):
    case, main, merged = town.dispatched(), town.report(), town.merged()
    for other in (town.zhao, town.li, town.zhou, town.feng, town.han):
        with pytest.raises(NotYours):
            merge(town, case, main, by=other)
        with pytest.raises(NotYours):
            actions.unmerge(case_id=merged.pk, by=other, reason="两件事", at=town.now)


def test_apart_twice_is_refused(town):
    case = town.merged()
    actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.at(minutes=10))
    with pytest.raises(StepRefused):
        actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.now)
    case = fresh(case)
    assert (case.state, case.closed_at, case.merged_into) == (State.DISPATCHED, None, None)
    assert "mark_overdue" in running(case)


def test_the_earlier_deadline_wins_and_each_has_its_own_again_apart(town):
    leak, slow = town.categories["leak"], town.categories["water"]
    case, main = town.report(category=leak), town.report(category=slow)
    own = main.due_at
    assert case.due_at < own
    merge(town, case, main, at=town.at(minutes=30))
    assert fresh(main).due_at == case.due_at
    assert timers.waiting_of(actions.LABEL, main.pk)["mark_overdue"] == case.due_at + timedelta(seconds=1)
    actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.at(minutes=20))
    assert (fresh(main).due_at, fresh(case).due_at) == (own, case.due_at)
    assert fresh(main).history.get(step="let_out").given["merged"] == case.pk


def test_a_pause_before_the_merging_does_not_move_what_did_not_rest(town):
    """A main case that rested for a week before is given the other's earlier deadline, unmoved."""
    at = town.at(days=9)
    main = town.report(at=at, recorded_at=at)
    case = town.report(at=at, recorded_at=at, category=town.categories["leak"])
    main.pauses.create(
        state="waiting", seq=1, began_at=town.at(days=8), until=town.at(days=2), ended_at=town.at(days=2)
    )
    merge(town, case, main)
    assert fresh(main).due_at == case.due_at


def test_more_time_for_a_main_case_counts_for_what_was_merged_into_it(town):
    case, main = town.report(category=town.categories["leak"]), town.handling()
    merge(town, case, main, at=town.at(minutes=40))
    until = town.at(days=-30).replace(microsecond=0)
    actions.ask_extension(case_id=main.pk, by=town.zhao, new=until, reason="缺件", at=town.at(minutes=30))
    actions.decide_extension(case_id=main.pk, by=town.zhou, granted=True, reason="好", at=town.at(minutes=20))
    assert fresh(main).due_at == until


def test_what_is_merged_leaves_the_wall_and_waits_for_it_again_apart(town):
    case, main = town.report(visibility="public"), town.report()
    actions.release(case_id=case.pk, by=town.sun, public_title="漏水", public_text="楼道漏水", at=town.at(minutes=50))
    merge(town, case, main, at=town.at(minutes=40))
    assert fresh(case).wall == Wall.NEVER
    assert not queries.wall_of(fresh(case).community).filter(case=case).exists()
    actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.at(minutes=30))
    assert fresh(case).wall == Wall.WAITS


@pytest.mark.parametrize("way", ["withdraw", "reject"])
def test_what_was_merged_goes_on_when_the_main_case_ends_without_a_result(town, way):
    case, main = town.dispatched(), town.report()
    merge(town, case, main, at=town.at(minutes=40))
    if way == "withdraw":
        actions.withdraw(case_id=main.pk, by=town.li, at=town.now)
    else:
        actions.reject(case_id=main.pk, by=town.sun, code="court", where_instead="法院", at=town.now)
    case = fresh(case)
    assert (case.state, case.merged_into, case.closed_at) == (State.DISPATCHED, None, None)
    assert case.history.last().role == "system"
    assert "mark_overdue" in running(case)


def test_who_left_meanwhile_does_not_get_it_back(town):
    case, main = town.handling(), town.report()
    merge(town, case, main, at=town.at(minutes=40))
    town.zhao.user.is_active = False
    town.zhao.user.save()
    case = actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.now)
    assert (case.state, case.handler) == (State.HANDLING, None)
    assert queries.people_holding(fresh(case))


def test_a_first_contact_that_was_missed_while_merged_is_told_afterwards(town):
    case, main = town.dispatched(category=town.categories["leak"]), town.report()
    merge(town, case, main, at=town.at(minutes=40))
    Case.objects.filter(pk=case.pk).update(reported_at=town.at(days=30))
    actions.unmerge(case_id=case.pk, by=town.sun, reason="两件事", at=town.at(minutes=20))
    assert {"warn_contact", "mark_overdue"} <= running(case)


# many, and unknown


def test_five_hundred_comments_cost_no_more_than_one(town, at_work):
    case = town.dispatched()

    def read(person):
        browser = at_work(person)
        with CaptureQueriesContext(connection) as queries_made:
            return browser.get(reverse("case", args=[case.pk])).content.decode(), len(queries_made)

    def comment(numbers):
        for number in numbers:
            actions.comment(case_id=case.pk, by=town.zhao, words=f"第 {number} 句", at=town.at(minutes=50))

    comment([0])
    read(town.zhao)
    _page, few = read(town.zhao)
    comment(range(1, 500))
    page, many = read(town.zhao)
    assert "第 499 句" in page
    assert many <= few
    assert "第 499 句" not in read(town.li)[0]


@pytest.mark.parametrize(
    ("step", "who", "sent"),
    [
        ("triage", "sun", {"category": "nobody-knows", "urgency": "normal"}),
        ("triage", "sun", {"category": "leak", "urgency": "at-once"}),
        ("triage", "sun", {"category": "leak", "urgency": "normal", "tier": "huge", "reason": "大"}),
        ("dispatch", "sun", {"holder": "person:999999999", "why": "归他"}),
        ("dispatch", "sun", {"holder": "';drop", "why": "归他"}),
        ("merge", "sun", {"number": "LF2611-999999999999999999"}),
        ("merge", "sun", {"number": "六号楼那件"}),
    ],
)
def test_codes_that_nobody_knows_are_refused_with_what_was_typed(town, at_work, step, who, sent):
    case = town.report()
    data = {f"{step}-{name}": value for name, value in sent.items()} | {"once": fresh_key()}
    answer = at_work(town.people[who]).post(reverse("case_step", args=[case.pk, step]), data)
    assert answer.status_code == 422
    assert fresh(case).last_seq == case.last_seq
