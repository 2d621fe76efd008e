"""Each turn: who may take it and who may not, what it does to the clocks, who hears of it, what it clears away."""

from datetime import datetime, timedelta

import pytest

from core import timers
from core.outbox import OutboxRow
from core.workflow import Actor, NotYours
from grievances import actions, notices, queries
from grievances.actions.timing import calendar_of
from grievances.models import Case
from grievances.workflow import State
from tests.grievances.town import LONG_ENOUGH, due_earlier

EVERYBODY = ("li", "wang", "zhao", "qian", "chen", "sun", "feng", "zhou", "han", "zhu", "qin", "auditor", "you")


def fresh(case: Case) -> Case:
    return Case.objects.select_related("area", "category", "holder_area").get(pk=case.pk)


def running(case: Case) -> set[str]:
    return set(timers.waiting_of(actions.LABEL, case.pk))


def asked(town, what, **given) -> Case:
    """A case in which 赵 asked for something."""
    case = town.handling()
    ask = getattr(actions, f"ask_{what}")
    return ask(case_id=case.pk, by=town.zhao, reason="缺件", at=town.at(minutes=30), **given)


def asked_for_time(town) -> Case:
    return asked(town, "extension", new=town.at(days=-30).replace(microsecond=0))


def asked_for_rest(town) -> Case:
    return asked(town, "suspension", code="funds", until=town.at(days=-20))


def urged(town) -> Case:
    case = town.handling()
    return actions.urge(case_id=case.pk, by=town.zhou, words="快办", until=town.at(days=-2), at=town.at(minutes=30))


def returned_twice(town) -> Case:
    case = town.returned()
    Case.objects.filter(pk=case.pk).update(returned=2)
    return fresh(case)


def proposed(town) -> Case:
    case = town.twice_reopened()
    return actions.propose_settlement(
        case_id=case.pk, by=town.han, reason="办不了", door="court", at=town.at(minutes=20)
    )


# A case that is ready, who may take the turn, and the turn.
WAYS = {
    "triage": (lambda town: town.report(), "sun", lambda town, who: actions.triage(
        **who, category=town.categories["leak"], urgency="urgent")),
    "recategorise": (lambda town: town.handling(), "sun", lambda town, who: actions.triage(
        **who, category=town.categories["leak"], urgency="normal", reason="分错了")),
    "answer_directly": (lambda town: town.report(), "sun", lambda town, who: actions.answer_directly(
        **who, result_text=LONG_ENOUGH)),
    "transfer": (lambda town: town.handling(), "sun", lambda town, who: actions.transfer(
        **who, holder=town.holder(town.next_grid), reason="他近")),
    "rule_return": (returned_twice, "zhou han zhu qin", lambda town, who: actions.rule_return(
        **who, holder=town.holder(town.next_grid), reason="归他")),
    "ask_reporter": (lambda town: town.handling(), "zhao", lambda town, who: actions.ask_reporter(
        **who, question="几楼？")),
    "reporter_answers": (lambda town: town.waiting(), "li", lambda town, who: actions.reporter_answers(
        **who, answer="三楼")),
    "end_waiting": (lambda town: town.waiting(), "zhao", lambda town, who: actions.end_waiting(**who)),
    "ask_extension": (lambda town: town.handling(), "zhao", lambda town, who: actions.ask_extension(
        **who, new=town.at(days=-30), reason="缺件")),
    "decide_extension": (asked_for_time, "zhou han zhu qin", lambda town, who: actions.decide_extension(
        **who, granted=True, reason="好")),
    "ask_suspension": (lambda town: town.handling(), "zhao", lambda town, who: actions.ask_suspension(
        **who, code="funds", until=town.at(days=-20), reason="等钱")),
    "suspend": (asked_for_rest, "zhou han zhu qin", lambda town, who: actions.suspend(
        **who, code="funds", until=town.at(days=-20))),
    "refuse_suspension": (asked_for_rest, "zhou han zhu qin", lambda town, who: actions.refuse_suspension(
        **who, reason="不行")),
    "resume": (lambda town: town.suspended(), "zhao zhou han zhu qin", lambda town, who: actions.resume(**who)),
    "check_pass": (lambda town: town.checking(), "sun zhou han", lambda town, who: actions.check_pass(**who)),
    "check_fail": (lambda town: town.checking(), "sun zhou han", lambda town, who: actions.check_fail(
        **who, reason="还在响")),
    "propose_settlement": (lambda town: town.twice_reopened(), "han zhu", lambda town, who: (
        actions.propose_settlement(**who, reason="办不了", door="court"))),
    "settle": (proposed, "zhu", lambda town, who: actions.settle(**who)),
    "drop_settlement": (proposed, "han zhu", lambda town, who: actions.drop_settlement(**who, reason="再试试")),
    "unmerge": (lambda town: town.merged(), "sun", lambda town, who: actions.unmerge(**who, reason="两件事")),
    "urge": (lambda town: town.handling(), "zhou han zhu qin", lambda town, who: actions.urge(
        **who, words="快办", until=town.at(days=-2))),
    "answer_urge": (urged, "zhao", lambda town, who: actions.answer_urge(**who, words="在办")),
    "comment": (lambda town: town.handling(), "zhao sun zhou han zhu qin", lambda town, who: actions.comment(
        **who, words="记一笔")),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_a_turn_is_for_these_people_and_nobody_else(town, name):
    make, right, turn = WAYS[name]
    case, may = make(town), right.split()
    for key in EVERYBODY:
        if key not in may:
            with pytest.raises(NotYours):
                turn(town, {"case_id": case.pk, "by": town.people[key], "at": town.now})
    assert fresh(case).last_seq == case.last_seq
    for key in may:
        one = make(town)
        took = turn(town, {"case_id": one.pk, "by": town.people[key], "at": town.now})
        assert (took.history.latest("seq").step, took.history.latest("seq").actor) == (name, town.people[key])


# clocks


@pytest.mark.parametrize("kind", ["waiting", "suspended"])
def test_a_pause_moves_the_deadline_by_exactly_the_working_time_it_took(town, kind):
    case = getattr(town, kind)()
    before, pause = case.due_at, case.pauses.get()
    assert running(case) == {"end_waiting" if kind == "waiting" else "resume"}
    later = town.at(days=-6)
    if kind == "waiting":
        case = actions.reporter_answers(case_id=case.pk, by=town.li, answer="三楼", at=later, recorded_at=later)
    else:
        case = actions.resume(case_id=case.pk, by=town.zhao, at=later, recorded_at=later)
    calendar = calendar_of(fresh(case))
    rest = calendar.between(pause.began_at, later)
    assert rest > 0
    assert calendar.between(before, case.due_at) == pytest.approx(rest)
    assert "mark_overdue" in running(case)
    assert not running(case) & {"end_waiting", "resume"}


def test_more_time_keeps_the_old_date_in_the_history(town):
    case = asked_for_time(town)
    old, new = case.due_at, town.at(days=-30).replace(microsecond=0)
    case = actions.decide_extension(case_id=case.pk, by=town.zhou, granted=True, reason="好", at=town.now)
    given = case.history.get(step="decide_extension").given
    assert case.due_at == new
    assert abs(datetime.fromisoformat(given["old"]) - old) < timedelta(milliseconds=1)
    assert datetime.fromisoformat(given["new"]) == new


def test_who_is_late_and_given_more_time_is_late_no_more(town):
    case = asked_for_time(town)
    due_earlier(case, town.at(minutes=20))
    actions.take_due_step(case.pk, "mark_overdue", town.at(minutes=10))
    timers.withdraw(actions.LABEL, case.pk, "mark_overdue")
    assert fresh(case).is_late
    assert "escalate" in running(case)
    case = actions.decide_extension(case_id=case.pk, by=town.zhou, granted=True, reason="好", at=town.now)
    assert not case.is_late
    assert running(case) & {"escalate", "mark_overdue"} == {"mark_overdue"}


def test_a_refused_extension_moves_nothing(town):
    case = asked_for_time(town)
    after = actions.decide_extension(case_id=case.pk, by=town.zhou, granted=False, reason="不行", at=town.now)
    assert (after.due_at, after.extended_to, after.asked) == (case.due_at, None, "")


def test_a_failed_check_runs_on_from_where_it_was(town):
    case = town.checking()
    due = case.due_at
    assert running(case) == set()
    case = actions.check_fail(case_id=case.pk, by=town.sun, reason="还在响", at=town.now)
    assert (case.state, case.due_at, case.result_at, case.result_in_time) == (State.HANDLING, due, None, None)
    assert "mark_overdue" in running(case)


def test_a_passed_check_keeps_what_was_judged_when_it_was_handed_in(town):
    case = town.checking()
    judged = case.result_at, case.result_in_time
    case = actions.check_pass(case_id=case.pk, by=town.sun, at=town.now)
    assert (case.result_at, case.result_in_time) == judged
    assert timers.waiting_of(actions.LABEL, case.pk) == {"close_unrated": town.now + timedelta(days=7)}


def test_a_direct_answer_stops_both_clocks(town):
    case = town.report()
    case = actions.answer_directly(case_id=case.pk, by=town.sun, result_text=LONG_ENOUGH, at=town.now)
    assert running(case) == {"close_unrated"}
    assert (case.contact_in_time, case.result_in_time, case.handler) == (True, True, town.sun)


def test_a_question_is_a_contact(town):
    case = town.handling()
    case = actions.ask_reporter(case_id=case.pk, by=town.zhao, question="几楼？", at=town.now)
    assert (case.contacted_at, case.contact_in_time) == (town.now, True)


# what was asked for


WAYS_OUT = {
    "return": lambda town, case: actions.give_back(
        case_id=case.pk, by=town.zhao, reason="不归我", proposed="物业", at=town.now
    ),
    "transfer": lambda town, case: actions.transfer(
        case_id=case.pk, by=town.sun, holder=town.holder(town.next_grid), reason="他近", at=town.now
    ),
    "ask_reporter": lambda town, case: actions.ask_reporter(
        case_id=case.pk, by=town.zhao, question="几楼？", at=town.now
    ),
    "result": lambda town, case: actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now),
    "withdraw": lambda town, case: actions.withdraw(case_id=case.pk, by=town.li, at=town.now),
    "merge": lambda town, case: actions.merge(case_id=case.pk, by=town.sun, main=town.report().pk, at=town.now),
}


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("ask", [asked_for_time, asked_for_rest])
def test_every_way_out_takes_what_was_asked_off_the_table(town, ask, way):
    case = ask(town)
    assert (case.asked_by, case.asked_seq) == (town.zhao, case.last_seq)
    case = WAYS_OUT[way](town, case)
    assert (case.asked, case.asked_by, case.asked_seq) == ("", None, 0)


@pytest.mark.parametrize("way", ["rate", "close_unrated"])
def test_an_end_takes_a_proposed_settlement_off_the_table(town, way):
    case = proposed(town)
    if way == "rate":
        actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=4, at=town.now)
    else:
        actions.take_due_step(case.pk, "close_unrated", town.now)
    case = fresh(case)
    assert (case.state, case.asked, case.asked_by) == (State.CLOSED, "", None)


# who hears


HEARS = {
    "ask_reporter": {("reporter", "li")},
    "reporter_answers": {("holder", "zhao")},
    "ask_extension": {("superior", "zhou")},
    "decide_extension": {("holder", "zhao"), ("reporter", "li")},
    "ask_suspension": {("superior", "zhou")},
    "suspend": {("holder", "zhao"), ("reporter", "li")},
    "refuse_suspension": {("holder", "zhao")},
    "check_fail": {("holder", "zhao"), ("reporter", "li")},
    "check_pass": {("reporter", "li")},
    "transfer": {("holder", "qian"), ("former", "zhao"), ("reporter", "li")},
    "rule_return": {("holder", "qian"), ("former", "zhao"), ("dispatcher", "sun"), ("reporter", "li")},
    "settle": {("reporter", "li"), ("holder", "han")},
    "propose_settlement": {("settler", "wei")},
    "urge": {("holder", "zhao"), ("dispatcher", "sun")},
    "answer_urge": {("superior", "zhou")},
    "unmerge": {("reporter", "li"), ("holder", "zhao")},
}


@pytest.mark.parametrize("name", HEARS)
def test_these_people_hear_of_it(town, name):
    make, right, turn = WAYS[name]
    case = turn(town, {"case_id": make(town).pk, "by": town.people[right.split()[0]], "at": town.now})
    row = OutboxRow.objects.filter(
        about=f"{actions.LABEL}:{case.pk}", kind=actions.flow.steps[name].puts[0]
    ).latest("pk")  # fmt: skip
    names = {person.pk: key for key, person in town.people.items()}
    told = {(who.as_role, names[who.person_id]) for who in notices.recipients(row, queries.for_notice(row))}
    assert told == HEARS[name]


def test_both_who_reported_hear_of_a_merging_and_of_the_result(town):
    case, main = town.report(), town.handling(by=town.wang)
    actions.merge(case_id=case.pk, by=town.sun, main=main.pk, at=town.at(minutes=30))
    actions.result(case_id=main.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    told = {}
    for row in OutboxRow.objects.filter(kind__in=("grievances.merged", "grievances.took_in", "grievances.result")):
        told[row.kind] = {who.person_id for who in notices.recipients(row, queries.for_notice(row))}
    assert town.li.pk in told["grievances.merged"]
    assert town.wang.pk in told["grievances.took_in"]
    assert {town.li.pk, town.wang.pk} <= told["grievances.result"]
