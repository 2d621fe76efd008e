"""How the deadlines came about, as the resident reads it; and the colour of a badge."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from core.templatetags.words import due_sort
from grievances import actions, queries
from grievances.models import Case
from tests.grievances.town import due_earlier


def card(at_work, town, case) -> str:
    page = at_work(town.li).get(reverse("case", args=[case.pk])).content.decode()
    return page.partition('id="promise"')[2].partition("</section>")[0]


def test_the_card_says_what_was_promised(town, at_work):
    case = town.handling(category=town.categories["leak"])
    said = card(at_work, town, case)
    assert "2 个工作小时内联系您，16 个工作小时内办好" in said
    assert "只算上班时间" in said


def test_round_the_clock_says_so(town, at_work):
    gas = town.categories["gas"]
    gas.round_the_clock = "always"
    gas.save()
    assert "1 小时内联系您，8 小时内办好。不分昼夜" in card(at_work, town, town.handling(category=gas))


def test_pauses_and_new_dates_stand_there_with_their_reasons(town, at_work):
    case = town.handling()
    actions.ask_reporter(case_id=case.pk, by=town.zhao, question="几楼？", at=town.at(minutes=40))
    assert " 起停着" in card(at_work, town, case)
    actions.reporter_answers(case_id=case.pk, by=town.li, answer="三楼", at=town.at(minutes=30))
    due = Case.objects.get(pk=case.pk).due_at
    actions.ask_extension(
        case_id=case.pk, by=town.zhao, new=due + timedelta(days=9), reason="等配件", at=town.at(minutes=20)
    )
    actions.decide_extension(case_id=case.pk, by=town.zhou, granted=True, reason="配件下周到", at=town.at(minutes=10))
    said = card(at_work, town, case)
    assert "停着，不算时间" in said
    assert "等您补充情况" in said
    assert "改为" in said
    assert "配件下周到" in said


def test_a_refused_extension_is_no_new_date(town, at_work):
    case = town.handling()
    actions.ask_extension(
        case_id=case.pk, by=town.zhao, new=case.due_at + timedelta(days=9), reason="等配件", at=town.at(minutes=20)
    )
    actions.decide_extension(case_id=case.pk, by=town.zhou, granted=False, reason="不行", at=town.at(minutes=10))
    assert "改为" not in card(at_work, town, case)


def test_whoever_was_told_is_named(town, at_work):
    case = town.handling()
    due_earlier(case, town.at(minutes=1))
    actions.take_due_step(case.pk, "mark_overdue", town.now)
    actions.take_due_step(case.pk, "escalate", town.now)
    said = card(at_work, town, case)
    assert "超过了答应您的时间，已报给滨河社区" in said
    assert "还没有办好，再报给鼓楼西街街道" in said


def test_the_card_asks_few_questions_of_the_database(town, django_assert_max_num_queries):
    case = town.handling()
    steps = queries.steps_of(case)
    with django_assert_max_num_queries(2):
        queries.promises_of(case, steps)


def test_a_badge_is_yellow_from_three_quarters_on_and_red_past_the_deadline(town):
    now = timezone.now()
    hour = timedelta(hours=1)
    assert due_sort(now + 9 * hour, now - hour) == "soon"
    assert due_sort(now + 2 * hour, now + hour) == ""
    assert due_sort(now - hour, now - 2 * hour) == "late"
    assert due_sort(now + 2 * hour, None) == "soon"
    assert due_sort(now + 9 * hour, "") == ""
    assert due_sort(None) == ""


def test_the_queue_knows_when_its_next_deadline_turns_yellow(town):
    case = town.handling()
    [row] = queries.held_by(town.zhao)
    assert (row.next_due, row.next_warn) == (case.contact_due, case.warn_contact_at)
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.now)
    [row] = queries.held_by(town.zhao)
    assert row.next_warn == case.warn_at
