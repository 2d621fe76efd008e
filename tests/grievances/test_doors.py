"""Doors: matters that are not for this portal end kindly with the right number, and nothing typed is lost."""

import pytest
from django.urls import reverse

from communities.rules import NotAllowed, SettingMoved
from core.once import fresh_key
from grievances import actions, queries
from grievances.models import Case, Category, Door
from grievances.rules import DangerStays
from tests.grievances.test_report_pages import choose, filled


@pytest.fixture
def visitor(client, town):
    """A visitor who chose 滨河社区."""
    return choose(client, town.areas["滨河社区"])


def values(code, **changes):
    door = queries.door_set(code)
    return {name: getattr(door, name) for name in actions.doors.DOOR_FIELDS} | changes


def change(town, code, *, by=None, categories=(), **changes):
    return actions.change_door(
        code=code, values=values(code, **changes), category_ids=[one.pk for one in categories], by=by or town.qin,
        at=town.now,
    )  # fmt: skip


def test_six_doors_are_there_without_anybody_setting_them(town):
    assert [door.code for door in queries.open_doors()] == ["119", "110", "120", "court", "petition", "discipline"]
    assert not Door.objects.exists()
    assert actions.load_doors() == 6
    assert actions.load_doors() == 0
    assert [door.code for door in queries.open_doors()] == ["119", "110", "120", "court", "petition", "discipline"]


def test_the_danger_numbers_are_always_on_the_report_page(visitor, town):
    page = visitor.get(reverse("report")).content.decode()
    for number in ("119", "110", "120"):
        assert f'href="tel:{number}"' in page
    assert 'name="door" value="court"' in page


def test_choosing_a_door_keeps_what_was_typed_and_says_whom_to_call(visitor, town):
    answer = visitor.post(reverse("report"), filled(town, text="物业费的官司怎么打", door="court"))
    assert answer["Location"] == reverse("report_door", args=["court"])
    page = visitor.get(answer["Location"]).content.decode()
    assert 'href="tel:12368"' in page
    assert "物业费的官司怎么打" in page
    assert "物业费的官司怎么打" in visitor.get(reverse("report")).content.decode()
    assert not Case.objects.exists()


def test_a_category_that_is_marked_ends_at_its_door(at_work, town):
    leak = town.categories["leak"]
    change(town, "petition", categories=[leak])
    browser = choose(at_work(town.li), town.areas["滨河社区"])
    answer = browser.post(reverse("report"), filled(town, category="leak"))
    assert answer["Location"] == reverse("report_door", args=["petition"])
    assert not Case.objects.exists()
    change(town, "petition", categories=[leak.parent])
    assert queries.door_of(leak).code == "petition"
    change(town, "petition", categories=[leak], is_active=False)
    assert queries.door_of(leak) is None
    assert browser.get(reverse("report_door", args=["petition"])).status_code == 404


@pytest.mark.parametrize("code", ["nothing", "x" * 60])
def test_an_invented_door_is_not_found(visitor, town, code):
    assert visitor.get(reverse("report_door", args=[code])).status_code == 404
    assert visitor.post(reverse("report"), filled(town, door=code)).status_code == 404


def test_a_form_held_open_with_a_retired_category_is_refused_kindly_and_keeps_the_words(at_work, town):
    Category.objects.filter(code="leak").update(is_active=False)
    browser = choose(at_work(town.li), town.areas["滨河社区"])
    answer = browser.post(reverse("report"), filled(town, category="leak", text="水管又漏了，快来看看"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请重新选一下类别" in page
    assert "水管又漏了，快来看看" in page
    assert not Case.objects.exists()


# setting them


def test_only_the_city_sets_them(town):
    assert change(town, "court", phone="0357-12368").phone == "0357-12368"
    for wrong in (town.li, town.sun, town.zhou, town.han, town.zhu, town.auditor):
        with pytest.raises(NotAllowed):
            change(town, "court", by=wrong, phone="1")


def test_a_danger_number_is_neither_blanked_nor_hidden(town):
    for wrong in ({"phone": ""}, {"is_active": False}):
        with pytest.raises(DangerStays):
            change(town, "119", **wrong)
    assert change(town, "119", words="先跑出来，再打 119。").words == "先跑出来，再打 119。"


def test_the_slower_of_two_is_told(town):
    change(town, "court", phone="12345")
    with pytest.raises(SettingMoved):
        actions.change_door(
            code="court", values=values("court", phone="1"), category_ids=[], by=town.qin, at=town.now, expect=0
        )


def test_the_pages(at_work, town):
    browser, here = at_work(town.qin), reverse("door", args=["petition"])
    assert "信访" in browser.get(reverse("doors")).content.decode()
    assert browser.get(here).status_code == 200
    form = values("petition", address="迎宾大街 1 号", is_active="on") | {"expect": 0, "once": fresh_key()}
    assert browser.post(here, form | {"phone": "电话"}).status_code == 422
    assert browser.post(here, form)["Location"] == reverse("doors")
    assert queries.door_by_code("petition").address == "迎宾大街 1 号"
    assert "迎宾大街 1 号" in browser.get(here).content.decode()
    assert browser.get(reverse("door", args=["nothing"])).status_code == 404
    danger = reverse("door", args=["110"])
    sent = values("110") | {"expect": 0, "once": fresh_key()}
    assert browser.post(danger, {name: sent[name] for name in sent if name != "is_active"}).status_code == 302
    assert queries.door_by_code("110").is_danger


def test_others_do_not_get_to_the_settings(at_work, town):
    for who in (town.li, town.sun, town.zhou):
        assert at_work(who).get(reverse("doors")).status_code in (403, 404)
        assert at_work(who).post(reverse("door", args=["court"]), {}).status_code in (403, 404)
