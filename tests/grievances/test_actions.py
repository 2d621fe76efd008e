"""Every verb by the right person, the wrong person of the same place, and the right role next door."""

from datetime import timedelta

import pytest

from accounts import actions as accounts
from core.history import StepText
from core.once import AlreadyDone, Key, fresh_key
from core.outbox import OutboxRow
from core.timers import Timer, sweep
from core.workflow import Actor, BadMoment, Missing, NotYours, Stale, StepRefused
from grievances import actions, routing
from grievances.actions import LABEL
from grievances.actions.timing import PAST
from grievances.models import CaseHolder, CasePhoto, Rating
from grievances.rules import NotForThem, NoThirdTime, PhotosMissing, TextTooShort
from grievances.workflow import ANSWER_DAYS, Outcome, State
from tests.communities import make
from tests.grievances.town import LONG_ENOUGH, due_earlier

RUNNING = {"contact_soon", "warn_contact", "warn_due", "mark_overdue"}


def timers_of(case) -> set[str]:
    return set(Timer.objects.filter(label=LABEL, subject_id=case.pk).values_list("step", flat=True))


def told(case) -> list[str]:
    return list(OutboxRow.objects.filter(about=f"{LABEL}:{case.pk}").order_by("id").values_list("kind", flat=True))


def key_of(person) -> Key:
    return Key(f"person:{person.pk}", fresh_key())


# report


def test_a_report_keeps_its_words_and_starts_both_clocks(town):
    case = town.report(category=town.categories["leak"])
    row = case.history.get()
    assert (case.state, case.title) == (State.REPORTED, "楼道口漏水，地面结冰")
    assert StepText.objects.get(pk=row.texts["text"]).body.endswith("老人差点滑倒。")
    assert case.reported_at < case.contact_due < case.due_at
    assert (case.community, case.compound) == (town.areas["滨河社区"], town.areas["锦绣花园"])
    assert timers_of(case) == RUNNING
    assert told(case) == ["grievances.reported"]


def test_free_text_stays_out_of_the_row(town):
    row = town.report(text="我叫李晓梅，电话 13812340000").history.get()
    assert "李晓梅" not in str(row.given)
    assert "13812340000" not in str(row.given)


def test_an_offence_is_always_confidential(town):
    assert town.report(kind="offence", visibility="public").is_confidential


def test_for_another_only_with_consent(town):
    with pytest.raises(NotForThem):
        town.report(by=town.wang, reporter=town.li)
    accounts.let_act_for(
        person=town.wang, for_person=town.li, at=town.at(days=1), valid_from=town.at(days=1), valid_until=None,
        text_version="1",
    )  # fmt: skip
    case = town.report(by=town.wang, reporter=town.li)
    row = case.history.get()
    assert (case.reporter, case.proxy, case.source) == (town.li, town.wang, "proxy")
    assert (row.actor, row.acted_for, row.role) == (town.wang, town.li, "proxy")


def test_a_rule_that_says_so_dispatches_at_once(town):
    actions.add_rule(area=town.areas["尧都区"], category=town.categories["water"], role="grid_worker", at_once=True)
    case = town.report(category=town.categories["leak"])
    assert (case.state, case.holder_area) == (State.DISPATCHED, town.grid)
    rows = list(case.history.order_by("seq"))
    assert [(row.step, row.actor_kind) for row in rows] == [("report", "person"), ("dispatch", "system")]
    assert rows[1].given["rule"]


# dispatch


def test_dispatch_by_the_community_of_the_place(town):
    case = town.dispatched()
    assert (case.state, case.holder_role, case.holder_area) == (State.DISPATCHED, "grid_worker", town.grid)
    assert timers_of(case) == RUNNING
    assert told(case)[-1] == "grievances.dispatched"


@pytest.mark.parametrize("who", ["li", "zhao", "feng", "auditor"])
def test_others_do_not_dispatch(town, who):
    case = town.report()
    with pytest.raises(NotYours):
        actions.dispatch(case_id=case.pk, by=town.people[who], holder=town.holder(), why="因为", at=town.now)


def test_where_nobody_dispatches_the_level_above_does(town):
    """An empty role climbs: the head of the community stands in, the head next door does not."""
    make.actions.revoke_role(grant_id=town.sun.role_grants.get().pk, by=None, at=town.at(hours=5))
    case = town.report()
    with pytest.raises(NotYours):
        actions.dispatch(case_id=case.pk, by=town.han, holder=town.holder(), why="因为", at=town.now)
    done = actions.dispatch(case_id=case.pk, by=town.zhou, holder=town.holder(), why="因为", at=town.now)
    assert done.state == State.DISPATCHED


def test_the_head_does_not_dispatch_beside_a_dispatcher(town):
    case = town.report()
    with pytest.raises(NotYours):
        actions.dispatch(case_id=case.pk, by=town.zhou, holder=town.holder(), why="因为", at=town.now)


def test_a_new_category_sets_the_clocks_anew_from_the_report(town):
    case = town.report()
    before = case.due_at
    case = actions.dispatch(
        case_id=case.pk, by=town.sun, holder=town.holder(), why="漏水", category=town.categories["leak"], at=town.now
    )
    assert case.category == town.categories["leak"]
    assert case.due_at < before
    assert Timer.objects.get(subject_id=case.pk, step="mark_overdue").due_at == case.due_at + PAST


def test_an_empty_role_climbs_and_staff_are_told(town):
    """Nobody works in the second grid of 平阳: its community worker gets the case."""
    empty = routing.Holder(role="grid_worker", area=town.areas["平阳社区第2网格"])
    case = town.report(area=town.areas["平阳社区第2网格"])
    case = actions.dispatch(case_id=case.pk, by=town.feng, holder=empty, why="属第 2 网格", at=town.now)
    assert case.holder_area == town.areas["平阳社区"]
    assert "grievances.role_empty" in told(case)
    row = OutboxRow.objects.get(kind="grievances.role_empty")
    assert row.ids["missing"] == empty.code
    assert actions.accept(case_id=case.pk, by=town.feng, at=town.now).handler == town.feng


# accept


def test_accept_makes_it_this_persons(town):
    case = town.handling()
    assert (case.state, case.handler) == (State.HANDLING, town.zhao)
    assert CaseHolder.objects.filter(case=case, person=town.zhao).exists()


@pytest.mark.parametrize("who", ["li", "sun", "qian", "chen", "zhou", "you"])
def test_others_do_not_accept(town, who):
    case = town.dispatched()
    with pytest.raises(NotYours):
        actions.accept(case_id=case.pk, by=town.people[who], at=town.now)


def test_an_organisations_people_accept_for_it(town):
    case = town.dispatched(holder=routing.Holder(organisation=town.company))
    with pytest.raises(NotYours):
        actions.accept(case_id=case.pk, by=town.zhao, at=town.now)
    assert actions.accept(case_id=case.pk, by=town.you, at=town.now).handler == town.you


def test_who_follows_in_the_role_takes_over(town):
    case = town.dispatched()
    make.actions.revoke_role(grant_id=town.zhao.role_grants.get().pk, by=None, at=town.at(minutes=10))
    make.grant(town.qian, "grid_worker", town.grid, at=town.at(minutes=9))
    with pytest.raises(NotYours):
        actions.accept(case_id=case.pk, by=town.zhao, at=town.now)
    assert actions.accept(case_id=case.pk, by=town.qian, at=town.now).handler == town.qian


# contact


def test_the_first_contact_stops_its_clock(town):
    case = town.handling()
    case = actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好下午去", at=town.at(minutes=20))
    assert (case.contacted_at, case.contact_in_time) == (town.at(minutes=20), True)
    assert "warn_contact" not in timers_of(case)
    again = actions.contact(case_id=case.pk, by=town.zhao, how="visit", line="又去了一次", at=town.at(minutes=10))
    assert again.contacted_at == town.at(minutes=20)


@pytest.mark.parametrize("who", ["sun", "qian", "li"])
def test_others_do_not_write_down_a_contact(town, who):
    case = town.handling()
    with pytest.raises(NotYours):
        actions.contact(case_id=case.pk, by=town.people[who], how="phone", line="打过", at=town.now)


# give back


def test_a_return_is_counted_and_goes_to_the_dispatcher_again(town):
    case = town.returned()
    assert (case.state, case.returned, case.handler) == (State.RETURNED, 1, None)
    assert timers_of(case) == {*RUNNING, "warn_ruling"}
    again = actions.dispatch(
        case_id=case.pk, by=town.sun, holder=routing.Holder(organisation=town.company), why="管网归物业", at=town.now
    )
    assert (again.state, again.holder_organisation, again.holder_role) == (State.DISPATCHED, town.company, "")


@pytest.mark.parametrize("who", ["li", "sun", "qian", "chen"])
def test_others_do_not_give_back(town, who):
    case = town.dispatched()
    with pytest.raises(NotYours):
        actions.give_back(case_id=case.pk, by=town.people[who], reason="不归我", proposed="物业", at=town.now)


# result


def test_a_result_in_time_stops_every_clock_and_waits_for_the_answer(town):
    case = town.finished()
    assert (case.state, case.result_in_time, case.contact_in_time) == (State.FEEDBACK, True, True)
    assert timers_of(case) == {"close_unrated"}
    assert Timer.objects.get(subject_id=case.pk).due_at == case.result_at + ANSWER_DAYS


def test_a_late_result_is_late_for_ever(town):
    case = town.handling(at=town.at(hours=2))
    case.due_at = town.at(minutes=50)
    case.save(update_fields=["due_at"])
    case = actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    assert case.result_in_time is False


@pytest.mark.parametrize("who", ["li", "sun", "qian", "chen"])
def test_others_report_no_result(town, who):
    case = town.handling()
    with pytest.raises(NotYours):
        actions.result(case_id=case.pk, by=town.people[who], result_text=LONG_ENOUGH, at=town.now)


def test_a_result_says_enough_and_shows_photos(town, shoot):
    case = town.handling(category=town.categories["drain"])
    owner = f"person:{town.zhao.pk}"
    with pytest.raises(TextTooShort):
        actions.result(case_id=case.pk, by=town.zhao, result_text="好了", at=town.now)
    with pytest.raises(PhotosMissing) as refusal:
        actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    assert "处理前照片 1 张" in refusal.value.sentence()
    before, after = shoot(town.zhao), shoot(town.zhao)
    actions.result(
        case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, before=before, after=after, owner=owner, at=town.now
    )
    assert list(CasePhoto.objects.filter(case=case).order_by("pk").values_list("slot", flat=True)) == [
        "before",
        "after",
    ]


def test_a_refused_result_leaves_nothing_behind(town):
    case = town.handling(category=town.categories["drain"])
    rows, texts = case.last_seq, StepText.objects.count()
    with pytest.raises(PhotosMissing):
        actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    case.refresh_from_db()
    assert (case.state, case.last_seq, StepText.objects.count()) == (State.HANDLING, rows, texts)


# the resident's answer


def test_a_rating_closes_as_solved(town):
    case = town.closed()
    assert (case.state, case.outcome, case.closed_at) == (State.CLOSED, Outcome.SOLVED, town.at(minutes=30))
    assert timers_of(case) == set()
    assert Rating.objects.get(case=case).stars == 5


@pytest.mark.parametrize("who", ["zhao", "sun", "wang"])
def test_others_do_not_rate(town, who):
    case = town.finished()
    with pytest.raises(NotYours):
        actions.rate(case_id=case.pk, actor=Actor.of(town.people[who]), contacted=True, stars=5, at=town.now)


def test_not_solved_goes_back_to_the_same_holder_then_one_level_up_then_no_more(town):
    case = town.finished()
    actor = Actor.of(town.li)
    case = actions.reopen(case_id=case.pk, actor=actor, reason="还在漏", contacted=True, at=town.at(minutes=30))
    assert (case.state, case.holder_area, case.handler) == (State.DISPATCHED, town.grid, town.zhao)
    actions.accept(case_id=case.pk, by=town.zhao, at=town.at(minutes=25))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.at(minutes=20))
    case = actions.reopen(case_id=case.pk, actor=actor, reason="又漏了", at=town.at(minutes=15))
    assert (case.holder_role, case.holder_area) == ("street_official", town.areas["鼓楼西街街道"])
    actions.accept(case_id=case.pk, by=town.han, at=town.at(minutes=10))
    actions.result(case_id=case.pk, by=town.han, result_text=LONG_ENOUGH, at=town.at(minutes=5))
    with pytest.raises(NoThirdTime):
        actions.reopen(case_id=case.pk, actor=actor, reason="第三次", at=town.now)


def test_a_closed_case_is_opened_again_within_fourteen_days(town):
    case = actions.reopen(case_id=town.closed().pk, actor=Actor.of(town.li), reason="又漏了", at=town.now)
    assert (case.state, case.outcome, case.closed_at) == (State.DISPATCHED, "", None)
    assert timers_of(case) >= {"mark_overdue"}


def test_a_late_answer_replaces_not_rated(town):
    case = town.finished()
    actions.take_due_step(case.pk, "close_unrated", town.at(minutes=20), town.at(minutes=20))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.NOT_RATED)
    case = actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=4, at=town.now)
    assert case.outcome == Outcome.SOLVED
    with pytest.raises(StepRefused):
        actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=1, at=town.now)


# reject, withdraw, leave


@pytest.mark.parametrize("who", ["li", "zhao", "feng", "zhou"])
def test_others_do_not_reject(town, who):
    case = town.report()
    with pytest.raises(NotYours):
        actions.reject(case_id=case.pk, by=town.people[who], code="court", where_instead="法院", at=town.now)


def test_a_rejected_case_says_where_to_go(town):
    case = town.rejected()
    row = case.history.get(seq=case.last_seq)
    assert case.state == State.REJECTED
    assert StepText.objects.get(pk=row.texts["where_instead"]).body == "请拨打 12315"
    assert timers_of(case) == set()


@pytest.mark.parametrize("who", ["wang", "zhao", "sun"])
def test_others_do_not_withdraw(town, who):
    case = town.dispatched()
    with pytest.raises(NotYours):
        actions.withdraw(case_id=case.pk, by=town.people[who], at=town.now)


def test_a_matter_of_safety_goes_on_without_the_reporter(town):
    case = town.dispatched(category=town.categories["gas"])
    with pytest.raises(StepRefused):
        actions.withdraw(case_id=case.pk, by=town.li, at=town.now)
    case = actions.leave(case_id=case.pk, by=town.li, at=town.now)
    assert (case.state, case.reporter_left) == (State.DISPATCHED, True)
    with pytest.raises(StepRefused):
        actions.leave(case_id=case.pk, by=town.li, at=town.now)
    with pytest.raises(StepRefused):
        actions.leave(case_id=town.dispatched().pk, by=town.li, at=town.now)


# the clock


def test_the_clock_warns_and_marks(town):
    case = town.dispatched()
    actions.take_due_step(case.pk, "warn_due", town.now, town.now)
    due_earlier(case, town.at(minutes=1))
    for step in ("warn_contact", "mark_overdue"):
        actions.take_due_step(case.pk, step, town.now, town.now)
    case.refresh_from_db()
    assert (case.is_late, case.contact_in_time, case.state) == (True, False, State.DISPATCHED)
    assert told(case)[-3:] == ["grievances.due_soon", "grievances.contact_late", "grievances.overdue"]


@pytest.mark.django_db(transaction=True)
def test_a_timer_of_a_case_that_moved_on_goes_away(town):
    case = town.finished()
    Timer.objects.create(label=LABEL, subject_id=case.pk, step="mark_overdue", due_at=town.at(minutes=1))
    assert sweep(at=town.now) == 1
    case.refresh_from_db()
    assert (case.is_late, timers_of(case)) == (False, {"close_unrated"})


@pytest.mark.django_db(transaction=True)
def test_seven_days_without_an_answer_close_as_not_rated(town):
    case = town.finished()
    later = case.result_at + ANSWER_DAYS
    sweep(at=later - timedelta(minutes=1))
    case.refresh_from_db()
    assert case.state == State.FEEDBACK
    Timer.objects.filter(subject_id=case.pk).update(due_at=town.at(minutes=1))
    sweep(at=town.now)
    case.refresh_from_db()
    assert (case.outcome, timers_of(case)) == (Outcome.NOT_RATED, set())


# bad moments, stale pages, double presses


def test_no_step_before_the_one_before_it(town):
    case = town.dispatched()
    for moment in (town.at(minutes=70), town.now + timedelta(hours=1), town.at(hours=73)):
        with pytest.raises(BadMoment):
            actions.accept(case_id=case.pk, by=town.zhao, at=moment)


def test_a_page_that_is_older_than_the_case_is_refused(town):
    case = town.dispatched()
    seen = case.last_seq
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.at(minutes=30))
    with pytest.raises(Stale) as refusal:
        actions.give_back(case_id=case.pk, by=town.zhao, reason="不归我", proposed="物业", at=town.now, expect=seen)
    assert (refusal.value.last.step, refusal.value.last.actor) == ("contact", town.zhao)


def test_a_double_press_counts_once(town):
    case = town.dispatched()
    key = key_of(town.zhao)
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.now, once=key)
    with pytest.raises(AlreadyDone):
        actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.now, once=key)
    assert case.history.filter(step="contact").count() == 1


def test_the_same_report_twice_is_one_case_and_leads_to_it(town):
    key = key_of(town.li)
    case = town.report(once=key)
    with pytest.raises(AlreadyDone) as answer:
        town.report(once=key)
    assert answer.value.address == f"/cases/{case.pk}/"


def test_a_refused_step_leaves_its_key_unspent(town):
    case = town.dispatched()
    key = key_of(town.zhao)
    with pytest.raises(Missing):
        actions.contact(case_id=case.pk, by=town.zhao, how="phone", line=" ", at=town.now, once=key)
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.now, once=key)
