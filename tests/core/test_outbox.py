"""Effects happen once, however often a worker dies."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.models import Person
from core import outbox
from core.outbox import OutboxRow, OutboxWork


@pytest.fixture
def heard(monkeypatch):
    """The reaction "ear" to "things.made", which appends the keys it was called with."""
    keys: list[str] = []
    monkeypatch.setitem(outbox._reactions, "things.made", {"ear": lambda row: keys.append(row.key)})
    return keys


def put(key: str = "k1", **options) -> OutboxRow:
    options.setdefault("at", timezone.now())
    return outbox.put("things.made", about="things.thing:1", key=key, **options)


def test_a_row_is_handled_once(db, heard, now):
    put(at=now)
    assert outbox.drain(at=now) == 1
    assert outbox.drain(at=now + timedelta(hours=2)) == 0
    assert heard == ["k1"]


def test_a_row_waits_until_it_is_due(db, heard, now):
    put(at=now, due_at=now + timedelta(seconds=10))
    outbox.drain(at=now)
    assert heard == []
    outbox.drain(at=now + timedelta(seconds=11))
    assert heard == ["k1"]


def test_a_kind_nobody_registered_is_refused(db, now):
    with pytest.raises(KeyError, match="outbox kind"):
        outbox.put("things.unheard", about="things.thing:1", key="x", at=now)


def test_a_key_is_put_once(db, heard, now):
    put(at=now)
    with pytest.raises(Exception, match="unique"), transaction.atomic():
        put(at=now)


def test_a_row_that_is_taken_back_has_no_effect(db, heard, now):
    with transaction.atomic():
        put(at=now)
        transaction.set_rollback(True)
    outbox.drain(at=now)
    assert heard == []


def test_a_failing_handler_is_tried_again_with_doubling_pauses(db, monkeypatch, now):
    def fail(row):
        Person.objects.create(name="half done")
        raise RuntimeError("no line")

    monkeypatch.setitem(outbox._reactions, "things.made", {"ear": fail})
    put(at=now)
    pauses, moment = [], now
    for _ in range(4):
        outbox.drain(at=moment)
        work = OutboxWork.objects.get()
        pauses.append((work.due_at - moment).total_seconds())
        moment = work.due_at
    assert pauses == [2, 4, 8, 16]
    assert work.last_error == "RuntimeError: no line"
    assert not Person.objects.filter(name="half done").exists()


def test_the_pause_ends_at_an_hour_and_the_work_shows_as_stuck(db, monkeypatch, heard, now):
    put(at=now)
    OutboxWork.objects.update(tries=40)
    monkeypatch.setitem(outbox._reactions, "things.made", {})
    outbox.drain(at=now)
    work = outbox.stuck().get()
    assert work.due_at - now == timedelta(hours=1)
    assert "no handler 'ear'" in work.last_error
    monkeypatch.setitem(outbox._reactions, "things.made", {"ear": lambda row: heard.append(row.key)})
    outbox.send_again(work_id=work.pk, at=now)
    outbox.drain(at=now)
    assert heard == ["k1"]
    assert not outbox.stuck().exists()


def test_work_of_a_worker_that_died_is_taken_up_when_its_lease_ends(db, heard, now):
    put(at=now)
    assert len(outbox.claim(at=now, limit=10)) == 1
    assert outbox.claim(at=now + timedelta(seconds=59), limit=10) == []
    outbox.drain(at=now + timedelta(seconds=61))
    assert heard == ["k1"]


def test_every_handler_of_a_kind_has_its_own_work(db, monkeypatch, now):
    calls: list[str] = []
    handlers = {"one": lambda row: calls.append("one"), "two": lambda row: 1 / 0}
    monkeypatch.setitem(outbox._reactions, "things.made", handlers)
    put(at=now)
    outbox.drain(at=now)
    assert calls == ["one"]
    assert {work.handler: work.done_at is not None for work in OutboxWork.objects.all()} == {"one": True, "two": False}


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_each_piece_once(heard):
    now = timezone.now()
    for number in range(40):
        put(f"k{number}", at=now)
    gate = Barrier(4)

    def work():
        gate.wait()
        while outbox.drain(at=now, limit=5):
            continue
        connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == sorted(f"k{number}" for number in range(40))


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_does_not_stop_a_commit(heard, settings):
    from celery import current_app

    was = current_app.conf.broker_url
    current_app.conf.broker_url = current_app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    try:
        before = timezone.now()
        with transaction.atomic():
            put()
        assert timezone.now() - before < timedelta(seconds=2)
    finally:
        current_app.conf.broker_url = current_app.conf.broker_write_url = was
    assert OutboxRow.objects.count() == 1
