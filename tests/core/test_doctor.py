"""The doctor finds what is wrong, says what to do, and lets nothing keep it from looking further."""

import json
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from core import checkups, doctor, outbox, sealing, timers
from core.doctor import Check, Checkup, Finding, Look
from core.media.models import Photo
from core.outbox import OutboxWork
from core.recounting import Difference, Recount
from core.timers import Timer
from tests.things.models import ThingHistory


def found(key: str, look: Look) -> list[str]:
    """The findings of one check, in Chinese."""
    check = doctor.checks.get(key)
    return [doctor.in_language(finding.said(), "zh-hans")["what"] for finding in check.run(look)]


@pytest.fixture
def look(now) -> Look:
    return Look(at=now)


@pytest.fixture
def only(monkeypatch):
    """A function that leaves the doctor these checks alone."""

    def leave(*checks: Check) -> None:
        monkeypatch.setattr(doctor.checks, "_items", {check.key: check for check in checks})

    return leave


@pytest.fixture
def ear(monkeypatch):
    """A reaction to "things.made", so that a row makes work."""
    monkeypatch.setitem(outbox._reactions, "things.made", {"ear": lambda row: None})


def run(*words: str) -> tuple[str, int]:
    """What the command says, and its exit code."""
    out = StringIO()
    try:
        call_command("doctor", *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_a_sound_portal_has_no_findings(db, thing, look):
    keys = ("core.migrations", "core.outbox", "core.timers", "core.broker", "core.seals", "core.history")
    assert {key: found(key, look) for key in keys} == {key: [] for key in keys}


def test_stuck_and_forgotten_effects_are_found(db, ear, look, now):
    outbox.put("things.made", about="things.thing:1", key="k1", at=now - timedelta(minutes=9))
    assert found("core.outbox", look) == ["后续没有人办：最早的一件等了 9 分钟"]
    OutboxWork.objects.update(tries=outbox.STUCK_AFTER, last_error="ValueError: no ear")
    assert found("core.outbox", look) == ["有 1 件后续试了多次没有办成，最早的是 things.made（ValueError: no ear）"]
    OutboxWork.objects.update(done_at=now)
    assert found("core.outbox", look) == []


def test_timers_that_are_behind_or_fail_are_found(thing, look, now):
    timers.put("things.thing", thing.pk, "start", now - timedelta(minutes=4))
    assert found("core.timers", look) == []
    Timer.objects.update(due_at=now - timedelta(minutes=30))
    assert found("core.timers", look) == ["按时间该走的步骤晚了：最早的一个晚了 30 分钟"]
    Timer.objects.update(tries=8, last_error="broken")
    assert found("core.timers", look) == [f"按时间该走的步骤走不成：start（things.thing:{thing.pk}，broken）"]


def test_a_silent_broker_is_found(settings, look):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert found("core.broker", look) == ["Valkey 没有回答（ConnectionError）。上报照常能存，通知会慢几秒"]


def test_a_missing_seal_is_found_once_its_night_is_over(thing, now):
    tomorrow = Look(at=now + timedelta(days=2))
    MigrationRecorder.Migration.objects.update(applied=now - timedelta(days=9))
    assert len(found("core.seals", tomorrow)) == 1
    day = sealing.last_due_day(tomorrow.at - timedelta(hours=checkups.SEAL_HOURS))
    sealing.seal_day(day=day, at=tomorrow.at)
    assert found("core.seals", tomorrow) == []


def test_a_changed_history_is_found_in_the_sample_and_in_full(thing, look, now):
    ThingHistory.objects.filter(subject=thing).update(role="other")
    expected = [f"things_thinghistory 的历史有 1 处不对，第一处：{thing.pk}，row 1 was changed"]
    assert found("core.history", look) == expected
    assert found("core.history", Look(at=now, full=True)) == expected


def test_a_photo_without_its_file_is_found(db, look, now):
    Photo.objects.create(
        owner="person:1", content_type="image/jpeg", byte_size=9, width=1, height=1, sha256="", created_at=now,
        attached_to="things.thing:1", attached_at=now, original_key="gone/photo.jpg",
    )  # fmt: skip
    assert found("core.photos", look) == ["有 1 张照片的文件不在了，例如 gone/photo.jpg"]
    assert found("core.photos", Look(at=now, full=True)) == ["有 1 张照片的文件不在了，例如 gone/photo.jpg"]


def test_figures_that_do_not_hold_are_found(db, look, monkeypatch):
    assert found("core.figures", look) == []
    wrong = Difference("things.made", 0, "", date(2026, 11, 1), 3, 5)
    monkeypatch.setattr(checkups, "recount", lambda mend: Recount(3, 1, [wrong]))
    assert found("core.figures", look) == [f"有 1 个数字和明细对不上，例如 {wrong}"]


def test_a_full_disk_is_found(look, monkeypatch):
    usage = SimpleNamespace(total=1000, free=55)
    monkeypatch.setattr(checkups.shutil, "disk_usage", lambda path: usage)
    assert found("core.disk", look) == ["磁盘只剩 5.5%，照片快存不下了"]


def test_the_command_tells_what_to_do_and_fails_only_for_what_is_wrong(db, only):
    calm = Check("x.calm", "安静", lambda look: [])
    watch = Check("x.watch", "留意", lambda look: [Finding("少 %(n)s 个", "补上。", {"n": 2}, "watch")])
    wrong = Check("x.wrong", "不对", lambda look: [Finding("坏了", "修好。")])
    only(calm, watch)
    text, code = run()
    assert code == 0
    assert text.splitlines()[:4] == ["✓ 安静", "! 留意", "    – 少 2 个", "    → 补上。"]
    only(calm, wrong)
    text, code = run()
    assert code == 1
    assert "    – 坏了\n    → 修好。" in text
    assert "1 项不对" in text
    only(calm)
    assert "都正常" in run()[0]


def test_the_command_speaks_to_programs(db, only):
    only(Check("x.wrong", "不对", lambda look: [Finding("坏了", "修好。")]))
    text, code = run("--json")
    told = json.loads(text)
    assert (code, told[0]["check"], told[0]["level"]) == (1, "x.wrong", "wrong")
    assert told[0]["findings"][0]["what"]["zh-hans"] == "坏了"


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(db, only):
    def broken(look: Look) -> list[Finding]:
        return list(Checkup.objects.raw("SELECT no_such_column FROM core_checkup"))

    only(Check("x.broken", "坏的", broken), Check("x.calm", "安静", lambda look: []))
    text, code = run()
    assert code == 1
    assert "这一项没有查成：ProgrammingError" in text
    assert "✓ 安静" in text


def test_slow_checks_are_answered_as_they_were_last(db, only, look, now):
    slow = Check("x.slow", "慢的", lambda look: [Finding("坏了", "修好。")], slow=True)
    only(slow)
    assert doctor.examine(look, slow=False)[0].level == "never"
    run()
    result = doctor.examine(look, slow=False)[0]
    assert (result.level, result.lines[0]["what"]) == ("wrong", "坏了")
    assert result.at is not None
    only(Check("x.slow", "慢的", lambda look: [], slow=True))
    run()
    assert doctor.examine(look, slow=False)[0].level == "ok"


def test_findings_are_kept_in_every_language():
    with translation.override("en"):
        told = Finding("有 %(n)s 件", "看一看。", {"n": 3}).said()
    assert set(told["what"]) == {"zh-hans", "en"}
    assert told["what"]["zh-hans"] == "有 3 件"
