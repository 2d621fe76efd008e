"""Cases driven at random by everybody: whatever happens, what must hold of a case holds."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import timers
from core.refusals import Refused
from core.sealing import faults
from core.workflow import Actor
from grievances import actions, queries, rules
from grievances.models import Case, CaseHistory, WallItem
from grievances.routing import Holder
from grievances.workflow import ON_WALL, State
from tests.grievances.town import LONG_ENOUGH

PEOPLE = ["li", "wang", "zhao", "qian", "sun", "feng", "zhou", "you"]
CLOCK = ["warn_contact", "warn_due", "mark_overdue", "close_unrated"]
VERBS = ["dispatch", "to_company", "accept", "contact", "give_back", "result", "rate", "reopen", "reject", "withdraw",
         "leave", "add", "agree", "disagree", "release", "unrelease", *CLOCK]  # fmt: skip
MOVES = st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE)), min_size=1, max_size=25)
LIKELY = [("dispatch", "sun"), ("accept", "zhao"), ("result", "zhao"), ("reopen", "li"), ("accept", "zhao")]


def move(town, case_id, verb, who, at):
    """One verb by one person; whether they may is the table's business."""
    person = town.people[who]
    actor = Actor.of(person)
    calls = {
        "dispatch": lambda: actions.dispatch(case_id=case_id, by=person, holder=town.holder(), why="因为", at=at),
        "to_company": lambda: actions.dispatch(
            case_id=case_id, by=person, holder=Holder(organisation=town.company), why="因为", at=at
        ),
        "accept": lambda: actions.accept(case_id=case_id, by=person, at=at),
        "contact": lambda: actions.contact(case_id=case_id, by=person, how="phone", line="打过", at=at),
        "give_back": lambda: actions.give_back(case_id=case_id, by=person, reason="不归我", proposed="别人", at=at),
        "result": lambda: actions.result(case_id=case_id, by=person, result_text=LONG_ENOUGH, at=at),
        "rate": lambda: actions.rate(case_id=case_id, actor=actor, contacted=True, stars=4, at=at),
        "reopen": lambda: actions.reopen(case_id=case_id, actor=actor, reason="还在漏", at=at),
        "reject": lambda: actions.reject(case_id=case_id, by=person, code="court", where_instead="法院", at=at),
        "withdraw": lambda: actions.withdraw(case_id=case_id, by=person, at=at),
        "add": lambda: actions.add(case_id=case_id, by=person, added="还有一句", at=at),
        "agree": lambda: actions.change_wish(case_id=case_id, by=person, visibility="public", at=at),
        "disagree": lambda: actions.change_wish(case_id=case_id, by=person, visibility="not_public", at=at),
        "release": lambda: actions.release(
            case_id=case_id, by=person, public_title="漏水", public_text="楼道漏水", public_result="修好了", at=at
        ),
        "unrelease": lambda: actions.unrelease(case_id=case_id, by=person, at=at),
        "leave": lambda: actions.leave(case_id=case_id, by=person, at=at),
    }  # fmt: skip
    if verb in CLOCK:
        if timers.Timer.objects.filter(subject_id=case_id, step=verb).update(due_at=at):
            timers.take_now(actions.LABEL, case_id, verb, at, recorded_at=at)
    else:
        calls[verb]()


def check(town, case: Case) -> None:
    """What must hold of every case at every moment."""
    running = set(timers.Timer.objects.filter(subject_id=case.pk).values_list("step", flat=True))
    rows = list(CaseHistory.objects.filter(subject=case).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, case.last_seq + 1))
    assert rows[-1].to_state == case.state
    assert all(one.to_state == two.from_state for one, two in pairwise(rows))
    if case.state in (State.CLOSED, State.REJECTED, State.WITHDRAWN):
        assert running == set()
        assert case.closed_at is not None
    elif case.state == State.FEEDBACK:
        assert running == {"close_unrated"}
    else:
        assert "mark_overdue" in running or case.is_late
    if case.state in (State.DISPATCHED, State.HANDLING):
        assert queries.people_holding(case)
    shown = WallItem.objects.filter(case=case).exists()
    assert shown == (case.wall in ON_WALL) == queries.wall_of(case.community).filter(case=case).exists()
    assert case.visibility == "public" or not shown
    assert bool(case.outcome) == (case.state == State.CLOSED)
    assert case.reopened <= 2
    for person in town.people.values():
        assert queries.visible_to(person).filter(pk=case.pk).exists() == rules.may_see(person, case)


@pytest.mark.parametrize("facts", [{}, {"visibility": "public"}, {"visibility": "confidential"}, {"category": "gas"}])
def test_whatever_people_do_a_case_stays_whole(town, facts):
    if "category" in facts:
        facts = {"category": town.categories[facts["category"]]}

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(before=st.integers(min_value=0, max_value=len(LIKELY)), moves=MOVES)
    def walk(before, moves):
        at = town.at(hours=2)
        case = town.report(at=at, recorded_at=at, **facts)
        for verb, who in [*LIKELY[:before], *moves]:
            at += timedelta(minutes=1)
            try:
                move(town, case.pk, verb, who, at)
            except Refused:
                continue
        check(town, Case.objects.select_related("area", "category", "holder_area").get(pk=case.pk))

    walk()
    assert list(faults(CaseHistory)) == []
