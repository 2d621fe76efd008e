"""Following a case on the wall: a notice in the inbox when it goes on publicly, and nobody else knows."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from core.exports import exports
from core.outbox import drain
from core.workflow import Actor
from grievances import actions
from grievances.models import Follow
from notifications.models import Delivery, Message
from tests.grievances.town import LONG_ENOUGH


@pytest.fixture
def shown(town):
    """A case of 李 on the wall, in 赵's hands."""
    case = town.handling(visibility="public")
    return put_up(town, case)


def put_up(town, case, **more):
    words = {"public_title": "楼道漏水", "public_text": "楼道口漏水，结冰", **more}
    return actions.release(case_id=case.pk, by=town.sun, at=town.now, **words)


def heard(town, person) -> list[str]:
    while drain(at=town.now + timedelta(minutes=5)):
        continue
    return list(Message.objects.filter(person=person).order_by("pk").values_list("title", flat=True))


def test_followers_hear_of_a_released_result_and_of_its_end(town, shown):
    actions.follow(case_id=shown.pk, by=town.wang, at=town.now)
    actions.result(case_id=shown.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    assert heard(town, town.wang) == [], "a result that nobody released is not told"
    put_up(town, shown, public_result="修好了")
    assert heard(town, town.wang) == ["您关注的“楼道漏水”有结果了"]
    put_up(town, shown, public_result="修好了。")
    actions.rate(case_id=shown.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.now)
    assert heard(town, town.wang)[1:] == ["您关注的“楼道漏水”，反映人说解决了"]
    assert not Delivery.objects.filter(person=town.wang, channel="sms").exists()
    message = Message.objects.filter(person=town.wang).first()
    assert message.url == f"/wall/{shown.pk}/"


def test_who_stops_hears_no_more(town, shown):
    actions.follow(case_id=shown.pk, by=town.wang, at=town.now)
    actions.unfollow(case_id=shown.pk, by=town.wang)
    put_up(town, shown)
    actions.result(case_id=shown.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    actions.rate(case_id=shown.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.now)
    assert heard(town, town.wang) == []


def test_what_left_the_wall_tells_its_followers_nothing(town, shown):
    actions.follow(case_id=shown.pk, by=town.wang, at=town.now)
    actions.change_wish(case_id=shown.pk, by=town.li, visibility="not_public", at=town.now)
    actions.result(case_id=shown.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    actions.rate(case_id=shown.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.now)
    assert heard(town, town.wang) == []


def test_the_reporter_hears_once_in_their_own_words(town, shown):
    actions.follow(case_id=shown.pk, by=town.li, at=town.now)
    actions.result(case_id=shown.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    put_up(town, shown, public_result="修好了")
    told = [title for title in heard(town, town.li) if "公开栏" in title or "关注" in title]
    assert len(told) == 2, "its first release, and the release of the result"
    assert not any("关注" in title for title in told)


def test_only_what_is_on_the_wall_is_followed(town):
    case = town.handling(visibility="public")
    with pytest.raises(Http404):
        actions.follow(case_id=case.pk, by=town.wang, at=town.now)


def test_pressed_twice_it_is_followed_once(town, shown, at_work):
    browser = at_work(town.wang)
    browser.post(reverse("community_set"), {"community": town.areas["滨河社区"].pk})
    for _time in range(2):
        assert browser.post(f"/wall/{shown.pk}/follow/", {"follow": "1"}).status_code == 302
    assert Follow.objects.filter(person=town.wang, case=shown).count() == 1
    assert "不再关注" in browser.get(f"/wall/{shown.pk}/").content.decode()
    assert "楼道漏水" in browser.get("/wall/?followed=1", follow=True).content.decode()
    browser.post(f"/wall/{shown.pk}/follow/", {"follow": "0"})
    assert not Follow.objects.exists()


def test_a_visitor_is_led_to_sign_in_and_a_reporter_to_their_case(town, shown, client, at_work):
    assert f"/sign-in/?next=/wall/{shown.pk}/" in client.get(f"/wall/{shown.pk}/").content.decode()
    assert client.post(f"/wall/{shown.pk}/follow/", {"follow": "1"}).status_code == 302
    assert not Follow.objects.exists()
    assert "这是您反映的" in at_work(town.li).get(f"/wall/{shown.pk}/").content.decode()


def test_what_i_follow_is_in_the_copy_of_my_data(town, shown):
    actions.follow(case_id=shown.pk, by=town.wang, at=town.now)
    tables = {table.name: list(table.rows) for table in exports.get("grievances").tables(town.wang)}
    assert tables["follows"] == [{"title": "楼道漏水", "since": town.now}]


def test_nobody_is_shown_who_follows(town, shown, at_work):
    actions.follow(case_id=shown.pk, by=town.wang, at=town.now)
    for who in (town.li, town.sun, town.zhao):
        browser = at_work(who)
        for address in (f"/cases/{shown.pk}/", f"/wall/{shown.pk}/"):
            assert "王强" not in browser.get(address).content.decode()
