"""The calendar and duty hours change: open cases are worked out anew, in batches, and the old dates stay known."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities import actions as settings
from communities import queries as places
from communities.actions import Day
from core import jobs, outbox
from core.outbox import OutboxRow
from core.timers import Timer
from core.workflow import StepRefused
from grievances import actions, notices, queries
from grievances.actions import LABEL, reckoning
from grievances.models import Case
from tests.communities import make
from tests.grievances.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def holidays(town, days=3) -> list[Day]:
    """The days after today, off."""
    today = timezone.localdate(town.now)
    return [Day(today + timedelta(days=number), False, "放假") for number in range(1, days + 1)]


def work(town, rounds=12) -> None:
    """Let the workers do everything that waits."""
    for _round in range(rounds):
        if not outbox.drain(at=timezone.now() + timedelta(minutes=1)):
            return


def fresh(case) -> Case:
    return queries.for_notice(OutboxRow(about=f"{LABEL}:{case.pk}"))


def close_the_week(town, **options) -> None:
    settings.set_days(days=holidays(town, 7), by=town.qin, at=timezone.now(), **options)


def moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def to_the_millisecond(at: datetime) -> datetime:
    """As a history row writes a moment."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def told_of(kind, case) -> list[tuple[str, int]]:
    row = OutboxRow.objects.filter(kind=kind, about=f"{LABEL}:{case.pk}").latest("pk")
    return [(who.as_role, who.person_id) for who in notices.recipients(row, fresh(case))]


def test_holidays_move_open_cases_and_keep_the_old_date(town):
    case, done = town.handling(), town.finished()
    close_the_week(town)
    work(town)
    now = fresh(case)
    assert now.due_at > case.due_at + timedelta(days=4)
    row = now.history.get(step="recompute")
    assert (row.given["told"], row.actor_kind) == ("yes", "system")
    assert (moment(row.given["old"]), moment(row.given["new"])) == (
        to_the_millisecond(case.due_at),
        to_the_millisecond(now.due_at),
    )
    assert fresh(done).due_at == done.due_at
    assert Timer.objects.get(subject_id=case.pk, step="mark_overdue").due_at == now.due_at + timedelta(seconds=1)
    assert set(told_of("grievances.recomputed", case)) == {("reporter", town.li.pk), ("holder", town.zhao.pk)}
    job = jobs.newest("reckon.all.")
    assert (job.done, job.total, job.finished_at is not None) == (1, 1, True)


def test_the_same_calendar_again_moves_nothing(town):
    case = town.handling()
    close_the_week(town)
    work(town)
    before = fresh(case)
    close_the_week(town)
    work(town)
    assert fresh(case).last_seq == before.last_seq
    assert not actions.reckon_case(case_id=case.pk, at=timezone.now())


def test_a_late_case_whose_deadline_lies_ahead_again_is_late_no_more(town):
    case = town.handling(category=town.categories["drain"])
    Case.objects.filter(pk=case.pk).update(
        is_late=True, contact_in_time=False, due_at=town.at(minutes=1), contact_due=town.at(minutes=30)
    )
    close_the_week(town)
    work(town)
    now = fresh(case)
    assert (now.is_late, now.contact_in_time) == (False, None)
    assert {"warn_contact", "mark_overdue"} <= set(
        Timer.objects.filter(subject_id=case.pk).values_list("step", flat=True)
    )


def test_a_workday_taken_away_from_the_holidays_brings_the_deadline_nearer(town):
    close_the_week(town)
    case = town.handling()
    for day in holidays(town, 7):
        settings.remove_day(day=day.date, by=town.qin, at=timezone.now())
    work(town, 40)
    assert fresh(case).due_at < case.due_at


def test_duty_hours_reach_the_cases_of_their_place_only(town):
    here, there = town.handling(), town.report(area=town.far_grid)
    short = [(day, time(9), time(10)) for day in range(7)]
    settings.set_duty_hours(area=town.areas["滨河社区"], spans=short, by=town.qin, at=timezone.now())
    work(town)
    assert fresh(here).due_at > here.due_at
    assert fresh(there).due_at == there.due_at
    assert queries.running(town.areas["滨河社区"]).total == 1
    assert queries.running(town.areas["平阳社区"]).total == 0


def test_an_area_that_moves_counts_in_the_hours_of_its_new_parent(town):
    case = town.handling()
    street = make.street(town.areas["尧都区"], "新街道")
    settings.set_duty_hours(
        area=street, spans=[(day, time(9), time(10)) for day in range(7)], by=town.qin, at=timezone.now()
    )
    settings.move_area(area_id=town.areas["滨河社区"].pk, parent_id=street.pk, by=town.qin, at=timezone.now())
    work(town)
    assert fresh(case).due_at > case.due_at


def test_a_small_move_is_written_down_and_told_to_nobody(town):
    case = town.handling()
    hours = places.hours_at(town.grid)
    spans = [(day, time(8, 20) if start == time(8, 30) else start, end) for day in hours for start, end in hours[day]]
    settings.set_duty_hours(area=town.areas["滨河社区"], spans=spans, by=town.qin, at=timezone.now())
    work(town)
    assert fresh(case).due_at < case.due_at
    if abs(fresh(case).due_at - case.due_at) <= timedelta(days=1):
        assert told_of("grievances.recomputed", case) == []


def test_a_granted_date_is_not_taken_back(town):
    case = town.handling()
    actions.ask_extension(
        case_id=case.pk, by=town.zhao, new=case.due_at + timedelta(days=30), reason="缺件", at=town.at(minutes=20)
    )
    granted = actions.decide_extension(
        case_id=case.pk, by=town.zhou, granted=True, reason="同意", at=town.at(minutes=10)
    )
    close_the_week(town)
    work(town)
    assert fresh(case).due_at == granted.due_at


def test_many_cases_go_in_batches_and_a_worker_that_dies_leaves_the_rest(town, monkeypatch):
    monkeypatch.setattr(reckoning, "BATCH", 2)
    cases = [town.handling() for _number in range(5)]
    close_the_week(town)
    outbox.drain(at=timezone.now() + timedelta(minutes=1))
    reckon = actions.reckon_case
    monkeypatch.setattr(reckoning, "reckon_case", lambda **options: 1 / 0)
    outbox.drain(at=timezone.now() + timedelta(minutes=1), limit=1)
    assert jobs.newest("reckon.").done == 0
    monkeypatch.setattr(reckoning, "reckon_case", reckon)
    outbox.OutboxWork.objects.filter(done_at=None).update(due_at=timezone.now(), claimed_until=None)
    work(town, 40)
    assert all(fresh(case).due_at > case.due_at for case in cases)
    assert [fresh(case).history.filter(step="recompute").count() for case in cases] == [1] * 5
    job = jobs.newest("reckon.")
    assert (job.done, job.finished_at is not None) == (5, True)


def test_a_case_whose_history_runs_ahead_of_the_clock_is_worked_out_too(town):
    case = town.handling()
    close_the_week(town)
    ahead = case.history.latest("seq").at - timedelta(hours=5)
    assert actions.reckon_case(case_id=case.pk, at=ahead)
    row = case.history.get(step="recompute")
    assert row.at == case.history.get(seq=row.seq - 1).at


def test_what_the_clock_wrote_meanwhile_refuses_nobody(town):
    """The page was drawn, then the calendar moved the deadline: the result that was being typed still counts."""
    case = town.handling()
    seen = case.last_seq
    close_the_week(town)
    assert actions.reckon_case(case_id=case.pk, at=timezone.now())
    done = actions.result(
        case_id=case.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看。", at=timezone.now(), expect=seen
    )
    assert done.last_seq == seen + 2
    with pytest.raises(StepRefused):
        actions.result(case_id=case.pk, by=town.zhao, result_text="再来一次。", at=timezone.now(), expect=seen)


def test_reckoned_twice_at_once_it_moves_once(town):
    case = town.handling()
    close_the_week(town)
    answers = together(*[lambda: actions.reckon_case(case_id=case.pk, at=timezone.now())] * 3)
    assert sorted(answers) == [False, False, True]
    assert case.history.filter(step="recompute").count() == 1


def test_a_result_beside_a_reckoning_is_judged_by_one_deadline(town):
    case = town.handling()
    close_the_week(town)
    now = timezone.now()
    together(
        lambda: actions.reckon_case(case_id=case.pk, at=now),
        lambda: actions.result(
            case_id=case.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看。", at=now + timedelta(seconds=1)
        ),
    )
    after = fresh(case)
    assert (after.state, after.result_in_time) == ("feedback", True)
    assert after.history.latest("seq").step == "result"


def test_the_calendar_says_what_it_will_move_and_how_far_it_is(town, at_work):
    town.handling()
    browser = at_work(town.qin)
    assert "在办的 1 件会重新算时限" in browser.get(reverse("calendar")).content.decode()
    jobs.begin(name="reckon.all.7", total=1200, at=timezone.now())
    page = browser.get(reverse("calendar")).content.decode()
    assert "正在重算：0 / 1200 件" in page
    assert "不会因为改日历而变" not in page
    duty = browser.get(reverse("duty"), {"area": town.areas["滨河社区"].pk}).content.decode()
    assert "在办的 1 件会重新算时限" in duty
