"""Handing over at the end of a shift: offered, taken, declined, taken back, lapsed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.models import RoleGrant
from communities.rules import NotAllowed
from core import outbox, timers
from grievances import actions, queries, rules
from grievances.actions.shift import SHIFT, NoReason, NothingGoes, NoWords, OfferOver, lapses_at
from grievances.models import Case, ShiftItem, ShiftOffer
from grievances.routing import Holder
from grievances.workflow import State
from notifications.models import Message

pytestmark = pytest.mark.django_db


def offer(town, *cases, to="qian", giver="zhao", **other):
    given = {"words": "三楼王阿姨约了今晚七点", "at": town.at(minutes=20)} | other
    return actions.offer_shift(
        by=town.people[giver], to=town.people[to], case_ids=[case.pk for case in cases], **given
    )  # fmt: skip


def work_off(at=None):
    while outbox.drain(at=at or timezone.now()):
        pass


def take(town, pk, by="qian"):
    return actions.take_shift(offer_id=pk, by=town.people[by], at=town.at(minutes=10))


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_the_cases_stay_until_they_are_taken_and_then_go_as_they_are(town):
    one, two = town.handling(), town.suspended()
    given = offer(town, one, two)
    assert (given.cases, given.left) == (2, [])
    assert again(one).handler == town.zhao
    done = take(town, given.offer.pk)
    assert (done.cases, done.left) == (2, [])
    for before in (one, two):
        case = again(before)
        assert case.handler == town.qian
        assert (case.state, case.due_at, case.holder_area_id) == (before.state, before.due_at, before.holder_area_id)
        row = case.history.get(step="take_over")
        assert (row.actor, row.acted_for, row.role) == (town.qian, town.zhao, "taker")
        assert (row.given["to"], row.from_state, row.to_state) == (f"person:{town.qian.pk}", case.state, case.state)
    assert rules.is_holder(town.qian, again(one))
    assert [entry.what for entry in queries.day_of(town.qian, timezone.localdate(town.at(minutes=10)))] == ["接班"] * 2


def test_what_was_given_by_name_goes_by_name(town):
    case = town.dispatched(Holder(person=town.zhao))
    take(town, offer(town, case).offer.pk)
    assert (again(case).holder_person, again(case).state) == (town.qian, State.DISPATCHED)


def test_an_organisation_s_case_goes_to_a_colleague_there_only(town):
    case = town.dispatched(Holder(organisation=town.company))
    actions.accept(case_id=case.pk, by=town.you, at=town.at(minutes=50))
    with pytest.raises(NothingGoes, match=f"{case.number} 不能交给钱芳"):
        offer(town, case, giver="you")


@pytest.mark.parametrize("to", ["chen", "feng", "li", "zhao"])
def test_nobody_of_the_next_community_takes_it(town, to):
    case = town.handling()
    with pytest.raises((NothingGoes, IntegrityError)):
        offer(town, case, to=to)
    assert not ShiftOffer.objects.exists()


@pytest.mark.parametrize("giver", ["qian", "sun", "qin", "chen"])
def test_only_who_has_it_by_name_offers_it(town, giver):
    with pytest.raises(NothingGoes, match="已经不在"):
        offer(town, town.handling(), giver=giver, to="zhou")


def test_only_the_two_answer_each_their_own(town):
    pk = offer(town, town.handling()).offer.pk
    for who in ("zhao", "sun", "chen", "qin"):
        with pytest.raises(NotAllowed):
            take(town, pk, by=who)
        with pytest.raises(NotAllowed):
            actions.decline_shift(offer_id=pk, by=town.people[who], why="忙", at=town.now)
    with pytest.raises(NotAllowed):
        actions.withdraw_shift(offer_id=pk, by=town.qian, at=town.now)


def test_who_was_not_offered_it_cannot_take_the_step(town):
    from core.workflow import Actor, NotYours

    case = town.handling()
    for giver in (None, town.zhao):
        with pytest.raises(NotYours):
            actions.flow.take("take_over", case.pk, actor=Actor.of(town.qian, giver), at=town.now, to="x")


def test_a_confidential_case_goes_to_who_may_see_it_only(town):
    hidden, plain = town.handling(kind="offence", text="有人收钱。"), town.handling()
    given = offer(town, hidden, plain)
    assert given.cases == 1
    assert "保密件" in given.left[0]
    assert hidden.number in given.left[0]
    assert offer(town, hidden, to="zhou").cases == 1


def test_one_open_offer_for_a_case(town):
    case, other = town.handling(), town.handling()
    first = offer(town, case)
    given = offer(town, case, other, to="zhou")
    assert (given.cases, given.left) == (1, [f"{case.number} 已经交给钱芳，正等着接。"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftItem.objects.create(offer=given.offer, case=case)
    actions.withdraw_shift(offer_id=first.offer.pk, by=town.zhao, at=town.now)
    assert offer(town, case, to="zhou").cases == 1


def test_what_was_closed_or_moved_meanwhile_is_told_and_the_rest_goes(town):
    done, moved, kept = town.handling(), town.handling(), town.handling()
    pk = offer(town, done, moved, kept).offer.pk
    actions.result(case_id=done.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看。", at=town.at(minutes=15))
    actions.transfer(
        case_id=moved.pk, by=town.sun, holder=town.holder(town.next_grid), reason="他近", at=town.at(minutes=15)
    )
    answer = take(town, pk)
    assert answer.cases == 1
    assert [words.split()[0] for words in sorted(answer.left)] == sorted([done.number, moved.number])
    assert (again(done).handler, again(kept).handler) == (town.zhao, town.qian)
    assert set(ShiftItem.objects.values_list("case", "moved")) == {
        (done.pk, False), (moved.pk, False), (kept.pk, True)
    }  # fmt: skip


def test_who_lost_the_job_meanwhile_takes_nothing(town):
    case = town.handling()
    pk = offer(town, case).offer.pk
    RoleGrant.objects.filter(person=town.qian).update(valid_until=town.at(minutes=15))
    assert take(town, pk).cases == 0
    assert again(case).handler == town.zhao


def test_saying_no_needs_a_reason_and_the_giver_hears_it(town):
    case = town.handling()
    pk = offer(town, case).offer.pk
    with pytest.raises(NoReason):
        actions.decline_shift(offer_id=pk, by=town.qian, why=" ", at=town.now)
    actions.decline_shift(offer_id=pk, by=town.qian, why="今晚我也休息", at=town.at(minutes=9))
    assert again(case).handler == town.zhao
    work_off()
    assert Message.objects.filter(person=town.zhao, title__contains="钱芳没有接您交的班").exists()


def test_each_hears_once(town):
    pk = offer(town, town.handling()).offer.pk
    work_off()
    assert Message.objects.filter(person=town.qian, title__contains="赵建国交班给您").count() == 1
    take(town, pk)
    work_off()
    assert Message.objects.filter(person=town.zhao, title__contains="接走 1 件").count() == 1
    assert not Message.objects.filter(person=town.qian, title__contains="移交给您").exists()


def test_one_line_and_one_case_are_needed(town):
    with pytest.raises(NoWords):
        offer(town, town.handling(), words="  ")
    with pytest.raises(NothingGoes):
        offer(town)


def test_it_lapses_at_the_end_of_the_next_day(town):
    case = town.handling()
    given = offer(town, case).offer
    assert given.until == lapses_at(town.at(minutes=20))
    assert timedelta(hours=24) < given.until - given.offered_at <= timedelta(hours=48)
    assert timers.waiting_of(SHIFT, given.pk) == {"lapse": given.until}
    assert queries.shift_offers_to(town.qian, given.until) == []
    with pytest.raises(OfferOver, match="过了时间"):
        actions.take_shift(offer_id=given.pk, by=town.qian, at=given.until)
    timers.take_now(SHIFT, given.pk, "lapse", given.until, given.until)
    assert again(given).answer == "lapsed"
    assert again(case).handler == town.zhao
    assert timers.waiting_of(SHIFT, given.pk) == {}
    work_off(given.until)
    assert Message.objects.filter(person=town.zhao, title__contains="没有人接").exists()


def test_an_answered_offer_does_not_lapse(town):
    given = offer(town, town.handling()).offer
    take(town, given.pk)
    timers.put(SHIFT, given.pk, "lapse", given.until)
    timers.take_now(SHIFT, given.pk, "lapse", given.until, given.until)
    assert timers.waiting_of(SHIFT, given.pk) == {}
    assert again(given).answer == "taken"


@pytest.mark.parametrize("first", ["take", "decline", "withdraw"])
def test_the_second_answer_is_told_who_was_first(town, first):
    pk = offer(town, town.handling()).offer.pk
    answers = {
        "take": lambda: take(town, pk),
        "decline": lambda: actions.decline_shift(offer_id=pk, by=town.qian, why="忙", at=town.at(minutes=10)),
        "withdraw": lambda: actions.withdraw_shift(offer_id=pk, by=town.zhao, at=town.at(minutes=10)),
    }
    answers[first]()
    for answer in answers.values():
        with pytest.raises(OfferOver, match="赵建国" if first == "withdraw" else "钱芳"):
            answer()


def page(browser, name, *args, **data):
    return browser.post(reverse(name, args=args), data) if data else browser.get(reverse(name, args=args))


def test_from_the_page_to_the_card_to_the_hands(town, at_work):
    case, other = town.handling(), town.handling()
    zhao = at_work(town.zhao)
    for name in ("queue", "day_log"):
        assert reverse("shift") in page(zhao, name).content.decode()
    drawn = page(zhao, "shift").content.decode()
    for words in (case.number, "钱芳 · 网格员", "手上没有事", "值班"):
        assert words in drawn
    assert "陈刚" not in drawn
    answer = page(zhao, "shift", cases=[case.pk], to=town.qian.pk, words="钥匙在门卫")
    pk = ShiftOffer.objects.get().pk
    assert answer.url == reverse("shift_offer", args=[pk])
    assert "收回来" in page(zhao, "shift").content.decode()
    qian = at_work(town.qian)
    card = page(qian, "queue").content.decode()
    assert "赵建国交班给您 1 件" in card
    assert "钥匙在门卫" in card
    page(qian, "shift_step", pk, "take", once="")
    assert (again(case).handler, again(other).handler) == (town.qian, town.zhao)
    assert "交班给您" not in page(qian, "queue").content.decode()
    assert reverse("case", args=[case.pk]) in page(qian, "shift_offer", pk).content.decode()


def test_the_page_keeps_what_was_typed(town, at_work):
    case = town.handling()
    zhao = at_work(town.zhao)
    answer = page(zhao, "shift", cases=[case.pk], words="钥匙在门卫")
    assert answer.status_code == 422
    assert "钥匙在门卫" in answer.content.decode()
    answer = page(zhao, "shift", cases=[case.pk], to=town.chen.pk, words="钥匙在门卫")
    assert (answer.status_code, ShiftOffer.objects.count()) == (422, 0)
    actions.result(case_id=case.pk, by=town.zhao, result_text="已到现场处理完毕，请您看看。", at=town.at(minutes=15))
    town.handling()
    answer = page(zhao, "shift", cases=[case.pk], to=town.qian.pk, words="钥匙在门卫")
    assert answer.status_code == 422
    assert f"{case.number} 现在是" in answer.content.decode()


def test_the_same_form_twice_is_one_offer(town, at_work):
    case = town.handling()
    given = {"cases": [case.pk], "to": town.qian.pk, "words": "好", "once": "7f1f6d0e-6a8e-4f0e-9d2d-0d5b7b0a9a01"}
    zhao = at_work(town.zhao)
    assert [page(zhao, "shift", **given).status_code for _try in range(2)] == [302, 302]
    assert ShiftOffer.objects.count() == 1


def test_declining_on_the_page_asks_why(town, at_work):
    pk = offer(town, town.handling()).offer.pk
    qian = at_work(town.qian)
    assert page(qian, "shift_step", pk, "decline", why="").status_code == 422
    assert page(qian, "shift_step", pk, "decline", why="今晚有事").status_code == 302
    late = page(qian, "shift_step", pk, "take", once="")
    assert late.status_code == 409
    assert "回了“不接”" in late.content.decode()


@pytest.mark.parametrize(("who", "status"), [("chen", 404), ("sun", 404), ("qin", 404), ("li", 403), ("auditor", 403)])
def test_others_do_not_find_it(town, at_work, who, status):
    pk = offer(town, town.handling()).offer.pk
    browser = at_work(town.people[who])
    assert page(browser, "shift_offer", pk).status_code == status
    for step in ("take", "decline", "withdraw"):
        assert page(browser, "shift_step", pk, step, why="x").status_code == status
    assert page(browser, "shift").status_code == (403 if status == 403 else 200)


def test_a_step_that_is_none_is_not_there(town, at_work):
    pk = offer(town, town.handling()).offer.pk
    assert page(at_work(town.qian), "shift_step", pk, "lapse", once="").status_code == 404
    assert page(at_work(town.zhao), "shift_step", pk, "take", once="").status_code == 403


def test_more_cases_cost_no_more_queries(town, at_work):
    first = town.handling()
    zhao = at_work(town.zhao)

    def cost(name, *args) -> int:
        page(zhao, name, *args)
        with CaptureQueriesContext(connection) as captured:
            page(zhao, name, *args)
        return len(captured)

    few, queue = cost("shift"), cost("queue")
    more = [town.handling(text=f"第 {n} 件：灯不亮") for n in range(5)]
    assert cost("shift") <= few
    pk = offer(town, first).offer.pk
    small = cost("shift_offer", pk)
    many = offer(town, *more, to="zhou").offer.pk
    assert cost("shift_offer", many) <= small
    assert cost("queue") <= queue
    assert Case.objects.filter(handler=town.zhao).count() == 6
