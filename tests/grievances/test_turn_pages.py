"""The further turns through their pages: who may, who may not, and what is kept when a form is refused."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.once import fresh_key
from grievances import actions
from grievances.models import Case, CasePause
from grievances.workflow import State
from tests.grievances.town import LONG_ENOUGH

SOON = f"{timezone.now() + timedelta(days=60):%Y-%m-%d}"


def way(town, name):
    """A case that is ready for the turn, who takes it, what is sent, and where it stands afterwards."""
    ways = {
        "triage": (town.report, "sun", {"category": "leak", "urgency": "urgent", "tier": ""}, State.REPORTED),
        "answer_directly": (town.report, "sun", {"result_text": "窗口周六上午也开。"}, State.FEEDBACK),
        "recategorise": (town.handling, "sun", {"category": "leak", "urgency": "normal", "reason": "分错了"},
                         State.HANDLING),
        "transfer": (town.handling, "sun", {"holder": town.holder(town.next_grid).code, "reason": "他近"},
                     State.DISPATCHED),
        "rule_return": (town.returned, "zhou", {"holder": town.holder(town.next_grid).code, "reason": "归第 2 网格"},
                        State.DISPATCHED),
        "ask_reporter": (town.handling, "zhao", {"question": "几楼？"}, State.WAITING),
        "reporter_answers": (town.waiting, "li", {"answer": "三楼"}, State.HANDLING),
        "end_waiting": (town.waiting, "zhao", {}, State.HANDLING),
        "ask_extension": (town.handling, "zhao", {"new": SOON, "reason": "缺配件"}, State.HANDLING),
        "ask_suspension": (town.handling, "zhao", {"code": "funds", "until": SOON, "reason": "等资金"}, State.HANDLING),
        "resume": (town.suspended, "zhao", {}, State.HANDLING),
        "result_to_check": (lambda: town.handling(category=town.categories["lift"]), "zhao",
                            {"result_text": LONG_ENOUGH}, State.CHECKING),
        "check_pass": (town.checking, "sun", {}, State.FEEDBACK),
        "check_fail": (town.checking, "sun", {"reason": "还在响"}, State.HANDLING),
        "propose_settlement": (town.twice_reopened, "han", {"reason": "管不了", "door": "court"}, State.FEEDBACK),
        "merge": (lambda: town.report(text="也漏水了"), "sun", {"number": town.report().number}, State.MERGED),
        "unmerge": (town.merged, "sun", {"reason": "不是一件"}, State.DISPATCHED),
        "urge": (town.dispatched, "zhou", {"words": "快一点", "until": SOON}, State.DISPATCHED),
        "comment": (town.dispatched, "zhao", {"words": "记一笔"}, State.DISPATCHED),
    }  # fmt: skip
    make, who, sent, after = ways[name]
    return make(), who, sent, after


NAMES = [
    "triage", "answer_directly", "recategorise", "transfer", "rule_return", "ask_reporter", "reporter_answers",
    "end_waiting", "ask_extension", "ask_suspension", "resume", "result_to_check", "check_pass", "check_fail",
    "propose_settlement", "merge", "unmerge", "urge", "comment",
]  # fmt: skip


def send(browser, case, name, sent):
    """Press the turn's button with what was filled in."""
    data = {f"{name}-{field}": value for field, value in sent.items()} | {"once": fresh_key()}
    return browser.post(reverse("case_step", args=[case.pk, name]), data)


@pytest.mark.parametrize("name", NAMES)
def test_a_turn_is_offered_and_taken(town, at_work, name):
    case, who, sent, after = way(town, name)
    browser = at_work(town.people[who])
    page = browser.get(reverse("case", args=[case.pk]), {"turn": name})
    assert reverse("case_step", args=[case.pk, name]) in page.content.decode()
    answer = send(browser, case, name, sent)
    assert answer.status_code == 302, answer.content.decode()
    case.refresh_from_db()
    assert case.state == after
    assert case.history.order_by("-seq").first().step == name


@pytest.mark.parametrize("name", NAMES)
def test_the_same_role_next_door_does_not_find_it(town, at_work, name):
    case, _who, sent, _after = way(town, name)
    for other in ("feng", "chen", "wang"):
        assert send(at_work(town.people[other]), case, name, sent).status_code == 404
    assert case.history.order_by("-seq").first().seq == case.last_seq


@pytest.mark.parametrize(
    ("name", "who"),
    [("triage", "zhao"), ("transfer", "zhou"), ("rule_return", "sun"), ("ask_reporter", "sun"), ("check_pass", "zhao"),
     ("ask_extension", "zhou"), ("resume", "sun"), ("propose_settlement", "zhou"), ("urge", "zhao"), ("merge", "zhou")],
)  # fmt: skip
def test_who_sees_it_but_may_not_is_told_so(town, at_work, name, who):
    case, _who, sent, _after = way(town, name)
    answer = send(at_work(town.people[who]), case, name, sent)
    assert answer.status_code in (403, 404)
    case.refresh_from_db()
    assert case.history.order_by("-seq").first().step != name


@pytest.mark.parametrize("name", ["ask_extension", "ask_suspension", "urge", "transfer", "ask_reporter", "merge"])
def test_what_was_typed_stays_when_it_is_refused(town, at_work, name):
    case, who, sent, _after = way(town, name)
    words = next((field for field in ("reason", "words", "question") if field in sent), "number")
    kept = {words: "这句话要留住"}
    answer = send(
        at_work(town.people[who]),
        case,
        name,
        {**kept, "until": "昨天", "new": "x"} if words != "question" else {"question": "字" * 900},
    )
    assert answer.status_code == 422
    assert ("这句话要留住" in answer.content.decode()) or words == "question"


def test_more_time_is_decided_by_the_level_above_and_the_old_date_is_kept(town, at_work):
    case = town.handling()
    old = case.due_at
    send(at_work(town.zhao), case, "ask_extension", {"new": SOON, "reason": "缺配件"})
    assert "缺配件" in at_work(town.zhou).get(reverse("approvals")).content.decode()
    assert 'data-approvals="1"' in at_work(town.zhou).get(reverse("board")).content.decode()
    send(at_work(town.zhou), case, "decide_extension", {"granted": "yes", "reason": "同意"})
    assert "data-approvals" not in at_work(town.zhou).get(reverse("board")).content.decode()
    case.refresh_from_db()
    assert case.due_at > old
    assert case.asked == ""
    row = case.history.get(step="decide_extension")
    assert row.given["old"].startswith(f"{old:%Y-%m-%dT%H:%M}")
    page = at_work(town.li).get(reverse("case", args=[case.pk])).content.decode()
    assert "办好的时间改到" in page


def test_a_rest_shows_its_age_and_ends_by_itself(town, at_work):
    case = town.suspended()
    page = at_work(town.zhou).get(reverse("resting")).content.decode()
    assert case.title in page
    assert "等资金到位" in page
    assert case.title not in at_work(town.feng).get(reverse("resting")).content.decode()
    until = CasePause.objects.get(case=case).until
    actions.take_due_step(case.pk, "resume", until, recorded_at=until)
    case.refresh_from_db()
    assert case.state == State.HANDLING


def test_two_people_of_the_street_settle_and_the_resident_reads_where_to_go(town, at_work):
    case = town.twice_reopened()
    send(at_work(town.han), case, "propose_settlement", {"reason": "两家谈不拢，行政上不能代为决定。", "door": "court"})
    assert send(at_work(town.han), case, "settle", {}).status_code == 403
    assert send(at_work(town.wei), case, "settle", {}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, "unsolved_settled")
    page = at_work(town.li).get(reverse("case", args=[case.pk])).content.decode()
    assert "两家谈不拢" in page
    assert "到法院起诉" in page


def test_a_case_with_many_comments_stays_readable(town, at_work, django_assert_max_num_queries):
    case = town.dispatched()
    for number in range(500):
        actions.comment(case_id=case.pk, by=town.zhao, words=f"第 {number} 句", at=town.at(minutes=50))
    browser = at_work(town.zhao)
    with django_assert_max_num_queries(33):
        page = browser.get(reverse("case", args=[case.pk])).content.decode()
    assert "第 499 句" in page
    assert "更早的" in page
    assert "第 499 句" not in at_work(town.li).get(reverse("case", args=[case.pk])).content.decode()


# taking in


def intake(town, **sent):
    """What is sent for a caller in 滨河社区."""
    given = {
        "source": "phone", "caller_name": "吴大妈", "caller_phone": "13900001234", "text": "楼下井盖松了，一踩就响。",
        "area": town.grid.pk, "urgency": "normal", "kind": "help", "visibility": "not_public", "category": "",
    }  # fmt: skip
    return {**given, **sent, "once": fresh_key()}


def test_a_caller_is_written_down_and_known_by_the_phone(town, at_work):
    browser = at_work(town.sun)
    assert browser.get(reverse("intake")).status_code == 200
    answer = browser.post(reverse("intake"), intake(town, call_note="听着很着急"), follow=True)
    case = Case.objects.get()
    assert (case.source, case.reporter.name, case.reporter.phone) == ("phone", "吴大妈", "13900001234")
    assert case.number in answer.content.decode()
    assert "听着很着急" in browser.get(reverse("case", args=[case.pk])).content.decode()


def test_who_wants_no_name_has_none(town, at_work):
    at_work(town.sun).post(reverse("intake"), intake(town, caller_name="", caller_phone="", unnamed="on"))
    assert Case.objects.get().reporter is None


@pytest.mark.parametrize("missing", [{"caller_name": ""}, {"caller_phone": "123"}, {"text": ""}, {"area": "999999"}])
def test_an_intake_that_lacks_something_is_kept(town, at_work, missing):
    answer = at_work(town.sun).post(reverse("intake"), intake(town, **missing))
    assert answer.status_code == 422
    assert "听" in answer.content.decode() or "井盖" in answer.content.decode() or "吴大妈" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_place_of_others_cannot_be_chosen(town, at_work):
    assert at_work(town.sun).post(reverse("intake"), intake(town, area=town.far_grid.pk)).status_code == 422
    assert at_work(town.li).get(reverse("intake")).status_code == 403


def test_a_find_is_put_right_on_the_spot_and_counted_apart(town, at_work, shoot):
    browser = at_work(town.zhao)
    assert browser.get(reverse("patrol")).status_code == 200
    before, after = shoot(town.zhao, 2)
    sent = {"text": "井盖移位，已复位。", "area": town.grid.pk, "before": before, "after": after, "once": fresh_key()}
    assert browser.post(reverse("patrol"), sent).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.outcome, case.source, case.result_in_time) == ("closed", "self_handled", "patrol", None)
    assert case.photos.count() == 2


def test_a_find_without_a_photo_is_kept(town, at_work):
    sent = {"text": "井盖移位，已复位。", "area": town.grid.pk, "once": fresh_key()}
    answer = at_work(town.zhao).post(reverse("patrol"), sent)
    assert answer.status_code == 422
    assert "井盖移位，已复位。" in answer.content.decode()


def test_what_a_patrol_cannot_do_goes_on_to_the_intake(town, at_work, shoot):
    (shot,) = shoot(town.zhao)
    sent = {"text": "路灯杆歪了。", "area": town.grid.pk, "from_patrol": "1", "before": shot}
    page = at_work(town.zhao).post(reverse("intake"), sent).content.decode()
    assert "路灯杆歪了。" in page
    assert shot in page


def test_the_number_is_read_out_and_the_next_thing_is_at_hand(town, at_work):
    browser = at_work(town.sun)
    page = browser.post(reverse("intake"), intake(town, category="leak_none"), follow=True)
    assert page.status_code == 422
    answer = browser.post(reverse("intake"), intake(town), follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("intake_done", args=[case.pk])
    page = answer.content.decode()
    assert f'<p class="number-aloud"><b>{case.number}</b></p>' in page
    assert f"{reverse('desk')}?case={case.pk}#dispatch" in page
    assert "再录一件" in page
    assert at_work(town.feng).get(reverse("intake_done", args=[case.pk])).status_code in (403, 404)


def test_what_looks_alike_is_shown_before_it_is_written_down(town, at_work):
    near = town.report(text="三单元井盖松了。", area=town.grid)
    hidden = town.report(text="有人偷电。", area=town.grid, kind="offence")
    far = town.report(text="隔壁的井盖。", area=town.far_grid) if hasattr(town, "far_grid") else None
    browser = at_work(town.sun)
    shown = browser.get(reverse("intake_alike"), {"area": town.grid.pk}).content.decode()
    assert near.title in shown
    assert hidden.title not in shown
    assert far is None or far.title not in shown
    assert near.title in browser.post(reverse("intake"), intake(town, text="")).content.decode()
    for nowhere in ("", "x", "999999999", "٣", "1" * 30):
        assert near.title not in browser.get(reverse("intake_alike"), {"area": nowhere}).content.decode()
    other = at_work(town.feng)
    answer = other.get(reverse("intake_alike"), {"area": town.grid.pk})
    assert near.title not in answer.content.decode()


def test_who_works_in_several_communities_chooses_one(town, at_work):
    browser = at_work(town.han)
    page = browser.get(reverse("intake")).content.decode()
    assert 'id="where-i-work"' in page
    offered = page.split('id="where-i-work"')[1].split("</select>")[0]
    others = re.findall(r'<option value="(\d+)"', offered)
    assert len(others) > 1
    for pk in others:
        page = browser.get(reverse("intake"), {"community": pk}).content.decode()
        assert f'<input type="hidden" name="community" value="{pk}">' in page
    assert 'id="where-i-work"' not in at_work(town.sun).get(reverse("intake")).content.decode()


def test_after_the_second_reopening_the_next_doors_are_named(town, at_work):
    case = town.twice_reopened()
    page = at_work(town.li).get(reverse("rate", args=[case.pk])).content.decode()
    assert 'id="next-doors"' in page
    assert "tel:12345" in page
    assert "tel:12368" in page
    first = town.finished()
    assert 'id="next-doors"' not in at_work(town.li).get(reverse("rate", args=[first.pk])).content.decode()
