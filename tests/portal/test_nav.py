"""The frame: tabs and sections by role, counts, preferences; nothing is read that no template asks for."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from core.reference import steady
from portal.context import nav


@pytest.fixture
def frame_of(rf, town):
    """A function that gives the nav of a person on a page of 滨河社区."""

    def build(person=None, path="/", **query):
        request = rf.get(path, query)
        request.user = person.user if person is not None else AnonymousUser()
        request._chosen_community = town.areas["滨河社区"]
        return nav(request)["nav"]

    return build


def labels(entries) -> list[str]:
    return [str(entry.label) for entry in entries]


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        (None, ["首页", "上报", "消息", "我的"]),
        ("li", ["首页", "上报", "消息", "我的"]),
        ("zhao", ["待办", "上报", "消息", "我的"]),
        ("you", ["待办", "上报", "消息", "我的"]),
        ("sun", ["首页", "上报", "派单", "消息", "我的"]),
        ("han", ["首页", "上报", "看板", "消息", "我的"]),
    ],
)
def test_tabs_by_role(frame_of, town, who, tabs):
    assert labels(frame_of(getattr(town, who) if who else None).tabs) == tabs


def test_the_frame_by_role(frame_of, town):
    assert (frame_of(town.sun).frame, frame_of(town.zhao).frame, frame_of(town.li).frame) == ("desk", "phone", "phone")
    assert frame_of(town.han).frame == "desk"


def test_the_desk_counts_what_waits_for_dispatch(frame_of, town):
    town.report()
    town.returned()
    town.handling()
    town.report(area=town.far_grid)
    title, work = frame_of(town.sun).sections[0]
    assert title == "治理"
    assert [(str(entry.label), entry.count) for entry in work][:3] == [("待派单", 2), ("在办", 0), ("超时", 0)]


def test_the_administrator_finds_the_texts_that_were_sent(frame_of, town):
    assert "短信发送" in [label for _title, entries in frame_of(town.qin).sections for label in labels(entries)]
    assert "短信发送" not in [label for _title, entries in frame_of(town.sun).sections for label in labels(entries)]


def test_the_tab_of_the_page_is_marked(at_home, town):
    page = at_home(town.li).get("/report/").content.decode()
    assert page.count('aria-current="page"') == 1
    assert 'href="/report/" aria-current="page"' in page


def test_unread_messages_are_counted(frame_of, town, write_to):
    write_to(town.li)
    assert frame_of(town.li).inbox_count == 1
    assert frame_of(None).inbox_count == 0


def test_the_way_to_another_community_comes_back(frame_of, rf, town):
    assert frame_of(None, "/report/").switch_url == f"{reverse('choose_community')}?next=%2Freport%2F"
    request = rf.post("/cases/1/accept/")
    request.user = AnonymousUser()
    assert nav(request)["nav"].switch_url.endswith("?next=%2F")


def test_the_place_is_told_from_the_district_down(frame_of, town):
    assert frame_of().community == "滨河社区"
    assert frame_of().area_path == ["尧都区", "鼓楼西街街道"]


def test_nothing_is_read_before_it_is_asked(frame_of, town, django_assert_num_queries):
    town.sun.user  # noqa: B018 - the sign-in is loaded by the session anyway
    with django_assert_num_queries(0):
        frame_of(town.sun)


def test_the_frame_of_a_resident_costs_few_queries(frame_of, town, django_assert_max_num_queries):
    found = frame_of(town.li)
    town.grid.path()
    with steady(), django_assert_max_num_queries(4):
        assert found.tabs
        assert found.tabs
        assert found.area_path
        assert found.community
        assert found.inbox_count is not None


def test_elder_mode_and_theme_are_the_persons_own(at_home, town):
    browser = at_home(town.li)
    browser.post("/preferences/", {"elder": "1", "theme": "dark", "next": "/"})
    page = browser.get("/").content.decode()
    assert 'data-theme="dark" data-elder' in page
