"""Cases driven at random by everybody: whatever happens, what must hold of a case holds."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import recounting, timers
from core.outbox import OutboxRow
from core.refusals import Refused
from core.sealing import faults
from core.workflow import Actor
from grievances import actions, notices, queries, rules, telling
from grievances.models import Case, CaseHistory, WallItem
from grievances.routing import Holder
from grievances.workflow import ENDED, IN_HANDS, ON_WALL, RUNNING, UNTAKEN, State
from tests.grievances.town import LONG_ENOUGH

PEOPLE = ["li", "wang", "zhao", "qian", "sun", "feng", "zhou", "han", "wei", "you"]
CLOCK = [
    "contact_soon",
    "warn_contact",
    "warn_due",
    "mark_overdue",
    "escalate",
    "close_unrated",
    "end_waiting",
    "resume",
    "warn_ruling",
    "warn_urge",
]
IN_TIME = {"contact_soon", "warn_contact", "warn_due", "mark_overdue", "escalate"}
TURNS = ["triage", "answer_directly", "transfer", "rule_return", "ask_reporter", "reporter_answers", "end_waiting_now",
         "ask_extension", "grant_extension", "refuse_extension", "ask_suspension", "suspend", "refuse_suspension",
         "resume_now", "check_pass", "check_fail", "propose_settlement", "settle", "drop_settlement", "merge", "unmerge",
         "urge", "answer_urge", "comment"]  # fmt: skip
VERBS = ["dispatch", "to_company", "accept", "contact", "give_back", "result", "rate", "reopen", "reject", "withdraw",
         "leave", "add", "agree", "disagree", "release", "unrelease", *TURNS, *CLOCK]  # fmt: skip
PASSES = st.sampled_from([1, 1, 1, 1, 30, 30, 600, 4000, 20000])
WATCH = {"contact_soon", "warn_contact", "warn_due", "mark_overdue", "escalate"}
STEP_OF = {
    "to_company": "dispatch", "give_back": "return", "agree": "wish", "disagree": "wish",
    "end_waiting_now": "end_waiting", "grant_extension": "decide_extension", "refuse_extension": "decide_extension",
    "resume_now": "resume",
}  # fmt: skip
TRIED_BY = ["li", "zhao", "sun", "zhou", "han", "wei"]
ANYTHING = st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE))
MOVES = st.lists(
    st.tuples(st.one_of(st.integers(0, 999), st.integers(0, 999), ANYTHING), PASSES, st.integers(0, 5)),
    min_size=6,
    max_size=25,
)
LIKELY = [("dispatch", "sun"), ("accept", "zhao"), ("result", "zhao"), ("reopen", "li"), ("accept", "zhao"),
          ("result", "zhao"), ("reopen", "li"), ("accept", "han"), ("result", "han")]  # fmt: skip


def turns(town, case_id, person, at):
    """The further turns, each as a call."""
    who = {"case_id": case_id, "by": person, "at": at, "recorded_at": at}
    far, holder = at + timedelta(days=30), town.holder(town.next_grid)
    return {
        "triage": lambda: actions.triage(
            **who, category=town.categories["lift"], urgency="urgent", tier="hard", reason="调高"
        ),
        "answer_directly": lambda: actions.answer_directly(**who, result_text=LONG_ENOUGH),
        "transfer": lambda: actions.transfer(**who, holder=holder, reason="他近"),
        "rule_return": lambda: actions.rule_return(**who, holder=holder, reason="归他"),
        "ask_reporter": lambda: actions.ask_reporter(**who, question="几楼？"),
        "reporter_answers": lambda: actions.reporter_answers(**who, answer="三楼"),
        "end_waiting_now": lambda: actions.end_waiting(**who),
        "ask_extension": lambda: actions.ask_extension(**who, new=far, reason="缺件"),
        "grant_extension": lambda: actions.decide_extension(**who, granted=True, reason="可以"),
        "refuse_extension": lambda: actions.decide_extension(**who, granted=False, reason="不行"),
        "ask_suspension": lambda: actions.ask_suspension(**who, code="funds", until=far, reason="等钱"),
        "suspend": lambda: actions.suspend(**who, code="funds", until=far),
        "refuse_suspension": lambda: actions.refuse_suspension(**who, reason="不行"),
        "resume_now": lambda: actions.resume(**who),
        "check_pass": lambda: actions.check_pass(**who),
        "check_fail": lambda: actions.check_fail(**who, reason="没修好"),
        "propose_settlement": lambda: actions.propose_settlement(**who, reason="办不了", door="court"),
        "settle": lambda: actions.settle(**who),
        "drop_settlement": lambda: actions.drop_settlement(**who, reason="再试试"),
        "merge": lambda: actions.merge(**who, main=town.main.pk),
        "unmerge": lambda: actions.unmerge(**who, reason="两件事"),
        "urge": lambda: actions.urge(**who, words="快办", until=far),
        "answer_urge": lambda: actions.answer_urge(**who, words="在办"),
        "comment": lambda: actions.comment(**who, words="记一笔"),
    }  # fmt: skip


def allowed(town, case_id, at):
    """Every verb that somebody of the usual people may take now, with who: the table is asked."""
    case = Case.objects.select_related("area", "category", "holder_area").get(pk=case_id)
    found = []
    for who in TRIED_BY:
        steps = {step.name for step in actions.flow.possible(case, Actor.of(town.people[who]), at)}
        found += [(verb, who) for verb in VERBS if verb not in CLOCK and STEP_OF.get(verb, verb) in steps]
    running = timers.waiting_of(actions.LABEL, case_id)
    return found + [(verb, "li") for verb in CLOCK if verb in running and (verb not in IN_TIME or running[verb] <= at)]


def move(town, case_id, verb, who, at):
    """One verb by one person; whether they may is the table's business."""
    person = town.people[who]
    actor, when = Actor.of(person), {"at": at, "recorded_at": at}
    calls = {
        "dispatch": lambda: actions.dispatch(case_id=case_id, by=person, holder=town.holder(), why="因为", **when),
        "to_company": lambda: actions.dispatch(
            case_id=case_id, by=person, holder=Holder(organisation=town.company), why="因为", **when
        ),
        "accept": lambda: actions.accept(case_id=case_id, by=person, **when),
        "contact": lambda: actions.contact(case_id=case_id, by=person, how="phone", line="打过", **when),
        "give_back": lambda: actions.give_back(case_id=case_id, by=person, reason="不归我", proposed="别人", **when),
        "result": lambda: actions.result(case_id=case_id, by=person, result_text=LONG_ENOUGH, **when),
        "rate": lambda: actions.rate(case_id=case_id, actor=actor, contacted=True, stars=4, **when),
        "reopen": lambda: actions.reopen(case_id=case_id, actor=actor, reason="还在漏", **when),
        "reject": lambda: actions.reject(case_id=case_id, by=person, code="court", where_instead="法院", **when),
        "withdraw": lambda: actions.withdraw(case_id=case_id, by=person, **when),
        "add": lambda: actions.add(case_id=case_id, by=person, added="还有一句", **when),
        "agree": lambda: actions.change_wish(case_id=case_id, by=person, visibility="public", **when),
        "disagree": lambda: actions.change_wish(case_id=case_id, by=person, visibility="not_public", **when),
        "release": lambda: actions.release(
            case_id=case_id, by=person, public_title="漏水", public_text="楼道漏水", public_result="修好了", **when
        ),
        "unrelease": lambda: actions.unrelease(case_id=case_id, by=person, **when),
        "leave": lambda: actions.leave(case_id=case_id, by=person, **when),
        **turns(town, case_id, person, at),
    }  # fmt: skip
    if verb in CLOCK:
        if timers.Timer.objects.filter(subject_id=case_id, step=verb).update(due_at=at):
            timers.take_now(actions.LABEL, case_id, verb, at, recorded_at=at)
    else:
        calls[verb]()


def pass_time(case: Case, until: datetime) -> None:
    """The clock takes what is due by then, each at its own moment, as if the workers had never stopped."""
    for _round in range(40):
        due = timers.due_of(actions.LABEL, case.pk, until)
        if not due:
            return
        step, moment = due[0]
        moment = max(moment, case.history.latest("seq").at)
        timers.Timer.objects.filter(subject_id=case.pk, step=step).update(due_at=moment)
        timers.take_now(actions.LABEL, case.pk, step, moment, recorded_at=moment)
    raise AssertionError(f"the clock never comes to rest: {due}")


def hear(case: Case, after: int) -> int:
    """Everybody who hears of what happened since outbox row ``after`` can be told, in both languages."""
    rows = OutboxRow.objects.filter(about=f"{actions.LABEL}:{case.pk}", pk__gt=after).order_by("pk")
    for row in rows:
        after = row.pk
        found = queries.for_notice(row)
        for who in notices.recipients(row, found):
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    assert notices.words(row, found, who).title
    return after


def check_timers(case: Case, at: datetime) -> None:
    """Exactly the clocks run that the state asks for, and who is late is so now."""
    running = set(timers.waiting_of(actions.LABEL, case.pk))
    rows = list(case.history.order_by("seq").values_list("step", flat=True))
    if case.state in ENDED:
        assert (running, case.asked, case.urge_due) == (set(), "", None)
        return
    since_urge = rows[len(rows) - rows[::-1].index("urge") :] if case.urge_due is not None else []
    owed = {"warn_urge"} if case.urge_due is not None and "warn_urge" not in since_urge else set()
    assert ("warn_urge" in running) == bool(owed)
    still = {State.FEEDBACK: "close_unrated", State.WAITING: "end_waiting", State.SUSPENDED: "resume"}
    if case.state not in RUNNING:
        assert running - owed == {still[case.state]} if case.state in still else running == owed
        return
    alarm = {"alarm"} if case.urgency == "urgent" and case.state in UNTAKEN else set()
    assert running - owed - alarm - WATCH <= ({"warn_ruling"} if case.state == State.RETURNED else set())
    assert case.is_late == (case.due_at < at)
    assert ("mark_overdue" in running) == (not case.is_late)
    assert "warn_due" not in running or case.warn_at > at
    if case.contacted_at is None:
        assert "warn_contact" in running or case.contact_in_time is not None
    else:
        assert not running & {"contact_soon", "warn_contact"}


def check(town, case: Case) -> None:
    """What must hold of every case at every moment."""
    rows = list(CaseHistory.objects.filter(subject=case).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, case.last_seq + 1))
    assert rows[-1].to_state == case.state
    assert all(one.to_state == two.from_state for one, two in pairwise(rows))
    assert (case.closed_at is not None) == (case.state in ENDED)
    paused = [pause.state for pause in case.pauses.filter(ended_at=None)]
    assert paused == ([case.state] if case.is_paused else [])
    assert (case.merged_into_id is not None) == (case.state == State.MERGED)
    if case.asked:
        assert rows[case.asked_seq - 1].actor_id == case.asked_by_id
    settled = [row.actor_id for row in rows if row.step == "settle"]
    assert not settled or settled[0] != [row.actor_id for row in rows if row.step == "propose_settlement"][-1]
    assert case.due_at > case.reported_at
    if case.state in IN_HANDS:
        assert queries.people_holding(case)
    shown = WallItem.objects.filter(case=case).exists()
    assert shown == (case.wall in ON_WALL) == queries.wall_of(case.community).filter(case=case).exists()
    assert case.visibility == "public" or not shown
    assert bool(case.outcome) == (case.state == State.CLOSED)
    assert case.reopened <= 2
    steps = queries.steps_of(case)
    for person in town.people.values():
        telling.told(case, steps, person)
        assert queries.visible_to(person).filter(pk=case.pk).exists() == rules.may_see(person, case)


FACTS = [{}, {"visibility": "public"}, {"visibility": "confidential"}, {"category": "gas"}]


@pytest.mark.parametrize("facts", FACTS)
def test_whatever_people_do_a_case_stays_whole(town, facts):
    walk_about(town, facts, examples=3, least=12)


@pytest.mark.long
@pytest.mark.parametrize("facts", FACTS)
def test_a_long_walk_leaves_a_case_whole(town, facts):
    walk_about(town, facts, examples=30, least=18)


def walk_about(town, facts, *, examples, least):
    """Walk ``examples`` cases; together they must have come through at least so many different steps."""
    if "category" in facts:
        facts = {"category": town.categories[facts["category"]]}

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    @given(before=st.integers(min_value=0, max_value=len(LIKELY)), moves=MOVES)
    def walk(before, moves):
        at = town.at(days=80)
        town.__dict__["main"] = town.report(at=at, recorded_at=at, text="同一处又漏了。")
        case = town.report(at=at, recorded_at=at, **facts)
        heard = {case: 0, town.main: 0}
        for chosen, minutes, whose in [*((step, 1, 1) for step in LIKELY[:before]), *moves]:
            at += timedelta(minutes=minutes)
            mine = town.main if whose == 0 else case
            for one in heard:
                pass_time(one, at)
            if isinstance(chosen, int):
                likely = allowed(town, mine.pk, at)
                chosen = likely[chosen % len(likely)] if likely else ("comment", "sun")
            verb, who = chosen
            try:
                move(town, mine.pk, verb, who, at)
            except Refused:
                continue
            for one in heard:
                pass_time(one, at)
                heard[one] = hear(one, heard[one])
                check_timers(Case.objects.get(pk=one.pk), at)
        for one in heard:
            check(town, Case.objects.select_related("area", "category", "holder_area").get(pk=one.pk))

    walk()
    assert len(set(CaseHistory.objects.values_list("step", flat=True))) >= least
    assert recounting.recount(mend=False).count == 0
    assert list(faults(CaseHistory)) == []
