"""The table decides; nothing else assigns a state."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Person
from core import once
from core.history import StepText
from core.outbox import OutboxRow
from core.workflow import Actor, BadMoment, Missing, NotYours, Stale, StepRefused
from tests.things.models import Thing, ThingHistory
from tests.things.steps import STEPS, flow


def test_a_step_changes_the_state_and_writes_one_row(thing, owner, now):
    taken = flow.take("start", thing.pk, actor=Actor.of(owner), at=now, why_code="7")
    thing.refresh_from_db()
    row = ThingHistory.objects.get(subject=thing, step="start")
    assert (taken.state, thing.state) == ("doing", "doing")
    assert (row.seq, row.from_state, row.to_state, row.role) == (2, "new", "doing", "owner")
    assert (row.actor, row.given, row.at) == (owner, {"why_code": "7"}, now)
    assert bytes(thing.last_hash) == bytes(row.hash)


def test_effects_stand_in_the_outbox_in_the_same_transaction(thing, owner, now):
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now)
    row = OutboxRow.objects.get(kind="things.started")
    assert row.about == f"things.thing:{thing.pk}"
    assert row.key == f"things.started:{thing.pk}:2"


def test_a_failure_in_then_takes_everything_back(thing, owner, now):
    def fail(subject, row):
        raise RuntimeError("ledger")

    with pytest.raises(RuntimeError):
        flow.take("start", thing.pk, actor=Actor.of(owner), at=now, then=fail)
    thing.refresh_from_db()
    assert thing.state == "new"
    assert thing.history.count() == 1
    assert not OutboxRow.objects.filter(kind="things.started").exists()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("state", ["new", "doing", "paused", "done"])
def test_a_step_from_a_state_outside_the_table_is_refused(thing, owner, now, step, state):
    if state in step.sources or None in step.sources:
        assert step.to
        return
    Thing.objects.filter(pk=thing.pk).update(state=state)
    with pytest.raises(StepRefused) as refusal:
        flow.take(step.name, thing.pk, actor=Actor.of(owner), at=now, texts={"words": "x"}, code="1")
    assert refusal.value.last.step == "make"
    assert thing.history.count() == 1


def test_the_wrong_person_is_refused(thing, other, now):
    with pytest.raises(NotYours):
        flow.take("start", thing.pk, actor=Actor.of(other), at=now)
    assert thing.history.count() == 1


def test_a_guest_and_the_clock_take_only_their_steps(thing, now):
    with pytest.raises(NotYours):
        flow.take("start", thing.pk, actor=Actor.guest("link:1"), at=now)
    flow.take("start", thing.pk, actor=Actor.system(), at=now)
    flow.take("finish", thing.pk, actor=Actor.guest("link:1"), at=now)
    row = ThingHistory.objects.get(step="finish")
    assert (row.actor_kind, row.actor, row.given) == ("guest", None, {"link": "link:1"})


def test_what_a_step_needs_must_be_given(thing, owner, now):
    with pytest.raises(Missing) as refusal:
        flow.take("note", thing.pk, actor=Actor.of(owner), at=now, texts={"words": "  "})
    assert refusal.value.names == ("words",)


def test_what_else_must_hold_is_asked_of_page_and_server_alike(thing, owner, now):
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now)
    Thing.objects.filter(pk=thing.pk).update(name="stubborn")
    thing.refresh_from_db()
    assert "finish" not in {step.name for step in flow.possible(thing, Actor.of(owner), now)}
    with pytest.raises(StepRefused):
        flow.take("finish", thing.pk, actor=Actor.of(owner), at=now)


def test_back_returns_to_the_state_before_the_pause(thing, owner, now):
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now)
    flow.take("pause", thing.pk, actor=Actor.of(owner), at=now, code="wait")
    assert flow.take("resume", thing.pk, actor=Actor.system(), at=now).state == "doing"


def test_a_page_drawn_before_somebody_elses_step_is_stale(thing, owner, other, now):
    seen = thing.last_seq
    flow.take("note", thing.pk, actor=Actor.of(other), at=now, texts={"words": "hello"})
    with pytest.raises(Stale) as refusal:
        flow.take("start", thing.pk, actor=Actor.of(owner), at=now, expect=seen)
    assert refusal.value.last.actor == other


@pytest.mark.parametrize(
    "moved", [timedelta(hours=-2), timedelta(minutes=10), timedelta(hours=-80)], ids=["before last", "future", "old"]
)
def test_a_moment_that_cannot_be_is_refused(thing, owner, now, moved):
    with pytest.raises(BadMoment):
        flow.take("start", thing.pk, actor=Actor.of(owner), at=now + moved)


def test_offline_work_keeps_both_times(thing, owner, now):
    done = now - timedelta(minutes=30)
    flow.take("start", thing.pk, actor=Actor.of(owner), at=done)
    row = ThingHistory.objects.get(step="start")
    assert row.at == done
    assert row.recorded_at >= now


def test_undoable_steps_tell_people_ten_seconds_later(thing, owner, now):
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now)
    flow.take("finish", thing.pk, actor=Actor.of(owner), at=now, recorded_at=now)
    assert OutboxRow.objects.get(kind="things.done").at == now


def test_free_text_never_lies_in_the_row(thing, owner, now):
    flow.take("note", thing.pk, actor=Actor.of(owner), at=now, texts={"words": "电话 13812342046"})
    row = ThingHistory.objects.get(step="note")
    assert "13812342046" not in str(row.given) + str(row.texts)
    assert StepText.objects.get(pk=row.texts["words"]).body == "电话 13812342046"


def test_a_repeated_form_takes_the_step_once(thing, owner, now):
    key = once.Key("person:1", __import__("uuid").uuid4())
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now, once=key, address="/there/")
    with pytest.raises(once.AlreadyDone) as again:
        flow.take("start", thing.pk, actor=Actor.of(owner), at=now, once=key, address="/there/")
    assert again.value.address == "/there/"
    assert thing.history.filter(step="start").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_learns_who():
    owner = Person.objects.create(name="李晓梅")
    thing = flow.begin("make", Thing(owner=owner), actor=Actor.of(owner), at=timezone.now())
    gate, results = Barrier(8), []

    def go():
        gate.wait()
        try:
            flow.take("start", thing.pk, actor=Actor.of(owner), at=timezone.now())
            results.append("won")
        except StepRefused as refusal:
            results.append(refusal.last.step)
        finally:
            connections.close_all()

    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["start"] * 7 + ["won"]
    assert thing.history.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_many_at_once_begins_one_thing():
    owner = Person.objects.create(name="李晓梅")
    key, gate, answers = once.Key("person:9", __import__("uuid").uuid4()), Barrier(6), []

    def go():
        gate.wait()
        try:
            made = flow.begin(
                "make", Thing(owner=owner), actor=Actor.of(owner), at=timezone.now(), once=key,
                address=lambda thing: f"/things/{thing.pk}/",
            )  # fmt: skip
            answers.append(f"/things/{made.pk}/")
        except once.AlreadyDone as already:
            answers.append(already.address)
        finally:
            connections.close_all()

    threads = [Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Thing.objects.count() == 1
    assert set(answers) == {f"/things/{Thing.objects.get().pk}/"}
    assert connection.vendor == "postgresql"


def test_a_table_that_names_a_step_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        type(flow)(Thing, (*STEPS, STEPS[0]), history=ThingHistory, relations=lambda *_: set())
