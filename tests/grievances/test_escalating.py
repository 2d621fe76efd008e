"""Yellow, red and the levels above: who hears when, also when the clock moved or nobody swept for days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.outbox import OutboxRow
from core.timers import Timer, sweep
from grievances import actions, notices, queries
from grievances.actions import LABEL
from grievances.models import Case
from grievances.workflow import State
from tests.grievances.town import due_earlier

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(case) -> Case:
    return queries.for_notice(OutboxRow(about=f"{LABEL}:{case.pk}"))


def kinds(case) -> list[str]:
    rows = OutboxRow.objects.filter(about=f"{LABEL}:{case.pk}").order_by("id")
    return [kind.removeprefix("grievances.") for kind in rows.values_list("kind", flat=True)]


def hearing(kind, case) -> set[tuple[str, str]]:
    row = OutboxRow.objects.filter(kind=f"grievances.{kind}", about=f"{LABEL}:{case.pk}").latest("pk")
    names = dict(Case.objects.model.reporter.field.related_model.objects.values_list("pk", "name"))
    return {(who.as_role, names[who.person_id]) for who in notices.recipients(row, fresh(case))}


def late(town, **facts) -> Case:
    """A case of 赵's whose deadlines passed a minute ago, marked as late."""
    case = town.handling(**facts)
    due_earlier(case, town.at(minutes=1))
    actions.take_due_step(case.pk, "mark_overdue", town.now)
    return fresh(case)


def next_level(case) -> None:
    """As if the working day until the next level were over."""
    Timer.objects.filter(subject_id=case.pk, step="escalate").update(due_at=timezone.now() - timedelta(seconds=1))
    Timer.objects.filter(subject_id=case.pk).exclude(step="escalate").delete()
    sweep(at=timezone.now())


@pytest.mark.parametrize("step", ["contact_soon", "warn_due"])
def test_yellow_is_told_to_the_holder_and_the_level_above(town, step):
    case = town.handling()
    actions.take_due_step(case.pk, step, town.now)
    kind = {"contact_soon": "contact_soon", "warn_due": "due_soon"}[step]
    assert hearing(kind, case) == {("holder", "赵建国"), ("superior", "周敏")}


def test_yellow_of_what_nobody_has_goes_to_the_dispatcher(town):
    case = town.report()
    actions.take_due_step(case.pk, "warn_due", town.now)
    assert hearing("due_soon", case) == {("dispatcher", "孙丽"), ("superior", "周敏")}


def test_red_is_told_to_the_holder_the_dispatcher_and_the_level_above(town):
    case = late(town)
    assert hearing("overdue", case) == {("holder", "赵建国"), ("dispatcher", "孙丽"), ("superior", "周敏")}
    assert case.history.get(step="mark_overdue").given == {"level": town.areas["滨河社区"].pk}


def test_it_climbs_one_level_each_working_day_up_to_the_city(town):
    case = late(town)
    levels = []
    for _level in range(5):
        timer = Timer.objects.filter(subject_id=case.pk, step="escalate").first()
        if timer is None:
            break
        next_level(case)
        levels.append(sorted(name for _role, name in hearing("escalated", case)))
    assert levels[:3] == [["赵建国", "韩磊", "魏宁"], ["朱涛", "赵建国"], ["秦岚", "赵建国"]]
    assert kinds(case).count("escalated") == 3
    assert not Timer.objects.filter(subject_id=case.pk, step="escalate").exists()


def test_the_next_level_waits_one_working_day(town):
    case = late(town)
    due = Timer.objects.get(subject_id=case.pk, step="escalate").due_at
    assert timedelta(hours=7) <= due - town.now < timedelta(days=12)


def test_a_case_with_a_result_climbs_no_further(town):
    case = late(town)
    actions.result(
        case_id=case.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看还有没有问题。", at=timezone.now()
    )
    assert not Timer.objects.filter(subject_id=case.pk, step="escalate").exists()


def test_a_confidential_case_climbs_to_those_who_may_see_it(town):
    case = late(town, visibility="confidential")
    next_level(case)
    assert hearing("escalated", case) == {("holder", "赵建国"), ("superior", "韩磊"), ("superior", "魏宁")}
    next_level(case)
    assert kinds(case).count("escalated") == 1


def test_warnings_that_come_too_late_are_not_sent_before_the_overdue_one(town):
    """The worker was down for two days: one notice for each clock, and the next level has its full day."""
    case = town.handling()
    due_earlier(case, town.at(minutes=5))
    Timer.objects.filter(subject_id=case.pk).update(due_at=town.at(minutes=6))
    sweep(at=timezone.now())
    sweep(at=timezone.now() + timedelta(seconds=5))
    said = [
        kind for kind in kinds(case) if kind in ("contact_soon", "contact_late", "due_soon", "overdue", "escalated")
    ]
    assert sorted(said) == ["contact_late", "overdue"]
    assert Timer.objects.get(subject_id=case.pk).step == "escalate"


def test_a_result_in_the_very_second_of_the_deadline_is_in_time(town):
    case = town.handling()
    due_earlier(case, town.at(minutes=1))
    actions.take_due_step(case.pk, "mark_overdue", town.at(minutes=1))
    assert not fresh(case).is_late
    done = actions.result(case_id=case.pk, by=town.zhao, result_text="已处理完毕，请您再看看。", at=town.at(minutes=1))
    assert done.result_in_time is True


def test_a_timer_that_comes_before_the_deadline_waits_for_it(town):
    case = town.handling()
    Timer.objects.filter(subject_id=case.pk, step="mark_overdue").update(due_at=town.at(minutes=1))
    sweep(at=timezone.now())
    assert not fresh(case).is_late
    assert Timer.objects.get(subject_id=case.pk, step="mark_overdue").due_at == case.due_at + timedelta(seconds=1)


def test_a_clock_set_back_loses_no_timer(town):
    case = town.handling()
    due_earlier(case, town.at(hours=30))
    Timer.objects.filter(subject_id=case.pk).update(due_at=town.at(hours=30))
    sweep(at=town.at(hours=4))
    waiting = set(Timer.objects.filter(subject_id=case.pk).values_list("step", flat=True))
    assert {"mark_overdue", "warn_contact"} <= waiting
    assert not fresh(case).is_late
    sweep(at=timezone.now())
    assert fresh(case).is_late


def test_a_clock_set_forward_marks_and_a_reckoning_puts_it_right(town):
    case = town.handling()
    ahead = case.due_at + timedelta(days=1)
    actions.take_due_step(case.pk, "mark_overdue", ahead, ahead)
    assert fresh(case).is_late
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at - timedelta(hours=2))
    actions.reckon_case(case_id=case.pk, at=timezone.now())
    now = fresh(case)
    assert now.due_at == case.due_at
    assert now.state == State.HANDLING


def test_paused_cases_warn_nobody_and_go_on_where_they_were(town):
    case = town.handling()
    due = case.due_at
    actions.ask_reporter(case_id=case.pk, by=town.zhao, question="几楼？", at=town.at(minutes=30))
    assert set(Timer.objects.filter(subject_id=case.pk).values_list("step", flat=True)) == {"end_waiting"}
    back = actions.reporter_answers(case_id=case.pk, by=town.li, answer="三楼", at=town.at(minutes=5))
    assert back.due_at >= due
    assert {"warn_due", "mark_overdue"} <= set(Timer.objects.filter(subject_id=case.pk).values_list("step", flat=True))
