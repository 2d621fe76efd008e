"""The reporter adds words or photos to an open case."""

from datetime import timedelta

import pytest

from core.media.refusals import NotYourPhotos
from core.outbox import drain
from core.workflow import NotYours, StepRefused
from grievances import actions, rules
from grievances.models import CaseHistory, CasePhoto
from grievances.routing import Holder
from grievances.workflow import OPEN
from notifications.models import Message


def text_of(answer) -> str:
    return answer.content.decode()


def add(browser, case, **given):
    return browser.post(f"/cases/{case.pk}/add/", given)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_case_takes_more_words(town, state):
    case = town.in_state(state)
    after = actions.add(case_id=case.pk, by=town.li, added="今天又漏了一次", at=town.now)
    assert after.state == state
    row = CaseHistory.objects.get(subject=case, step="add")
    assert row.given == {"photos": 0}
    assert set(row.texts) == {"added"}


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_a_case_that_is_over_takes_none_and_the_words_stay(town, at_work, state):
    case = town.in_state(state)
    with pytest.raises(StepRefused):
        actions.add(case_id=case.pk, by=town.li, added="还有一句", at=town.now)
    answer = add(at_work(town.li), case, **{"add-added": "还有一句要说的话"})
    assert answer.status_code == 409
    assert "还有一句要说的话" in text_of(answer)
    assert "没有保存" in text_of(answer)


@pytest.mark.parametrize("who", ["wang", "zhao", "sun", "feng", "zhou"])
def test_only_the_reporter_adds(town, who):
    case = town.handling()
    with pytest.raises(NotYours):
        actions.add(case_id=case.pk, by=town.people[who], added="我也说一句", at=town.now)


def test_a_stranger_finds_no_such_case(town, at_work):
    assert add(at_work(town.wang), town.handling(), **{"add-added": "看看"}).status_code == 404


def test_words_stand_in_the_timeline_for_everybody_concerned(town, at_work):
    case = town.handling()
    browser = at_work(town.li)
    assert add(browser, case, **{"add-added": "水已经流到二层了"}).status_code == 302
    page = text_of(browser.get(f"/cases/{case.pk}/"))
    assert "您补充了" in page
    assert "水已经流到二层了" in page
    for who in (town.zhao, town.sun):
        page = text_of(at_work(who).get(f"/cases/{case.pk}/"))
        assert "居民补充" in page
        assert "水已经流到二层了" in page


def test_a_photo_alone_is_enough(town, at_work, shoot):
    case = town.handling()
    assert add(at_work(town.li), case, photos=shoot(town.li)).status_code == 302
    shot = CasePhoto.objects.get(case=case)
    assert (shot.slot, shot.on_wall) == ("report", False)
    assert shot.seq == CaseHistory.objects.get(subject=case, step="add").seq


# bad input


def test_nothing_is_refused_in_words(town, at_work):
    case = town.handling()
    answer = add(at_work(town.li), case, **{"add-added": "  \n "})
    assert answer.status_code == 422
    assert "请写一句，或加一张照片" in text_of(answer)
    with pytest.raises(rules.NothingToAdd):
        actions.add(case_id=case.pk, by=town.li, added=" ", at=town.now)


def test_a_book_is_refused_and_kept(town, at_work):
    case = town.handling()
    answer = add(at_work(town.li), case, **{"add-added": "漏" * 20_000})
    assert answer.status_code == 422
    assert "漏" * 20_000 in text_of(answer)
    assert "写了 20000 个字，最多 2000 个" in text_of(answer)


def test_the_tenth_photo_is_refused_and_the_words_stay(town, at_work, shoot):
    case = town.handling(photo_ids=shoot(town.li, 8), owner=f"person:{town.li.pk}")
    browser = at_work(town.li)
    answer = add(browser, case, photos=shoot(town.li, 2), **{"add-added": "又拍了两张"})
    assert answer.status_code == 422
    assert "这里还能加 1 张" in text_of(answer)
    assert "又拍了两张" in text_of(answer)
    assert text_of(answer).count('name="photos" value=') == 2, "the drafts are still chosen"
    assert add(browser, case, photos=shoot(town.li, 1)).status_code == 302
    assert CasePhoto.objects.filter(case=case).count() == 9


def test_photos_of_somebody_else_are_refused(town, shoot):
    case = town.handling()
    with pytest.raises(NotYourPhotos):
        actions.add(case_id=case.pk, by=town.li, photos=shoot(town.wang), owner=f"person:{town.li.pk}", at=town.now)
    assert not CasePhoto.objects.exists()


def test_pressed_twice_it_is_added_once(town, at_work):
    case, browser = town.handling(), at_work(town.li)
    given = {"add-added": "只说一次", "once": "6f2c9d3a-1c1b-4f0e-9d55-3a3f0f6f0a11"}
    assert [add(browser, case, **given).status_code for _time in range(2)] == [302, 302]
    assert CaseHistory.objects.filter(subject=case, step="add").count() == 1


# who hears of it


def titles_for(person) -> list[str]:
    return list(Message.objects.filter(person=person).order_by("pk").values_list("title", flat=True))


def test_the_holder_hears_of_it_once_it_is_dispatched(town):
    case = town.handling()
    actions.add(case_id=case.pk, by=town.li, added="还有一处", at=town.now)
    drain(at=town.now + timedelta(minutes=1))
    assert [title for title in titles_for(town.zhao) if "补充" in title] == [f"居民给“{case.title}”补充了情况"]
    assert not [title for title in titles_for(town.sun) if "补充" in title]


@pytest.mark.parametrize("state", ["reported", "returned"])
def test_before_it_the_dispatchers_do(town, state):
    case = town.in_state(state)
    actions.add(case_id=case.pk, by=town.li, added="还有一处", at=town.now)
    drain(at=town.now + timedelta(minutes=1))
    assert [title for title in titles_for(town.sun) if "补充" in title]
    assert not [title for title in titles_for(town.zhao) if "补充" in title]


# the number to call


def test_the_nearest_duty_phone_stands_beside_the_case(town, at_work):
    street = town.areas["鼓楼西街街道"]
    street.duty_phone = "0357-2222000"
    street.save(update_fields=["duty_phone"])
    case = town.handling()
    browser = at_work(town.li)
    for address in (f"/cases/{case.pk}/", "/my-cases/", f"/cases/{case.pk}/print/"):
        assert "0357-2222000" in text_of(browser.get(address)), address
    assert 'href="tel:03572222000"' in text_of(browser.get(f"/cases/{case.pk}/"))
    community = town.areas["滨河社区"]
    community.duty_phone = "2222111"
    community.save(update_fields=["duty_phone"])
    assert "打给滨河社区 2222111" in text_of(browser.get(f"/cases/{case.pk}/"))


def test_the_holding_organisation_comes_first(town, at_work):
    town.company.duty_phone = "400-8000-111"
    town.company.save(update_fields=["duty_phone"])
    case = town.dispatched(holder=Holder(organisation=town.company))
    assert "打给锦绣物业 400-8000-111" in text_of(at_work(town.li).get(f"/cases/{case.pk}/"))
    assert "打给锦绣物业 400-8000-111" in text_of(at_work(town.sun).get(f"/cases/{case.pk}/"))


def test_without_any_phone_nothing_is_said(town, at_work):
    assert "tel:" not in text_of(at_work(town.li).get(f"/cases/{town.handling().pk}/"))
