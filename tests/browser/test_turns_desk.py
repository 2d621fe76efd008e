"""Every turn of the dispatcher, what staff write down, and the bar of urgent cases."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from grievances import actions
from grievances.models import Case, StandardText
from grievances.queries import category_by_code
from tests.browser.hands import RESULT, photo, upload
from tests.browser.seats import press

LI, LIU, ZHAO, QIAN, SUN, ZHOU, HAN = "李晓梅", "刘玉兰", "赵建国", "钱芳", "孙丽", "周敏", "韩磊"


def test_taken_in_for_a_caller_with_a_note_that_residents_do_not_read(seats):
    li = seats.cast["li"]
    page = seats.open(SUN, "/intake/")
    form = page.locator("main form").last
    form.locator('label:has([name=source][value="phone"])').click()
    form.locator("[name=caller_name]").fill("李晓梅")
    form.locator("[name=caller_phone]").fill(li.phone)
    form.locator("[name=text]").fill("二号楼楼道灯不亮，老人下楼看不清。")
    form.locator("[name=area]").select_option(str(seats.cast.areas["滨河社区第1网格"].pk))
    form.locator("[name=call_note]").fill("来电人说话急")
    press(form)
    case = Case.objects.get(title__startswith="二号楼楼道灯不亮")
    expect(page.locator("main")).to_contain_text("记下了，请把编号念给来人")
    expect(page.locator("main")).to_contain_text(case.number)
    seats.look(page, SUN, "taken in")
    assert case.source == "phone"
    seats.sees(SUN, case, "来电人说话急")
    expect(seats.sees(LI, case, "二号楼楼道灯不亮").locator("main").last).not_to_contain_text("来电人说话急")


def test_a_find_put_right_on_the_spot_is_one_screen(seats):
    page = seats.open(ZHAO, "/patrol/")
    upload(page, "before", photo("before.jpg"))
    upload(page, "after", photo("after.jpg"))
    page.locator("[name=text]").fill("东门消防通道有纸箱，当场请店主搬走了。")
    seats.look(page, ZHAO, "patrol with photos")
    page.get_by_role("button", name="办好了，记下来").last.click()
    expect(page.locator("body")).to_contain_text("不用再办")
    case = Case.objects.get(title__startswith="东门消防通道")
    assert (case.state, case.outcome) == ("closed", "self_handled")
    seats.sees(SUN, case, "东门消防通道有纸箱")


def test_an_answer_without_dispatch(seats):
    case = seats.case_of("report")
    seats.turn(SUN, case, "answer_directly", result_text="保洁时间表贴在物业门口，每天七点和十七点清运。")
    assert case.state == "feedback"
    seats.sees(LI, case, "每天七点和十七点清运", "去评价")


def test_category_and_urgency_before_and_after_the_dispatch(seats):
    case = seats.case_of("report")
    seats.turn(SUN, case, "triage", category="noise-04", urgency="normal")
    assert case.category.code == "noise-04"
    case = seats.case_of()
    due, holder = case.due_at, case.holder_area_id
    seats.turn(SUN, case, "recategorise", category="public-01", urgency="normal", reason="其实是路灯")
    assert (case.state, case.category.code, case.holder_area_id) == ("handling", "public-01", holder)
    assert case.due_at != due or case.category.done_hours == category_by_code("noise-02").done_hours
    seats.sees(ZHAO, case, "路灯不亮", "其实是路灯")


def test_transferred_with_the_reason_that_the_resident_reads(seats):
    case = seats.case_of()
    grid = seats.cast.areas["滨河社区第2网格"]
    seats.turn(SUN, case, "transfer", holder=f"role:grid_worker:{grid.pk}", reason="这段归第 2 网格")
    assert case.state == "dispatched"
    seats.sees(QIAN, case, "这段归第 2 网格")
    seats.sees(LI, case, "这段归第 2 网格")


def test_merged_by_number_told_with_the_result_and_taken_apart(seats):
    main, case = seats.case_of(text="五号楼后的水井盖响。"), seats.case_of("dispatch", text="井盖夜里一直响。")
    seats.turn(SUN, case, "merge", number=main.number)
    assert (case.state, case.merged_into_id) == ("merged", main.pk)
    seats.sees(SUN, main, "1 件同样的事并在这里", case.number)
    seats.open(SUN, f"/cases/{case.pk}/")
    seats.sees(LI, case, "合在一起办的结果")
    seats.turn(SUN, case, "unmerge", reason="一个在楼后，一个在门口")
    assert case.state == "dispatched"
    seats.sees(ZHAO, case, "一个在楼后，一个在门口")
    expect(seats.sees(SUN, main).locator("main").last).not_to_contain_text("同样的事并在这里")


def test_reporters_of_a_merged_case_read_the_result_of_the_main_one(seats):
    main, case = seats.case_of(text="北门石墩挡路。"), seats.case_of("dispatch", text="石墩挡住轮椅。")
    actions.merge(case_id=case.pk, by=seats.cast["sun"], main=main.pk, at=timezone.now())
    seats.turn(ZHAO, main, "result", result_text=RESULT)
    seats.sees(LI, case, RESULT)


def urgent_case(seats) -> Case:
    """A gas leak that 孙 gave to the grid of 赵 and that nobody accepted yet."""
    case = seats.case_of("dispatch", text="三单元闻到煤气味，请快来人。")
    category = category_by_code("noise-02")
    return actions.triage(
        case_id=case.pk, by=seats.cast["sun"], category=category, urgency="urgent", reason="有危险", at=timezone.now()
    )


def test_the_urgent_bar_stands_over_every_page_until_somebody_accepts(seats):
    case = urgent_case(seats)
    for path in ("/queue/", "/patrol/", "/me/", "/inbox/", "/me/day/"):
        page = seats.open(ZHAO, path)
        expect(page.locator("#urgent")).to_contain_text("煤气味")
    assert seats.seat(LI).goto("/").ok
    expect(seats.seat(LI).locator(".urgent")).to_have_count(0)
    page.locator(".urgent__press").click()
    expect(page).to_have_url(re.compile(f"/cases/{case.pk}/"))
    case.refresh_from_db()
    assert case.state == "handling"
    expect(seats.open(ZHAO, "/queue/").locator(".urgent")).to_have_count(0)


def test_the_desk_opens_a_turn_beside_the_list_and_a_text_fills_it(seats):
    StandardText.objects.create(step="answer_directly", name="时间表", body="{编号}：保洁每天两次。")
    case = seats.case_of("report", text="请问几点收垃圾？")
    page = seats.open(SUN, f"/desk/?case={case.pk}&turn=answer_directly")
    page.locator("#texts-answer_directly").select_option(label="时间表")
    words = page.locator('[name="answer_directly-result_text"]')
    expect(words).to_have_value(f"{case.number}：保洁每天两次。")
    press(page.locator("#step-answer_directly"))
    expect(page).to_have_url(re.compile("/desk/"))
    expect(page.locator("body")).to_contain_text("答复已告诉居民")


def test_keys_and_a_selection_at_the_desk(seats):
    cases = [seats.case_of("report", text=f"花坛第 {number} 块砖松了。") for number in range(2)]
    page = seats.open(SUN, "/desk/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("[data-take-proposal]").wait_for()
    page.keyboard.press("c")
    expect(page.locator("#step-triage [name=triage-category]")).to_be_focused()
    seats.open(SUN, "/desk/")
    for case in cases:
        page.locator(f'[data-pick][value="{case.pk}"]').check()
    expect(page.locator("[data-picked]")).to_have_text("2")
    seats.look(page, SUN, "selection")
    page.get_by_role("button", name="派给同一个…").click()
    page.locator("[data-holders-one]").first.click()
    page.get_by_label("理由（居民能看到）").fill("都在第 1 网格")
    seats.look(page, SUN, "bulk")
    page.get_by_role("button", name="派给同一个").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 件派出去了")
    seats.sees(LI, cases[0], "都在第 1 网格")
