"""Answering a result, signed in or by the link: three questions, once; looking changes nothing."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from core.once import fresh_key
from core.workflow import Actor
from grievances import actions
from grievances.links import SALT, rating_address
from grievances.models import Case, CaseHistory, Rating
from grievances.workflow import State
from tests.core.media.pictures import encoded, scene, sent
from tests.grievances.town import LONG_ENOUGH


def text_of(answer) -> str:
    return answer.content.decode()


def solved(**changes):
    return {"contacted": "yes", "solved": "yes", "stars": "5", "words": "很快，谢谢", "once": fresh_key()} | changes


def unsolved(**changes):
    return {"contacted": "no", "solved": "no", "words": "还在漏", "once": fresh_key()} | changes


def link_to(case) -> str:
    return rating_address(case, case.history.filter(step="result").latest("seq").seq)


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


def page_of(case) -> str:
    return f"/cases/{case.pk}/rate/"


@pytest.fixture
def done(town) -> Case:
    """A case with a result that waits for 李."""
    return town.finished()


# signed in


def test_solved_with_stars_closes_the_case(at_work, town, done):
    browser = at_work(town.li)
    answer = browser.post(page_of(done), solved(), follow=True)
    assert answer.redirect_chain == [(page_of(done), 302)]
    assert "您说已解决，给了 5 颗星" in text_of(answer)
    assert (fresh(done).state, fresh(done).outcome) == (State.CLOSED, "solved")
    rating = Rating.objects.get()
    assert (rating.contacted, rating.solved, rating.stars, rating.by_link) == (True, True, 5, False)


def test_not_solved_goes_back_with_the_reason_and_photos(at_work, town, done, shoot):
    (photo,) = shoot(town.li)
    answer = at_work(town.li).post(page_of(done), unsolved(photos=[photo]), follow=True)
    assert "已退回重新办理" in text_of(answer)
    assert (fresh(done).state, fresh(done).reopened) == (State.DISPATCHED, 1)
    assert str(done.photos.get().photo_id) == photo


def test_photos_of_a_browser_without_scripts(at_work, town, done, files):
    at_work(town.li).post(page_of(done), unsolved() | {"photos_files": [sent(encoded(scene()))]})
    assert done.photos.count() == 1


def test_too_many_photos_are_refused_and_the_first_stay(at_work, town, done, shoot):
    ids = shoot(town.li, 4)
    answer = at_work(town.li).post(page_of(done), unsolved(photos=ids))
    assert answer.status_code == 422
    assert [pk for pk in ids if f'value="{pk}"' in text_of(answer)] == ids[:3]
    assert "还在漏" in text_of(answer)


def test_anothers_draft_is_not_taken(at_work, town, done, shoot):
    answer = at_work(town.li).post(page_of(done), unsolved(photos=shoot(town.wang)))
    assert answer.status_code == 409
    assert "有照片找不到了" in text_of(answer)
    assert fresh(done).state == State.FEEDBACK


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "联系了，还是没有联系"),
        (solved(stars=""), "请点几颗星"),
        (solved(stars="6"), "请点几颗星"),
        (solved(stars="0"), "请点几颗星"),
        (unsolved(words="  "), "请写一句哪里没解决"),
        (solved(contacted="maybe"), "请重新选一下"),
        (solved(words="好" * 501), "写了 501 个字，最多 500 个"),
        (solved(words="好\x00"), "看不见的符号"),
    ],
)
def test_what_is_missing_is_asked_for(at_work, town, done, form, sentence):
    answer = at_work(town.li).post(page_of(done), form)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert fresh(done).state == State.FEEDBACK


def test_the_buttons_of_the_case_page_fill_in_the_answer(at_work, town, done):
    browser = at_work(town.li)
    for answer in ("yes", "no"):
        page = text_of(browser.get(page_of(done), {"solved": answer}))
        assert re.findall(r'name="solved" value="(\w+)"[^>]* checked', page) == [answer]
        assert LONG_ENOUGH in page
    assert "checked" not in text_of(browser.get(page_of(done), {"solved": "x"}))


def test_a_double_press_answers_once(at_work, town, done):
    browser, form = at_work(town.li), solved()
    for _press in range(2):
        assert browser.post(page_of(done), form)["Location"] == page_of(done)
    assert Rating.objects.count() == 1


def test_a_second_answer_finds_the_first(at_work, town, done):
    browser = at_work(town.li)
    browser.post(page_of(done), solved(stars="3"))
    answer = browser.post(page_of(done), solved(stars="1"), follow=True)
    assert "给了 3 颗星" in text_of(answer)
    assert Rating.objects.get().stars == 3


def test_a_double_press_of_not_solved_reopens_once(at_work, town, done):
    browser, form = at_work(town.li), unsolved()
    for _press in range(2):
        browser.post(page_of(done), form)
    browser.post(page_of(done), unsolved())
    assert fresh(done).reopened == 1


def test_what_was_solved_and_broke_again_goes_back(at_work, town):
    case = town.closed()
    browser = at_work(town.li)
    assert "又出问题了" in text_of(browser.get(f"/cases/{case.pk}/"))
    assert "事情解决了吗" in text_of(browser.get(page_of(case), {"solved": "no"}))
    browser.post(page_of(case), unsolved())
    assert fresh(case).state == State.DISPATCHED


def test_after_two_reopenings_the_page_says_where_to_go(at_work, town):
    case = town.finished()
    for _time in range(2):
        actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="还在漏", at=town.now)
        holder = town.zhao if fresh(case).reopened == 1 else town.han
        actions.accept(case_id=case.pk, by=holder, at=town.now)
        actions.result(case_id=case.pk, by=holder, result_text=LONG_ENOUGH, at=town.now)
    page = text_of(at_work(town.li).get(page_of(case)))
    assert "已经重新办理过两次" in page
    assert "没解决</span>" not in page


@pytest.mark.parametrize("state", ["reported", "dispatched", "handling", "returned", "rejected", "withdrawn"])
def test_where_nothing_is_to_be_rated_the_page_says_so(at_work, town, state):
    case = town.in_state(state)
    browser = at_work(town.li)
    assert "现在不用评价" in text_of(browser.get(page_of(case)))
    answer = browser.post(page_of(case), solved())
    assert answer.status_code == 409
    assert "现在不用评价" in text_of(answer)
    assert fresh(case).state == state


@pytest.mark.parametrize("who", ["wang", "zhao", "sun", "feng"])
def test_nobody_else_rates(at_work, town, done, who):
    browser = at_work(getattr(town, who))
    assert browser.get(page_of(done)).status_code == 404
    assert browser.post(page_of(done), solved()).status_code == 404
    assert not Rating.objects.exists()


def test_a_visitor_is_led_to_sign_in(client, done):
    assert client.get(page_of(done))["Location"] == f"/sign-in/?next={page_of(done)}"


# by the link


def test_the_link_needs_no_sign_in(client, done):
    address = link_to(done)
    page = client.get(address)
    assert page.status_code == 200
    assert LONG_ENOUGH in text_of(page)
    assert "拍照或选图" not in text_of(page)
    answer = client.post(address, solved(), follow=True)
    assert "您说已解决，给了 5 颗星" in text_of(answer)
    rating = Rating.objects.get()
    assert rating.by_link
    row = CaseHistory.objects.get(subject=done, step="rate")
    assert (row.actor, row.actor_kind, row.given["link"].startswith("rate:")) == (None, "guest", True)


def test_looking_at_the_link_changes_nothing(client, done):
    before = (fresh(done).last_seq, CaseHistory.objects.count())
    for _look in range(3):
        client.get(link_to(done))
        client.head(link_to(done))
        client.get(link_to(done), {"solved": "no"})
    assert (fresh(done).last_seq, CaseHistory.objects.count()) == before


def test_the_link_says_not_solved(client, done):
    answer = client.post(link_to(done), unsolved(), follow=True)
    assert "已退回重新办理" in text_of(answer)
    assert fresh(done).state == State.DISPATCHED


def test_the_link_and_the_account_answer_once_together(client, town, done):
    address = link_to(done)
    client.post(address, solved(stars="4"))
    client.force_login(town.li.user)
    assert "给了 4 颗星" in text_of(client.post(page_of(done), solved(stars="1"), follow=True))
    assert "给了 4 颗星" in text_of(client.get(address))


def test_the_link_of_an_earlier_result_is_over(client, town, done):
    old = link_to(done)
    client.post(old, unsolved())
    actions.accept(case_id=done.pk, by=town.zhao, at=timezone.now())
    actions.result(case_id=done.pk, by=town.zhao, result_text=LONG_ENOUGH, at=timezone.now())
    for answer in (client.get(old), client.post(old, solved())):
        assert answer.status_code == 410
        assert "已经过期" in text_of(answer)
        assert "/my-cases/" in text_of(answer)
    assert fresh(done).state == State.FEEDBACK


def test_a_link_ends_after_fourteen_days(client, done, monkeypatch):
    address = link_to(done)
    started = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: started + timedelta(days=14, minutes=1).total_seconds())
    assert client.get(address).status_code == 410


@pytest.mark.parametrize(
    "change", [lambda t: t[:-3], lambda t: "x" + t, lambda t: "x", lambda t: t.swapcase(), lambda t: "長" * 300]
)
def test_a_changed_link_is_answered_with_a_way_on(client, done, change):
    token = link_to(done).removeprefix("/r/").removesuffix("/")
    answer = client.get(f"/r/{change(token)}/")
    assert answer.status_code == 404
    assert "这个链接不完整" in text_of(answer)
    assert "登录，看我的诉求" in text_of(answer)


def test_a_link_to_no_case_is_not_found(client, db):
    token = signing.dumps({"case": 987654321, "seq": 1}, salt=SALT, compress=True)
    assert client.get(f"/r/{token}/").status_code == 404
