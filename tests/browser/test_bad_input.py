"""Bad input in the browser gets a clear answer and loses nothing."""

from django.utils import timezone
from playwright.sync_api import expect

from grievances import actions
from grievances.models import Case
from tests.browser.hands import RESULT, WORDS, fill_report, photo, upload


def reporting(town):
    page = town.person("李晓梅")
    fill_report(page, town.cast.areas["滨河社区第1网格"].pk)
    return page


def box(page):
    return page.locator('[data-photos][data-name="photos"]')


def test_a_tenth_photo_is_refused_before_upload_and_the_nine_stay(town):
    page = reporting(town)
    upload(page, "photos", *(photo(f"{number}.jpg", (80, 60)) for number in range(9)))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/photos") else None)
    box(page).locator("[data-photos-input]").set_input_files([photo("ten.jpg")])
    expect(box(page).locator("[data-photos-say]")).to_contain_text("最多 9 张")
    assert box(page).locator("[data-photo]").count() == 9
    assert sent == []


def test_a_renamed_executable_is_named_and_the_words_stay(town):
    page = reporting(town)
    program = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00" + b"\x00" * 4000}
    box(page).locator("[data-photos-input]").set_input_files([program])
    expect(box(page).locator("[data-photos-say]")).not_to_be_empty()
    expect(page.locator("[name=text]")).to_have_value(WORDS)
    assert page.locator("input[type=hidden][name=photos]").count() == 0


def test_an_upload_cut_off_in_the_middle_can_be_sent_again(town):
    page = reporting(town)
    cut = {"left": 1}

    def line(route):
        if cut["left"]:
            cut["left"] -= 1
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/media/photos", line)
    box(page).locator("[data-photos-input]").set_input_files([photo()])
    expect(box(page).locator("[data-photos-say]")).to_contain_text("再传一次")
    page.get_by_role("button", name="再传一次").click()
    box(page).locator('[data-photo][data-state="here"]').wait_for()
    assert page.locator("input[type=hidden][name=photos]").count() == 1


def test_a_double_press_makes_one_case(town):
    page = reporting(town)
    page.get_by_role("button", name="发送", exact=True).last.dblclick()
    page.wait_for_url("**/cases/*/**")
    assert Case.objects.count() == 1


def test_a_stale_page_says_who_was_first_and_keeps_the_words(town):
    case = town.case("accept")
    page = town.person("赵建国")
    page.goto(f"/cases/{case.pk}/")
    page.locator("[name=result-result_text]").fill(RESULT)
    actions.give_back(
        case_id=case.pk, by=town.cast["zhao"], reason="派错了", proposed="第2网格", at=timezone.now(), expect=None
    )
    page.get_by_role("button", name="提交结果", exact=True).last.click()
    expect(page.get_by_role("alert").first).to_contain_text("赵")
    expect(page.locator("body")).to_contain_text(RESULT[:12])
    case.refresh_from_db()
    assert case.state == "returned"


def test_another_communitys_case_is_not_there(town):
    case = town.case()
    page = town.person("冯涛")
    answer = page.goto(f"/cases/{case.pk}/")
    assert answer.status == 404
    assert WORDS[:10] not in page.content()
