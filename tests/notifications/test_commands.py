"""The printed notices are up to date; the sweep works without a broker and ends when told."""

import logging
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core import outbox, timers
from core.notices import notice_kinds
from core.personal import undeclared
from notifications import actions, models, tasks
from notifications.management.commands import print_notices, sweep_outbox
from notifications.models import DemoSms
from tests.notifications.bell import KIND


def test_the_printed_notices_are_up_to_date():
    call_command("print_notices", check=True)


def test_a_changed_notice_is_found(bell, tmp_path, monkeypatch):
    monkeypatch.setattr(print_notices, "TARGET", tmp_path / "notices.md")
    with pytest.raises(CommandError, match="out of date"):
        call_command("print_notices", check=True)
    call_command("print_notices")
    call_command("print_notices", check=True)
    assert "| both | inbox + sms | 铃响了 | 铃响了 |" in (tmp_path / "notices.md").read_text("utf-8")
    bell.set(channels={})
    with pytest.raises(CommandError, match="out of date"):
        call_command("print_notices", check=True)


def test_a_kind_without_a_sample_is_named(bell):
    bell.set(sample=None)
    with pytest.raises(CommandError, match=KIND):
        call_command("print_notices", check=True)


def test_every_sample_fits_its_channels():
    """A role that gets an SMS has words for it, and no SMS is written that nobody gets."""
    for kind in notice_kinds.all():
        for role, wording in kind.sample():
            channels = kind.channels.get(role, ("inbox",))
            assert bool(wording.sms) == ("sms" in channels), (kind.kind, role)
            assert wording.title, (kind.kind, role)
        assert set(kind.channels) <= {role for role, _wording in kind.sample()}, kind.kind


def test_every_kind_of_notice_is_an_outbox_kind():
    assert [kind for kind in notice_kinds if kind not in outbox.kinds] == []


def test_every_field_is_declared():
    for model in (models.Message, models.Delivery, models.DeliveryAttempt, models.DemoSms):
        assert undeclared(model) == [], model


def test_the_task_sends(bell, both, now):
    bell.ring(both, at=now)
    outbox.drain(at=now)
    assert tasks.send_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_one_round_carries_out_and_sends(bell, both, now):
    bell.ring(both, at=now)
    call_command("sweep_outbox", once=True)
    assert DemoSms.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_called_the_sweep_gets_their_signals_back():
    before = signal.getsignal(signal.SIGINT)
    call_command("sweep_outbox", once=True)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.django_db(transaction=True)
def test_a_part_that_breaks_does_not_stop_the_others(monkeypatch, caplog):
    called = []
    monkeypatch.setattr(outbox, "drain", lambda **options: 1 / 0)
    monkeypatch.setattr(timers, "sweep", lambda **options: called.append("timers") or 0)
    call_command("sweep_outbox", once=True)
    assert called == ["timers"]
    assert "a part of the sweep broke" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_logged_once_and_waited_for(monkeypatch, caplog):
    rounds = []

    def drain(**options):
        rounds.append(1)
        if len(rounds) < 4:
            raise OperationalError("gone")
        command._stop.set()
        return 0

    monkeypatch.setattr(outbox, "drain", drain)
    command = sweep_outbox.Command()
    with caplog.at_level(logging.INFO, logger="notifications"):
        command.handle(every=0.0, once=False)
    assert len(rounds) == 4
    assert caplog.text.count("does not answer") == 1
    assert caplog.text.count("answers again") == 1


@pytest.mark.django_db(transaction=True)
def test_sending_is_told_to_stop(monkeypatch):
    asked = []
    monkeypatch.setattr(actions, "send_waiting", lambda *, at, stop: asked.append(stop()) or 0)
    call_command("sweep_outbox", once=True)
    assert asked == [False]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_ends_at_once_when_told(settings):
    """The real process, with the pause of an hour that it must not wait for."""
    database = settings.DATABASES["default"]
    user = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    url = f"postgresql://{user}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    process = subprocess.Popen(
        [sys.executable, "-c", SWEEP], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
    )  # fmt: skip
    killer = threading.Timer(60, process.kill)
    killer.start()
    try:
        assert process.stdout.readline() == "round\n"
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=10)
    finally:
        killer.cancel()
        process.kill()
    assert (process.returncode, errors) == (0, "")


SWEEP = """
import django
django.setup()
from notifications.management.commands import sweep_outbox
done = sweep_outbox.Command._make_versions
def say(self):
    done(self)
    print("round", flush=True)
sweep_outbox.Command._make_versions = say
from django.core.management import call_command
call_command("sweep_outbox", every=3600.0)
"""
