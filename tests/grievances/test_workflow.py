"""The table of steps: what it allows, and that it allows nothing else."""

import pytest
from django.db import transaction

from core.workflow import BACK, GUEST, SAME, SYSTEM, Actor, Missing, NotYours, StepRefused, Workflow
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
    "take_over": {"to": "person:1", "texts": {"reason": "我下班了"}},
    "return": {"texts": {"reason": "不归我", "proposed": "物业"}},
    "result": {"texts": {"result_text": "好了"}},
    "rate": {"contacted": "yes", "stars": 5},
    "reopen": {"texts": {"reason": "又漏了"}},
    "triage": {"category": "leak", "urgency": "normal"},
    "recategorise": {"category": "leak", "urgency": "normal", "texts": {"reason": "分错了"}},
    "answer_directly": {"texts": {"result_text": "窗口周六也开"}},
    "transfer": {"holder": "person:1", "texts": {"reason": "他离得近"}},
    "rule_return": {"holder": "person:1", "texts": {"reason": "归他"}},
    "ask_reporter": {"texts": {"question": "几楼"}},
    "reporter_answers": {"texts": {"answer": "三楼"}},
    "ask_extension": {"new": "2027-01-01T00:00:00+00:00", "texts": {"reason": "缺件"}},
    "decide_extension": {"granted": "yes", "texts": {"reason": "同意"}},
    "ask_suspension": {"code": "funds", "until": "2027-01-01T00:00:00+00:00", "texts": {"reason": "缺钱"}},
    "suspend": {"code": "funds", "until": "2027-01-01T00:00:00+00:00"},
    "refuse_suspension": {"texts": {"reason": "不行"}},
    "result_to_check": {"texts": {"result_text": "好了"}},
    "check_fail": {"texts": {"reason": "没修"}},
    "propose_settlement": {"door": "court", "texts": {"reason": "管不了"}},
    "drop_settlement": {"texts": {"reason": "再试试"}},
    "merge": {"main": 1},
    "unmerge": {"texts": {"reason": "不是一件"}},
    "take_in": {"merged": 1},
    "let_out": {"merged": 1},
    "urge": {"until": "2027-01-01T00:00:00+00:00", "texts": {"words": "快办"}},
    "answer_urge": {"texts": {"words": "在办"}},
    "comment": {"texts": {"words": "记一笔"}},
    "wish": {"visibility": "public"},
    "release": {"texts": {"public_title": "楼道漏水", "public_text": "楼道口漏水"}},
    "escalate": {"level": 1},
    "alarm": {"level": 1},
    "recompute": {"old": "2027-01-01T00:00:00+00:00", "new": "2027-01-02T00:00:00+00:00"},
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
            source if step.to in (SAME, BACK) else step.to
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
            step.to
            for step in STEPS
            if step.sources & before and step.to not in (SAME, BACK) and step.by != frozenset({SYSTEM})
        }
    assert State.CLOSED in reached


def test_every_step_names_relations_that_exist():
    assert {relation for step in STEPS for relation in step.by} <= set(RELATIONS)


def test_every_step_that_is_offered_tells_somebody():
    assert [step.name for step in STEPS if not step.puts] == []


@pytest.mark.parametrize("state", list(State))
def test_only_what_stands_in_the_table_is_possible(town, now, state):
    """Every step from every state, offered to every relation; taken by one that may and by one that may not."""
    tries_every_step(town, now, state, [(step, {min(step.by), *strangers_to(step)[:1]}) for step in AFTER_REPORT])


@pytest.mark.long
@pytest.mark.parametrize("state", list(State))
def test_every_step_by_every_relation_from_every_state(town, now, state):
    tries_every_step(town, now, state, [(step, set(RELATIONS)) for step in AFTER_REPORT])


def strangers_to(step) -> list[str]:
    """The relations that may not take a step, other ones first for each step."""
    others = sorted(set(RELATIONS) - step.by)
    turn = len(step.name) % len(others)
    return others[turn:] + others[:turn]


def tries_every_step(town, now, state, tried):
    town.report(text="另一件")
    case = town.in_state(state)
    assert case.state == state
    person = town.li
    for step, takers in tried:
        for relation in RELATIONS:
            bound, actor = table_of(relation), actor_of(relation, person)
            may = step.open_to(case, now) and relation in step.by
            assert (step in bound.possible(case, actor, now)) == may, (state, step.name, relation)
            if relation in takers:
                assert attempt(bound, step, case, actor, now) == may, (state, step.name, relation)
    case.refresh_from_db()
    assert case.state == state


def attempt(bound: Workflow, step, case: Case, actor: Actor, now) -> bool:
    """Whether the step goes through; whatever happened is taken back."""

    def then(subject, row):
        subject.outcome = subject.outcome or Outcome.SOLVED
        subject.holder_person = subject.holder_person or case.reporter
        subject.merged_into_id = other.pk if subject.state == State.MERGED else None

    try:
        with transaction.atomic():
            other = Case.objects.exclude(pk=case.pk).first()
            saved = bound.take(step.name, case.pk, actor=actor, at=now, then=then, **GIVEN.get(step.name, {}))
            after = {SAME: case.state, BACK: case.state_before_pause}.get(step.to, step.to)
            assert saved.state == after
            transaction.set_rollback(True)
    except (StepRefused, NotYours):
        return False
    return True


def ready_for(step, town) -> dict[str, object]:
    """What must hold of a case, besides its state, for a step to be open."""
    asked = {"decide_extension": "extension", "refuse_suspension": "suspension", "suspend": "suspension",
             "drop_settlement": "settlement"}  # fmt: skip
    facts: dict[str, object] = {"visibility": "public"}
    if step.name in asked:
        facts |= {"asked": asked[step.name], "asked_by": town.zhao}
    if step.name == "propose_settlement":
        facts["reopened"] = 2
    if step.name == "alarm":
        facts["urgency"] = "urgent"
    if step.name == "answer_urge":
        facts["urge_due"] = town.now
    if step.name == "result_to_check":
        facts["category"] = town.categories["lift"]
    return facts


@pytest.mark.parametrize("name", [step.name for step in AFTER_REPORT if step.needs])
def test_what_a_step_needs_must_be_given(town, now, name):
    step = TABLE[name]
    case = town.in_state(sorted(step.sources)[0] if name != "rate" else "feedback")
    facts = ready_for(step, town)
    Case.objects.filter(pk=case.pk).update(**facts)
    relation = min(step.by)
    with pytest.raises(Missing) as refusal:
        table_of(relation).take(name, case.pk, actor=actor_of(relation, town.li), at=now)
    assert set(refusal.value.names) == set(step.needs)


def test_the_pages_and_the_server_ask_the_same_table(town, now):
    case = town.dispatched()
    offered = {step.name for step in flow.possible(case, Actor.of(town.zhao), now)}
    assert offered == {"accept", "contact", "return", "comment"}
    assert {step.name for step in flow.possible(case, Actor.of(town.li), now)} == {"withdraw", "add", "wish"}
    assert flow.possible(case, Actor.of(town.wang), now) == []
