"""The page of a case for staff: what each may see and do, and that nothing typed is lost."""

import pytest
from django.urls import reverse

from accounts.models import OpeningLog
from communities.models import RoleGrant
from core import once
from grievances import actions, routing
from grievances.models import Case, CasePhoto
from grievances.workflow import State
from tests.core.media.pictures import encoded, scene, sent
from tests.grievances.town import LONG_ENOUGH


def page(browser, case):
    return browser.get(reverse("case", args=[case.pk]))


def press(browser, case, step, **data):
    """Send the form of a step as the page draws it."""
    fields = {f"{step}-{name}": value for name, value in data.items() if name not in PLAIN}
    plain = {name: value for name, value in data.items() if name in PLAIN}
    given = {"once": once.fresh_key(), "seen": case.last_seq} | plain | fields
    return browser.post(reverse("case_step", args=[case.pk, step]), given)


PLAIN = {"once", "seen", "back", "next", "before", "after", "before_files", "after_files"}


def text(answer) -> str:
    return answer.content.decode()


# who sees it


@pytest.mark.parametrize("who", ["zhao", "sun", "zhou", "han", "zhu", "qin", "auditor"])
def test_staff_of_the_place_see_the_case(town, at_work, who):
    answer = page(at_work(town.people[who]), town.dispatched())
    assert answer.status_code == 200
    assert "老人差点滑倒" in text(answer)


@pytest.mark.parametrize("who", ["wang", "feng", "chen", "you"])
def test_for_others_it_is_not_there(town, at_work, who):
    assert page(at_work(town.people[who]), town.dispatched()).status_code == 404


def test_a_visitor_is_led_to_sign_in(town, client):
    answer = page(client, town.dispatched())
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("sign_in"))


@pytest.mark.parametrize(
    ("who", "steps"),
    [
        ("zhao", {"accept", "contact", "return", "comment"}),
        ("sun", {"transfer", "recategorise", "merge", "comment"}),
        ("han", {"urge", "comment"}),
    ],
)
def test_the_page_offers_what_the_table_allows(town, at_work, who, steps):
    body = text(page(at_work(town.people[who]), town.dispatched()))
    case = Case.objects.get()
    offered = {
        step
        for step in actions.flow.steps
        if reverse("case_step", args=[case.pk, step]) in body or f"turn={step}#" in body
    }
    assert offered == steps


# who reported


def test_the_reporter_is_masked_and_opens_with_a_reason_that_is_kept(town, at_work):
    case, browser = town.dispatched(), at_work(town.zhao)
    body = text(page(browser, case))
    assert "李**" in body
    assert town.li.phone not in body
    assert "李晓梅" not in body
    opened = browser.post(
        reverse("open_value"),
        {"person": town.li.pk, "field": "phone", "subject": f"grievances.case:{case.pk}", "reason": "联系居民"},
    )
    assert f"tel:{town.li.phone}" in text(opened)
    log = OpeningLog.objects.get()
    assert (log.opener, log.person, log.reason, log.subject) == (
        town.zhao, town.li, "联系居民", f"grievances.case:{case.pk}",
    )  # fmt: skip


def test_of_a_confidential_case_the_holder_reads_everything_but_who(town, at_work):
    case = town.dispatched(visibility="confidential")
    body = text(page(at_work(town.zhao), case))
    assert "老人差点滑倒" in body
    assert "保密，不显示" in body
    for told in ("李晓梅", "李**", town.li.phone, f"****{town.li.phone[-4:]}"):
        assert told not in body
    assert "李**" in text(page(at_work(town.sun), case))


def test_a_refusal_never_names_the_reporter(town, at_work):
    """李 withdraws her confidential report while 赵 writes: he reads that it was the resident, not who."""
    case = town.dispatched(visibility="confidential")
    browser = at_work(town.zhao)
    actions.withdraw(case_id=case.pk, by=town.li, at=town.at(minutes=5))
    answer = press(browser, case, "contact", how="phone", line="约好下午去")
    assert answer.status_code == 409
    assert "居民" in text(answer)
    assert "李" not in text(answer).replace("处理", "")
    assert "约好下午去" in text(answer)


def test_who_left_still_reads_their_own_words(town, at_work):
    case = town.dispatched(category=town.categories["gas"])
    actions.leave(case_id=case.pk, by=town.li, at=town.at(minutes=5))
    answer = page(at_work(town.li), case)
    assert "grievances/case_resident.html" in {template.name for template in answer.templates}


# steps


def test_accept_with_one_press(town, at_work):
    case = town.dispatched()
    answer = press(at_work(town.zhao), case, "accept")
    assert (answer.status_code, answer["Location"]) == (302, reverse("case", args=[case.pk]))
    case.refresh_from_db()
    assert (case.state, case.handler) == (State.HANDLING, town.zhao)


def test_a_double_press_leads_to_the_same_page_and_counts_once(town, at_work):
    case, key = town.dispatched(), once.fresh_key()
    browser = at_work(town.zhao)
    first = press(browser, case, "contact", once=key, how="phone", line="约好了")
    second = press(browser, case, "contact", once=key, how="phone", line="约好了")
    assert first["Location"] == second["Location"]
    assert case.history.filter(step="contact").count() == 1


def test_who_comes_second_is_told_who_did_what_and_keeps_the_words(town, at_work):
    case = town.dispatched()
    browser = at_work(town.zhao)
    actions.contact(case_id=case.pk, by=town.zhao, how="phone", line="打过了", at=town.at(minutes=30))
    answer = press(browser, case, "return", reason="这是物业的管道", proposed="锦绣物业")
    assert answer.status_code == 409
    body = text(answer)
    assert "赵建国" in body
    assert "您的改动没有保存，可以在下面接着改" in body
    assert "这是物业的管道" in body
    assert 'value="锦绣物业"' in body
    again = press(browser, Case.objects.get(pk=case.pk), "return", reason="这是物业的管道", proposed="锦绣物业")
    assert again.status_code == 302


def test_two_dispatchers_the_second_reads_to_whom_it_went(town, at_work):
    case = town.report()
    browser = at_work(town.sun)
    actions.dispatch(
        case_id=case.pk,
        by=town.sun,
        holder=routing.Holder(organisation=town.company),
        why="物业管道",
        at=town.at(minutes=30),
    )
    answer = press(browser, case, "dispatch", holder=town.holder().code, why="先去看看")
    body = text(answer)
    assert answer.status_code == 409
    assert "被孙丽派给锦绣物业" in body
    assert "先去看看" in body


@pytest.mark.parametrize("step", ["accept", "contact", "return", "dispatch", "reject", "result"])
def test_the_wrong_person_is_refused_in_words(town, at_work, step):
    case = town.dispatched()
    data = {"how": "phone", "line": "一", "reason": "一", "proposed": "一", "holder": town.holder().code, "why": "一",
            "code": "court", "where_instead": "一", "result_text": LONG_ENOUGH}  # fmt: skip
    answer = press(at_work(town.han), case, step, **data)
    assert answer.status_code in (403, 409)
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


@pytest.mark.parametrize("step", ["rate", "close_unrated", "mark_overdue", "nonsense", "report"])
def test_no_other_step_is_sent_by_this_form(town, at_work, step):
    case = town.finished()
    assert press(at_work(town.zhao), case, step).status_code == 404


def test_only_post_takes_a_step(town, at_work):
    case = town.dispatched()
    assert at_work(town.zhao).get(reverse("case_step", args=[case.pk, "accept"])).status_code == 405


def test_a_role_that_ended_while_the_page_was_open_loses_no_words(town, at_work):
    case = town.dispatched()
    at_desk = at_work(town.zhao)
    assert page(at_desk, case).status_code == 200
    for grant in RoleGrant.objects.filter(person=town.zhao):
        grant.valid_until = town.at(minutes=1)
        grant.save()
    answer = press(at_desk, case, "contact", how="phone", line="老人说下午三点在家")
    assert answer.status_code == 404
    assert "老人说下午三点在家" in text(answer)
    assert case.title not in text(answer)
    case.refresh_from_db()
    assert case.contacted_at is None


def test_another_communitys_case_takes_no_step(town, at_work):
    case = town.dispatched()
    assert press(at_work(town.chen), case, "accept").status_code == 404


@pytest.mark.parametrize(
    ("step", "data", "named"),
    [
        ("contact", {"how": "phone", "line": ""}, "说了什么"),
        ("contact", {"how": "pigeon", "line": "一句话"}, "怎么联系的"),
        ("return", {"reason": "", "proposed": "锦绣物业"}, "为什么退"),
        ("return", {"reason": "字" * 501, "proposed": "锦绣物业"}, "为什么退"),
    ],
)
def test_what_is_missing_is_named_and_the_rest_stays(town, at_work, step, data, named):
    answer = press(at_work(town.zhao), town.dispatched(), step, **data)
    assert answer.status_code == 422
    assert named in text(answer)
    for value in data.values():
        assert value in text(answer) or value == "pigeon"


@pytest.mark.parametrize("seen", ["", "²", "-1", "x", "9" * 40])
def test_a_forged_page_number_breaks_nothing(town, at_work, seen):
    answer = press(at_work(town.zhao), town.dispatched(), "accept", seen=seen)
    assert answer.status_code in (302, 409)


@pytest.mark.parametrize("words", ["𠮷家的猫👨‍👩‍👧在屋顶", "a\x00b", "<script>alert(1)</script>", "字" * 3000])
def test_odd_words_are_kept_or_refused_but_never_break(town, at_work, words):
    case = town.handling()
    answer = press(at_work(town.zhao), case, "result", result_text=words + "，处理完毕，请您看看。")
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        assert "<script>alert" not in text(page(at_work(town.zhao), case))


# result with photos


def test_a_result_with_photos_chosen_before(town, at_work, shoot):
    case = town.handling(category=town.categories["drain"])
    answer = press(
        at_work(town.zhao), case, "result", result_text=LONG_ENOUGH, before=shoot(town.zhao), after=shoot(town.zhao)
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("queue"))
    case.refresh_from_db()
    assert case.state == State.FEEDBACK
    assert CasePhoto.objects.filter(case=case).count() == 2


def test_a_result_with_files_of_a_browser_without_scripts(town, at_work, files):
    case = town.handling(category=town.categories["drain"])
    picture = encoded(scene())
    answer = press(
        at_work(town.zhao), case, "result", result_text=LONG_ENOUGH,
        before_files=sent(picture, "before.jpg"), after_files=sent(picture, "after.jpg"),
    )  # fmt: skip
    assert answer.status_code == 302
    assert list(CasePhoto.objects.order_by("pk").values_list("slot", flat=True)) == ["before", "after"]


def test_a_refused_result_keeps_words_and_photos(town, at_work, shoot):
    case = town.handling(category=town.categories["drain"])
    after = shoot(town.zhao)
    answer = press(at_work(town.zhao), case, "result", result_text=LONG_ENOUGH, after=after)
    body = text(answer)
    assert answer.status_code == 422
    assert "处理前照片 1 张" in body
    assert LONG_ENOUGH in body
    assert f'name="after" value="{after[0]}"' in body


def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(town, at_work, files):
    case = town.handling(category=town.categories["drain"])
    answer = press(
        at_work(town.zhao), case, "result", result_text=LONG_ENOUGH, after_files=sent(b"MZ\x90\x00" * 200, "setup.jpg")
    )
    assert answer.status_code == 422
    assert LONG_ENOUGH in text(answer)


@pytest.mark.parametrize("forged", ["x", "00000000-0000-4000-8000-000000000000"])
def test_photos_of_nobody_are_refused(town, at_work, files, forged):
    case = town.handling()
    answer = press(at_work(town.zhao), case, "result", result_text=LONG_ENOUGH, after=[forged])
    assert answer.status_code in (409, 422)
    assert LONG_ENOUGH in text(answer)


def test_anothers_draft_photo_is_refused(town, at_work, shoot):
    case = town.handling()
    answer = press(at_work(town.zhao), case, "result", result_text=LONG_ENOUGH, after=shoot(town.qian))
    assert answer.status_code >= 400
    assert not CasePhoto.objects.exists()


# photos are handed out after the same check


def test_photos_are_for_those_who_may_see_the_case(town, at_work, shoot):
    case = town.report(photo_ids=shoot(town.li), owner=f"person:{town.li.pk}")
    shot = CasePhoto.objects.get(case=case)
    address = reverse("case_photo", args=[case.pk, shot.photo_id, "thumb"])
    assert at_work(town.sun).get(address).status_code == 200
    assert at_work(town.li).get(address).status_code == 200
    for stranger in (town.wang, town.feng, town.you):
        assert at_work(stranger).get(address).status_code == 404
    other = town.report()
    assert at_work(town.sun).get(reverse("case_photo", args=[other.pk, shot.photo_id, "thumb"])).status_code == 404


def test_htmx_is_led_on_instead_of_swapping_a_page(town, at_work):
    case = town.dispatched()
    answer = at_work(town.zhao).post(
        reverse("case_step", args=[case.pk, "accept"]), {"seen": case.last_seq}, headers={"HX-Request": "true"}
    )
    assert answer["HX-Redirect"] == reverse("case", args=[case.pk])


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/desk/", "/desk@evil", "javascript:alert(1)"])
def test_the_way_back_stays_on_the_desk(town, at_work, back):
    case = town.report()
    answer = press(
        at_work(town.sun), case, "dispatch", holder=town.holder().code, why="第 1 网格", back=back, next=back
    )
    assert answer.status_code == 302
    assert answer["Location"] == reverse("case", args=[case.pk])


def test_the_page_costs_the_same_however_long_the_history(town, at_work, django_assert_max_num_queries):
    case = town.handling()
    browser = at_work(town.zhao)
    for minute in range(30, 10, -1):
        actions.contact(case_id=case.pk, by=town.zhao, how="phone", line=f"第 {minute} 次", at=town.at(minutes=minute))
    page(browser, case)
    with django_assert_max_num_queries(23):
        page(browser, case)
