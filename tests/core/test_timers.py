"""Steps that the clock takes."""

from datetime import timedelta

import pytest

from core import timers
from core.timers import Timer
from core.workflow import Actor
from tests.things.steps import flow


def test_a_due_step_is_taken_by_the_clock(thing, now):
    timers.put("things.thing", thing.pk, "start", now)
    assert timers.sweep(at=now) == 1
    thing.refresh_from_db()
    assert thing.state == "doing"
    assert thing.history.get(step="start").actor_kind == "system"
    assert not Timer.objects.exists()


def test_a_step_that_is_not_due_waits(thing, now):
    timers.put("things.thing", thing.pk, "start", now + timedelta(minutes=1))
    assert timers.sweep(at=now) == 0


def test_a_withdrawn_timer_never_fires(thing, now):
    timers.put("things.thing", thing.pk, "start", now)
    timers.withdraw("things.thing", thing.pk, "start")
    assert timers.sweep(at=now) == 0


def test_setting_a_timer_again_moves_it(thing, now):
    timers.put("things.thing", thing.pk, "start", now)
    timers.put("things.thing", thing.pk, "start", now + timedelta(days=1))
    assert Timer.objects.get().due_at == now + timedelta(days=1)


def test_a_step_refused_because_the_thing_moved_on_removes_its_timer(thing, owner, now):
    timers.put("things.thing", thing.pk, "start", now)
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now)
    timers.sweep(at=now)
    assert not Timer.objects.exists()
    assert thing.history.filter(step="start").count() == 1


def test_a_failing_step_is_tried_again_later(thing, now, monkeypatch):
    def fail(pk, step, at):
        raise RuntimeError("broken")

    monkeypatch.setitem(timers.takers._items, "things.thing", fail)
    timers.put("things.thing", thing.pk, "start", now)
    timers.sweep(at=now)
    timer = Timer.objects.get()
    assert timer.due_at > now
    assert timer.last_error == "RuntimeError: broken"


def test_a_timer_of_a_dead_sweeper_is_taken_up_when_its_lease_ends(thing, now):
    timers.put("things.thing", thing.pk, "start", now)
    Timer.objects.update(claimed_until=now + timedelta(seconds=60))
    assert timers.sweep(at=now) == 0
    assert timers.sweep(at=now + timedelta(seconds=61)) == 1


def test_a_subject_nobody_takes_steps_for_is_refused(db, now):
    with pytest.raises(KeyError):
        timers.put("things.unknown", 1, "start", now)
