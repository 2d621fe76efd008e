"""Reporting in the browser: what is typed is never lost, and a second press is no second case."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as accounts
from communities.models import ModuleSwitch
from communities.queries import COOKIE
from core.history import StepText
from core.media.models import Photo
from core.once import fresh_key
from grievances.models import Case, Source, Visibility
from tests.communities.make import NOW
from tests.core.media.pictures import encoded, scene, sent

REPORT = "/report/"
WORDS = "楼道口漏水，地面结冰。老人差点滑倒。"


@pytest.fixture
def browser(client, town):
    """A visitor who chose 滨河社区."""
    return choose(client, town.areas["滨河社区"])


def choose(client: Client, community) -> Client:
    client.post(reverse("community_set"), {"community": community.pk})
    assert COOKIE in client.cookies
    return client


def filled(town, **changes):
    """The form as a browser sends it."""
    return {
        "text": WORDS, "area": town.grid.pk, "address": "3 号楼一单元", "kind": "help", "category": "leak",
        "visibility": "not_public", "once": fresh_key(),
    } | changes  # fmt: skip


def text_of(answer) -> str:
    return answer.content.decode()


def said_in(case) -> str:
    return StepText.objects.get(pk=case.history.get(step="report").texts["text"]).body


def draft(client: Client) -> str:
    """One photo sent ahead of the form; its id."""
    answer = client.post("/media/photos", {"file": sent(encoded(scene()))})
    assert answer.status_code == 201
    return answer.json()["id"]


# sending


def test_a_report_becomes_a_case_with_a_receipt_that_says_what_comes_next(browser, town):
    browser.force_login(town.li.user)
    answer = browser.post(REPORT, filled(town), follow=True)
    case = Case.objects.get()
    assert (case.reporter, case.area, case.category.code, case.address) == (town.li, town.grid, "leak", "3 号楼一单元")
    assert answer.redirect_chain == [(f"/cases/{case.pk}/?sent=1", 302)]
    assert case.number in text_of(answer)
    assert "前会有人联系您" in text_of(answer)
    assert "data-draft-done" in text_of(answer)


def test_emoji_and_rare_characters_come_through(browser, town):
    browser.force_login(town.li.user)
    words = "王㛃家门口的𠮷祥灯🏮不亮了👨‍👩‍👧，é 与 ﷽ 也在。\n第二行"
    browser.post(REPORT, filled(town, text=words.replace("\n", "\r\n"), address="𠮷祥里 3 号"))
    case = Case.objects.get()
    assert said_in(case) == words
    assert case.address == "𠮷祥里 3 号"
    assert "王㛃家门口的𠮷祥灯🏮" in text_of(browser.get(f"/cases/{case.pk}/"))


def test_markup_stays_text(browser, town):
    browser.force_login(town.li.user)
    browser.post(REPORT, filled(town, text="<script>alert(1)</script> 楼道的灯 <b>坏了</b>"))
    assert "&lt;script&gt;" in text_of(browser.get(f"/cases/{Case.objects.get().pk}/"))
    assert "<script>alert" not in text_of(browser.get("/my-cases/"))


def test_a_double_press_is_one_case(browser, town):
    browser.force_login(town.li.user)
    form = filled(town)
    first, second = browser.post(REPORT, form), browser.post(REPORT, form)
    case = Case.objects.get()
    assert first["Location"] == f"/cases/{case.pk}/?sent=1"
    assert second["Location"] == f"/cases/{case.pk}/"


def test_the_same_key_of_another_person_is_another_form(browser, town):
    form = filled(town)
    for person in (town.li, town.wang):
        browser.force_login(person.user)
        choose(browser, town.areas["滨河社区"])
        browser.post(REPORT, form)
    assert Case.objects.count() == 2


def test_an_offence_is_confidential_whatever_was_chosen(browser, town):
    browser.force_login(town.li.user)
    assert "一律保密" in text_of(browser.get(REPORT))
    browser.post(REPORT, filled(town, kind="offence", visibility="public"))
    assert Case.objects.get().visibility == Visibility.CONFIDENTIAL


def test_a_main_category_or_none_will_do(browser, town):
    browser.force_login(town.li.user)
    for code, kept in (("utility", "utility"), ("", None)):
        browser.post(REPORT, filled(town, category=code))
        case = Case.objects.latest("pk")
        assert (case.category.code if case.category else None) == kept


def test_anybody_may_report_anywhere(browser, town):
    browser.force_login(town.wang.user)
    choose(browser, town.areas["平阳社区"])
    browser.post(REPORT, filled(town, area=town.far_grid.pk))
    assert Case.objects.get().area == town.far_grid


# what is wrong gets a sentence, and nothing is lost


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "请写一句话"),
        ({"text": "  \r\n "}, "请写一句话"),
        ({"text": "灯"}, "再多写几个字"),
        ({"text": "水" * 20_000}, "写了 20000 个字，最多 2000 个字"),
        ({"text": "楼道漏水\x00了"}, "看不见的符号"),
        ({"address": "\x00"}, "看不见的符号"),
        ({"address": "东" * 121}, "地点最多 120 个字"),
        ({"area": "999999"}, "请重新选一下地点"),
        ({"area": "x\x00"}, "请重新选一下地点"),
        ({"kind": "nonsense"}, "请重新选一下"),
        ({"category": "no-such"}, "请重新选一下类别"),
        ({"visibility": "everybody"}, "请重新选一下谁能看到"),
    ],
)
def test_a_bad_field_is_named_and_the_rest_stays(browser, town, files, changes, sentence):
    browser.force_login(town.li.user)
    photo = draft(browser)
    key = fresh_key()
    answer = browser.post(REPORT, filled(town, once=key, photos=[photo], **changes))
    page = text_of(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert photo in page
    assert key in page
    if "text" not in changes:
        assert WORDS in page
    if "address" not in changes:
        assert "3 号楼一单元" in page
    assert not Case.objects.exists()


def test_a_long_text_is_still_in_the_form(browser, town):
    browser.force_login(town.li.user)
    text = "水管漏了，一直在滴。" * 2_000
    assert text in text_of(browser.post(REPORT, filled(town, text=text)))


def test_two_thousand_characters_are_taken_emoji_counted_as_one(browser, town):
    browser.force_login(town.li.user)
    browser.post(REPORT, filled(town, text="🏮" * 2000))
    assert said_in(Case.objects.get()) == "🏮" * 2000


def test_a_tenth_photo_is_refused_and_the_nine_stay(browser, town, files):
    browser.force_login(town.li.user)
    ids = [draft(browser) for _ in range(10)]
    answer = browser.post(REPORT, filled(town, photos=ids))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "最多 9 张" in page
    assert [pk for pk in ids if f'value="{pk}"' in page] == ids[:9]
    assert not Case.objects.exists()
    browser.post(REPORT, filled(town, photos=ids[:9]))
    assert Case.objects.get().photos.count() == 9


def test_photos_of_a_browser_without_scripts_come_with_the_form(browser, town, files):
    browser.force_login(town.li.user)
    photos = [sent(encoded(scene()), f"{n}.jpg") for n in range(2)]
    browser.post(REPORT, filled(town) | {"photos_files": photos})
    assert Case.objects.get().photos.count() == 2


def test_of_ten_files_without_scripts_nine_stay(browser, town, files):
    browser.force_login(town.li.user)
    photos = [sent(encoded(scene((40, 30))), f"{n}.jpg") for n in range(10)]
    answer = browser.post(REPORT, filled(town) | {"photos_files": photos})
    assert answer.status_code == 422
    assert Photo.objects.count() == 9
    assert len(re.findall(r'name="photos" value="', text_of(answer))) == 9
    assert WORDS in text_of(answer)


def test_a_file_that_is_no_photo_says_so_and_the_others_stay(browser, town, files):
    browser.force_login(town.li.user)
    photos = [sent(encoded(scene()), "a.jpg"), sent(b"MZ\x90\x00" + b"\x00" * 600, "setup.jpg")]
    answer = browser.post(REPORT, filled(town) | {"photos_files": photos})
    assert answer.status_code == 422
    assert "不是照片" in text_of(answer)
    assert WORDS in text_of(answer)
    assert Photo.objects.count() == 1
    assert str(Photo.objects.get().pk) in text_of(answer)


def test_anothers_draft_is_not_taken(browser, town, shoot):
    (photo,) = shoot(town.wang)
    browser.force_login(town.li.user)
    answer = browser.post(REPORT, filled(town, photos=[photo]))
    assert answer.status_code == 409
    assert "有照片找不到了" in text_of(answer)
    assert photo not in text_of(answer)
    assert WORDS in text_of(answer)
    assert not Case.objects.exists()


@pytest.mark.parametrize("photo", ["x", "00000000-0000-4000-8000-000000000000", "\x00"])
def test_a_photo_that_does_not_exist_is_answered(browser, town, photo):
    browser.force_login(town.li.user)
    assert browser.post(REPORT, filled(town, photos=[photo])).status_code == 409
    assert not Case.objects.exists()


def test_a_photo_is_taken_away_without_scripts(browser, town, files):
    browser.force_login(town.li.user)
    stays, goes = draft(browser), draft(browser)
    page = text_of(browser.post(REPORT, filled(town, photos=[stays, goes], drop_photo=goes), follow=True))
    assert stays in page
    assert goes not in page
    assert WORDS in page
    assert not Photo.objects.filter(pk=goes, expires_at__gt=NOW + timedelta(days=3650)).exists()
    assert not Case.objects.exists()


# a visitor fills first and signs in when sending


def test_a_visitor_signs_in_when_sending_and_finds_everything(browser, town, files):
    photo = draft(browser)
    form = filled(town, photos=[photo], category="drain", visibility="public", kind="complaint")
    answer = browser.post(REPORT, form)
    assert answer["Location"] == "/sign-in/?next=/report/%3Fresume%3D1"
    assert not Case.objects.exists()
    browser.force_login(town.li.user)
    page = text_of(browser.get("/report/?resume=1"))
    assert "登录好了，检查一下就可以发送" in page
    for kept in (WORDS, "3 号楼一单元", photo, form["once"]):
        assert kept in page
    for name, value in (("category", "drain"), ("visibility", "public"), ("kind", "complaint")):
        assert re.search(rf'name="{name}" value="{value}"[^>]* checked', page), name
    assert re.search(rf'<option value="{town.grid.pk}" selected', page)
    browser.post(REPORT, form)
    case = Case.objects.get()
    assert [str(shot.photo_id) for shot in case.photos.all()] == [photo]
    assert WORDS not in text_of(browser.get(REPORT))


def test_photos_sent_at_one_moment_belong_to_one_visit(browser, town, files):
    browser.get(REPORT)
    session = browser.session.session_key
    first, second = draft(browser), draft(browser)
    assert browser.session.session_key == session
    assert (
        Photo.objects.get(pk=first).owner
        == Photo.objects.get(pk=second).owner
        == f"visit:{browser.session['media_visit']}"
    )


def test_a_photo_that_was_lost_on_the_way_is_named(browser, town, files, shoot):
    (other,) = shoot(town.wang)
    browser.post(REPORT, filled(town, photos=[draft(browser), other]))
    browser.force_login(town.li.user)
    page = text_of(browser.get("/report/?resume=1"))
    assert "有照片找不到了" in page
    assert other not in page


def test_what_a_visitor_left_is_forgotten_after_a_day(browser, town):
    browser.post(REPORT, filled(town))
    session = browser.session
    session["report_form"] = session["report_form"] | {"until": 1.0}
    session.save()
    assert WORDS not in text_of(browser.get(REPORT))


def test_a_visitor_with_a_mistake_is_told_before_signing_in(browser, town):
    answer = browser.post(REPORT, filled(town, text=""))
    assert answer.status_code == 422
    assert "按“发送”以后再登录" in text_of(answer)


def test_another_community_is_chosen_on_the_way_and_the_words_stay(browser, town):
    answer = browser.post(REPORT, filled(town, text="路", elsewhere="1"))
    assert answer["Location"] == "/communities/?next=%2Freport%2F"
    choose(browser, town.areas["平阳社区"])
    page = text_of(browser.get(REPORT))
    assert re.search(r">\s*路</textarea>", page)
    assert "府东小区" in page
    assert "errorlist" not in page


def test_without_a_community_one_is_chosen_first(client, town):
    assert client.get(REPORT)["Location"] == "/communities/?next=%2Freport%2F"


def test_where_the_module_is_off_there_is_no_form(browser, town):
    ModuleSwitch.objects.create(area=town.areas["滨河社区"], module="grievances", state="off", changed_at=NOW)
    assert browser.get(REPORT).status_code == 404
    answer = browser.post(REPORT, filled(town))
    assert (answer.status_code, Case.objects.count()) == (409, 0)


# for somebody else


def acts_for(person, other):
    accounts.let_act_for(person=person, for_person=other, valid_from=NOW, valid_until=None, at=NOW, text_version="1")


def test_a_relative_reports_with_consent_and_the_record_says_so(browser, town):
    acts_for(town.li, town.wang)
    browser.force_login(town.li.user)
    assert "为谁反映" in text_of(browser.get(REPORT))
    browser.post(REPORT, filled(town, for_person=town.wang.pk))
    case = Case.objects.get()
    assert (case.reporter, case.proxy, case.source) == (town.wang, town.li, Source.PROXY)
    assert case.history.get().acted_for == town.wang


def test_without_consent_it_is_not_even_offered(browser, town):
    browser.force_login(town.li.user)
    assert "为谁反映" not in text_of(browser.get(REPORT))
    browser.post(REPORT, filled(town, for_person=town.wang.pk))
    assert Case.objects.get().reporter == town.li


def test_with_consent_of_one_another_is_refused(browser, town):
    acts_for(town.li, town.wang)
    browser.force_login(town.li.user)
    answer = browser.post(REPORT, filled(town, for_person=town.zhao.pk))
    assert answer.status_code == 422
    assert "不能替这位居民" in text_of(answer)


def test_the_form_costs_few_queries(browser, town, django_assert_max_num_queries):
    browser.force_login(town.li.user)
    accounts.set_name(person=town.li, name="李晓梅")
    browser.get(REPORT)
    with django_assert_max_num_queries(14):
        browser.get(REPORT)
