"""The table of steps: what it allows, and that it allows nothing else."""

import itertools

import pytest
from django.db import transaction

from core.workflow import GUEST, SAME, SYSTEM, Actor, Missing, NotYours, StepRefused, Workflow
from grievances.actions import flow
from grievances.models import Case, CaseHistory
from grievances.workflow import OPEN, STEPS, Outcome, Relation, State

RELATIONS = [*map(str, Relation), SYSTEM]
AFTER_REPORT = [step for step in STEPS if None not in step.sources]
TABLE = {step.name: step for step in STEPS}
GIVEN = {
    "dispatch": {"holder": "person:1", "texts": {"why": "因为"}},
    "contact": {"how": "phone", "texts": {"line": "约好了"}},
    "hand_over": {"to": "person:1", "texts": {"reason": "调走了"}},
    "return": {"texts": {"reason": "不归我", "proposed": "物业"}},
    "result": {"texts": {"result_text": "好了"}},
    "rate": {"contacted": "yes", "stars": 5},
    "reopen": {"texts": {"reason": "又漏了"}},
    "wish": {"visibility": "public"},
    "release": {"texts": {"public_title": "楼道漏水", "public_text": "楼道口漏水"}},
    "reject": {"code": "not_ours", "texts": {"where_instead": "12315"}},
}


def table_of(relation: str) -> Workflow:
    """The table, bound so that everybody is ``relation`` to the case."""
    return Workflow(Case, STEPS, history=CaseHistory, relations=lambda actor, case, at: {relation})


def actor_of(relation: str, person) -> Actor:
    if relation == SYSTEM:
        return Actor.system()
    return Actor(GUEST, link="rate:1") if relation == Relation.LINK_HOLDER else Actor.of(person)


def test_every_state_is_reached():
    reached, before = {None}, set()
    while reached != before:
        before = set(reached)
        reached |= {
            source if step.to == SAME else step.to
            for step in STEPS for source in step.sources if source in before
        }  # fmt: skip
    assert reached - {None} == set(State)
    assert set(flow.states) == set(State)


@pytest.mark.parametrize("start", sorted(OPEN))
def test_no_open_state_is_a_trap(start):
    """From every open state people, not only the clock, can come to an end."""
    reached, before = {start}, set()
    while reached != before:
        before = set(reached)
        reached |= {
            step.to for step in STEPS if step.sources & before and step.to != SAME and step.by != frozenset({SYSTEM})
        }
    assert State.CLOSED in reached


def test_every_step_names_relations_that_exist():
    assert {relation for step in STEPS for relation in step.by} <= set(RELATIONS)


def test_every_step_that_is_offered_tells_somebody():
    assert [step.name for step in STEPS if not step.puts] == []


@pytest.mark.parametrize("state", list(State))
def test_only_what_stands_in_the_table_is_possible(town, now, state):
    case = town.in_state(state)
    assert case.state == state
    person = town.li
    for step, relation in itertools.product(AFTER_REPORT, RELATIONS):
        bound = table_of(relation)
        actor = actor_of(relation, person)
        may = step.open_to(case, now) and relation in step.by
        offered = step in bound.possible(case, actor, now)
        assert offered == may, (state, step.name, relation)
        took = attempt(bound, step, case, actor, now)
        assert took == may, (state, step.name, relation)
    case.refresh_from_db()
    assert case.state == state


def attempt(bound: Workflow, step, case: Case, actor: Actor, now) -> bool:
    """Whether the step goes through; whatever happened is taken back."""

    def then(subject, row):
        subject.outcome = subject.outcome or Outcome.SOLVED
        subject.holder_person = subject.holder_person or case.reporter

    try:
        with transaction.atomic():
            saved = bound.take(step.name, case.pk, actor=actor, at=now, then=then, **GIVEN.get(step.name, {}))
            assert saved.state == (case.state if step.to == SAME else step.to)
            transaction.set_rollback(True)
    except (StepRefused, NotYours):
        return False
    return True


@pytest.mark.parametrize("name", [step.name for step in AFTER_REPORT if step.needs])
def test_what_a_step_needs_must_be_given(town, now, name):
    step = TABLE[name]
    case = town.in_state(sorted(step.sources)[0] if name != "rate" else "feedback")
    Case.objects.filter(pk=case.pk).update(visibility="public")
    relation = min(step.by)
    with pytest.raises(Missing) as refusal:
        table_of(relation).take(name, case.pk, actor=actor_of(relation, town.li), at=now)
    assert set(refusal.value.names) == set(step.needs)


def test_the_pages_and_the_server_ask_the_same_table(town, now):
    case = town.dispatched()
    offered = {step.name for step in flow.possible(case, Actor.of(town.zhao), now)}
    assert offered == {"accept", "contact", "return"}
    assert {step.name for step in flow.possible(case, Actor.of(town.li), now)} == {"withdraw", "add", "wish"}
    assert flow.possible(case, Actor.of(town.wang), now) == []
