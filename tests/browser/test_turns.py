"""Every turn of the holder and of the level above, as people take it, and what the other side then reads."""

from django.utils import timezone
from playwright.sync_api import expect

from core.workflow import Actor
from grievances import actions
from tests.browser.hands import RESULT
from tests.browser.seats import day, fill, press

LI, ZHAO, QIAN, SUN, ZHOU, HAN, WEI = "李晓梅", "赵建国", "钱芳", "孙丽", "周敏", "韩磊", "魏宁"


def test_a_question_to_the_resident_and_the_answer(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_reporter", question="垃圾在楼的哪一侧？")
    assert case.state == "waiting"
    seats.sees(ZHAO, case, "在等居民回答", "垃圾在楼的哪一侧？")
    seats.turn(LI, case, "reporter_answers", answer="在北侧自行车棚边上。")
    assert case.state == "handling"
    seats.sees(ZHAO, case, "居民补充了", "在北侧自行车棚边上。")


def test_waiting_no_longer(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_reporter", question="方便上门吗？")
    seats.turn(ZHAO, case, "end_waiting")
    assert case.state == "handling"


def test_more_time_asked_for_and_granted_with_a_date_the_resident_reads(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_extension", new=day(20), reason="等厂家发配件")
    seats.sees(ZHOU, case, "等厂家发配件")
    waiting = seats.open(ZHOU, "/staff/approvals/")
    expect(waiting.locator("main").last).to_contain_text(case.title)
    old = case.due_at
    seats.turn(ZHOU, case, "decide_extension", granted="yes", reason="厂家来信属实")
    assert case.due_at > old
    seats.sees(LI, case, "厂家来信属实")
    seats.sees(ZHAO, case, "厂家来信属实")


def test_more_time_refused(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_extension", new=day(20), reason="人手不够")
    old = case.due_at
    seats.turn(ZHOU, case, "decide_extension", granted="no", reason="请邻格支援")
    assert case.due_at == old
    seats.sees(ZHAO, case, "请邻格支援")


def test_a_rest_asked_for_granted_listed_and_ended(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_suspension", code="funds", until=day(25), reason="维修资金还没到账")
    seats.turn(ZHOU, case, "suspend", until=day(24))
    assert case.state == "suspended"
    seats.sees(LI, case, "等资金到位")
    rows = seats.open(ZHOU, "/staff/resting/")
    expect(rows.locator("main").last).to_contain_text(case.title)
    seats.sees(ZHAO, case, "挂账", "等资金到位")
    seats.turn(ZHAO, case, "resume")
    assert case.state == "handling"


def test_a_rest_refused(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_suspension", code="weather", until=day(25), reason="等雨季过去")
    seats.turn(ZHOU, case, "refuse_suspension", reason="先做临时围挡")
    assert case.state == "handling"
    seats.sees(ZHAO, case, "先做临时围挡")


def test_a_result_is_checked_sent_back_and_passed(seats):
    case = seats.case_of(category="noise-03")
    result = "夜间噪声源已断电，施工方写了保证。"
    seats.turn(ZHAO, case, "result_to_check", result_text=result)
    assert case.state == "checking"
    expect(seats.sees(LI, case).locator("main").last).not_to_contain_text(result)
    seats.turn(ZHOU, case, "check_fail", reason="昨晚还有人听见")
    assert case.state == "handling"
    seats.sees(ZHAO, case, "核查没有通过", "昨晚还有人听见")
    seats.turn(ZHAO, case, "result_to_check", result_text=RESULT)
    seats.turn(ZHOU, case, "check_pass")
    assert case.state == "feedback"
    seats.sees(LI, case, RESULT, "去评价")


def test_a_return_is_ruled_on_by_the_level_above(seats):
    case = seats.case_of("dispatch")
    seats.turn(ZHAO, case, "return", reason="那段路归第 2 网格", proposed="钱芳")
    assert case.state == "returned"
    grid = seats.cast.areas["滨河社区第2网格"]
    seats.turn(ZHOU, case, "rule_return", holder=f"role:grid_worker:{grid.pk}", reason="路面划给第 2 网格")
    assert case.state == "dispatched"
    seats.sees(QIAN, case, "路面划给第 2 网格")
    seats.sees(LI, case, "路面划给第 2 网格")


def test_urging_with_a_date_and_its_answer(seats):
    case = seats.case_of()
    seats.turn(HAN, case, "urge", words="三天内拿出办法", until=day(5))
    seats.sees(ZHAO, case, "督办", "三天内拿出办法")
    seats.turn(ZHAO, case, "answer_urge", words="已约保洁公司，后天清运")
    assert case.urge_due is None
    seats.sees(HAN, case, "已约保洁公司，后天清运")


def test_a_comment_stays_among_staff(seats):
    case = seats.case_of()
    seats.turn(ZHOU, case, "comment", words="这家住着老人，上门轻一点")
    seats.sees(ZHAO, case, "这家住着老人，上门轻一点")
    expect(seats.sees(LI, case).locator("main").last).not_to_contain_text("上门轻一点")


def unsolved(seats, case, worker):
    """李 says that it is not solved, and a worker finishes it once more."""
    now = timezone.now()
    actions.reopen(case_id=case.pk, actor=Actor.of(seats.cast["li"]), reason="还是有味道", at=now)
    actions.accept(case_id=case.pk, by=seats.cast[worker], at=now)
    return actions.result(case_id=case.pk, by=seats.cast[worker], result_text=RESULT, at=now)


def twice_unsolved(seats):
    """A case with a result after 李 called it unsolved twice: the second time the street had it."""
    return unsolved(seats, unsolved(seats, seats.case_of("result"), "zhao"), "han")


def test_a_third_reopening_is_refused_with_the_reason(seats):
    case = unsolved(seats, seats.case_of("result"), "zhao")
    page = seats.open(LI, f"/cases/{case.pk}/rate/?solved=no")
    page.locator('.choice:has(input[name=contacted][value="yes"])').click()
    page.locator("[name=words]").fill("味道还是很大。")
    unsolved(seats, case, "han")
    page.locator("main form button.button--primary").last.click()
    expect(page.get_by_role("alert")).to_contain_text("两次")
    expect(page.locator("[name=words]")).to_have_value("味道还是很大。")
    seats.look(page, LI, "third time refused")
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("feedback", 2)


def test_two_people_of_the_street_settle(seats):
    case = twice_unsolved(seats)
    seats.turn(HAN, case, "propose_settlement", reason="管线在红线外，无法改迁", door="review")
    page = seats.open(HAN, f"/cases/{case.pk}/")
    expect(page.locator("#step-settle")).to_have_count(0)
    seats.sees(WEI, case, "管线在红线外，无法改迁")
    seats.turn(WEI, case, "settle")
    assert (case.state, case.outcome) == ("closed", "unsolved_settled")
    seats.sees(LI, case, "管线在红线外，无法改迁", "向区里申请复核")


def test_the_second_person_drops_a_settlement(seats):
    case = twice_unsolved(seats)
    seats.turn(HAN, case, "propose_settlement", reason="确实改不了", door="court")
    seats.turn(WEI, case, "drop_settlement", reason="还可以换一家公司试试")
    assert (case.state, case.asked) == ("feedback", "")
    seats.sees(HAN, case, "还可以换一家公司试试")


def test_an_answer_after_closing_is_refused_with_what_happened_and_keeps_the_words(seats):
    case = seats.case_of()
    seats.turn(ZHAO, case, "ask_reporter", question="几楼？")
    form = seats.form(LI, case, "reporter_answers")
    actions.end_waiting(case_id=case.pk, by=seats.cast["zhao"], at=timezone.now())
    actions.result(case_id=case.pk, by=seats.cast["zhao"], result_text=RESULT, at=timezone.now())
    actions.rate(case_id=case.pk, actor=Actor.of(seats.cast["li"]), contacted=True, stars=5, at=timezone.now())
    fill(form, "reporter_answers", {"answer": "在四楼东户门口。"})
    press(form)
    page = seats.seat(LI)
    seats.look(page, LI, "an answer after closing")
    expect(page.get_by_role("alert")).to_contain_text("评价")
    expect(page.locator("main").last).to_contain_text("在四楼东户门口。")
