"""The board of every level: each number opens its list, and the list counts the same."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import figures
from core.workflow import Actor
from grievances import actions
from grievances.models import Case
from grievances.routing import Holder
from tests.communities import make
from tests.grievances.town import build

BOARD, LIST = "/staff/board/", "/staff/cases/"
NUMBER = re.compile(r'<a[^>]*href="([^"]+)"[^>]*data-number="(\d+)"[^>]*>')
STATES = ("reported", "dispatched", "handling", "returned", "feedback", "closed", "rejected", "withdrawn")
WHO = [("han", "鼓楼西街街道"), ("zhou", "滨河社区"), ("zhu", "尧都区"), ("qin", "临汾市"), ("auditor", "尧都区")]


@pytest.fixture
def town(db):
    return build(timezone.now())


@pytest.fixture
def busy(town):
    """Cases in every state, in two communities, some late, some before the last 30 days, one confidential."""
    for number, state in enumerate(STATES):
        town.in_state(state)
        if number == 3:
            figures.fold()
    for days, code, grid in ((3, "leak", town.grid), (20, "drain", town.far_grid), (40, "gas", town.grid)):
        moment = town.at(days=days)
        town.report(at=moment, recorded_at=moment, category=town.categories[code], area=grid)
    town.report(text="有人偷倒废油。", kind="offence", category=town.categories["drain"])
    town.report(area=town.areas["锦绣花园"])
    return town


def numbers(html: str) -> list[tuple[str, int]]:
    return [(unescape(url), int(count)) for url, count in NUMBER.findall(html)]


def get(client, person, url, **query):
    client.force_login(person.user)
    return client.get(url, query)


def page(client, person, url, **query) -> str:
    answer = get(client, person, url, **query)
    assert answer.status_code == 200, (url, query, answer.status_code)
    return answer.content.decode()


def count_of(html: str) -> int:
    return int(re.search(r'data-count="(\d+)"', html)[1])


def rows_of(client, url: str) -> int:
    """How many rows a list has, all its pages turned."""
    rows = 0
    while url:
        html = client.get(url).content.decode()
        rows += html.count('class="queue-row"')
        following = re.search(r'rel="next" href="([^"]+)"', html)
        url = url.split("?")[0] + unescape(following[1]) if following else ""
    return rows


@pytest.mark.parametrize(
    "query", [{}, {"period": "today"}, {"period": "7"}, {"category": "water"}, {"category": "leak"}]
)
@pytest.mark.parametrize(("who", "place"), WHO)
def test_every_number_opens_a_list_that_counts_the_same(client, busy, who, place, query):
    if "category" in query:
        query = {"category": busy.categories[query["category"]].pk}
    html = page(client, busy.people[who], BOARD, area=busy.areas[place].pk, **query)
    found = numbers(html)
    assert len(found) >= 10
    for url, count in dict.fromkeys(found):
        listed = client.get(url).content.decode()
        assert count_of(listed) == count, url
        assert rows_of(client, url) == count, url


@pytest.mark.parametrize("place", ["平阳社区", "锦绣花园", "滨河社区第1网格"])
def test_below_ones_own_place_it_is_the_same_page(client, busy, place):
    for url, count in numbers(page(client, busy.han, BOARD, area=busy.areas[place].pk)):
        assert count_of(client.get(url).content.decode()) == count, url


def test_numbers_are_the_same_before_and_after_folding(client, busy):
    before = numbers(page(client, busy.han, BOARD))
    figures.fold()
    assert numbers(page(client, busy.han, BOARD)) == before
    assert sum(count for _url, count in before) > 0


def test_without_a_place_it_is_ones_own(client, busy):
    asked = page(client, busy.han, BOARD, area=busy.areas["鼓楼西街街道"].pk)
    assert numbers(page(client, busy.han, BOARD)) == numbers(asked)
    assert "<b>滨河社区</b>" in page(client, busy.zhou, BOARD)


def test_the_headline_says_it(client, busy):
    html = page(client, busy.han, BOARD)
    # The leak of three days ago is late too, unless a weekend or holidays lie between.
    late = Case.objects.filter(result_at=None, closed_at=None, due_at__lt=timezone.now()).count()
    assert late >= 1
    assert f"近 30 天新收 12 件，办结 3 件，{late} 件超时" in html


def test_a_quiet_place_says_so(client, town):
    html = page(client, town.han, BOARD)
    assert "近 30 天没有诉求" in html
    assert "没有等您决定的事" in html
    assert "这里没有诉求" in page(client, town.han, LIST, figure="overdue")


@pytest.mark.parametrize("url", [BOARD, LIST])
@pytest.mark.parametrize(
    ("who", "place"),
    [("han", "尧都区"), ("zhou", "平阳社区"), ("zhou", "鼓楼西街街道"), ("auditor", "临汾市"), ("zhu", "临汾市")],
)
def test_another_tree_is_not_there(client, busy, who, place, url):
    assert get(client, busy.people[who], url, area=busy.areas[place].pk).status_code == 404


def test_the_official_of_the_next_street_does_not_see_this_one(client, busy):
    street = make.street(busy.areas["尧都区"], "解放路街道")
    other = busy.people["wang"]
    make.grant(other, "street_official", street)
    assert get(client, other, BOARD).status_code == 200
    assert get(client, other, BOARD, area=busy.areas["鼓楼西街街道"].pk).status_code == 404
    assert get(client, other, LIST, area=busy.areas["滨河社区"].pk).status_code == 404
    assert get(client, other, BOARD, area=999999).status_code == 404


@pytest.mark.parametrize("who", ["li", "zhao", "sun", "you"])
def test_who_has_no_such_role_is_refused(client, busy, who):
    assert get(client, busy.people[who], BOARD).status_code == 403
    assert get(client, busy.people[who], LIST).status_code == 403


def test_visitors_sign_in_first(client, busy):
    assert client.get(BOARD).status_code == 302


@pytest.mark.parametrize(
    "query",
    [{"period": "ever"}, {"category": "x"}, {"category": "99999"}, {"start": "2026-13-45"}, {"worker": "' OR 1=1"},
     {"area": ""}, {"period": "days"}, {"after": "x.y.z"}, {"figure": "everything"},
     {"period": "days", "start": "1900-01-01", "end": "2999-12-31"}],
)  # fmt: skip
def test_what_cannot_be_read_counts_as_not_chosen(client, busy, query):
    for url in (BOARD, LIST):
        assert get(client, busy.han, url, **query).status_code == 200


def test_days_can_be_chosen(client, busy):
    day = timezone.localdate(busy.at(days=20)).isoformat()
    html = page(client, busy.han, LIST, figure="in", period="days", start=day, end=day)
    assert count_of(html) == 1
    assert busy.categories["drain"].name not in html.split("<h1>")[1].split("</h1>")[0]


def test_a_list_that_knows_no_days_offers_none_and_keeps_those_of_the_board(client, busy):
    html = page(client, busy.han, LIST, figure="overdue", period="7")
    assert 'type="date"' not in html
    assert '<input type="hidden" name="period" value="7">' in html
    assert f'href="{BOARD}?area={busy.areas["鼓楼西街街道"].pk}&amp;period=7"' in html
    assert 'type="date"' in page(client, busy.han, LIST, figure="in", period="7")


def test_confidential_cases_count_but_say_nothing_to_those_who_may_not_open_them(client, busy):
    title, kept = "有人偷倒废油", {"figure": "in", "area": busy.areas["滨河社区"].pk}
    for who, seen in (("zhu", False), ("auditor", False), ("qin", False), ("han", True), ("zhou", True)):
        html = page(client, busy.people[who], LIST, **kept)
        assert (title in html) == seen, who
        assert "保密件" not in html if seen else "保密件" in html
        case = Case.objects.get(title=title)
        assert (reverse("case", args=[case.pk]) in html) == seen
        if seen:
            assert client.get(reverse("case", args=[case.pk])).status_code == 200


def test_what_nobody_dispatches_waits_for_the_nearest_head(client, busy):
    """Where a community has a dispatcher nothing waits for the street; where it has none, its head is asked first."""
    lonely = make.community(busy.areas["鼓楼西街街道"], "迎春社区")
    grid = make.grid(lonely, "第1网格")
    case = busy.report(area=grid, text="这里没有人派单")
    html = page(client, busy.han, BOARD)
    assert dict(numbers(html))[f"{LIST}?area={busy.areas['鼓楼西街街道'].pk}&figure=decide"] == 1
    assert "这里没有人派单" in html
    assert actions.flow.possible(case, Actor.of(busy.han), busy.now)
    head = busy.people["wang"]
    make.grant(head, "community_head", lonely)
    assert "这里没有人派单" not in page(client, busy.han, BOARD)
    assert "这里没有人派单" in page(client, head, BOARD)
    make.grant(busy.people["li"], "community_staff", lonely)
    assert "这里没有人派单" not in page(client, head, BOARD)


def test_what_climbed_is_first_on_the_page(client, busy):
    case = busy.finished(text="修了两次还是漏")
    for minutes in (38, 10):
        actions.reopen(case_id=case.pk, actor=Actor.of(busy.li), reason="还在漏", at=busy.at(minutes=minutes))
        if minutes == 38:
            actions.accept(case_id=case.pk, by=busy.zhao, at=busy.at(minutes=36))
            actions.result(
                case_id=case.pk, by=busy.zhao, result_text="又处理了一次，请您再看看。", at=busy.at(minutes=30)
            )
    html = page(client, busy.han, BOARD)
    assert "修了两次还是漏" in html
    assert html.index("修了两次还是漏") < html.index('class="tiles"')
    assert "第二次重新办理" in html
    assert "修了两次还是漏" not in page(client, busy.zhu, BOARD)


def test_work_is_listed_by_who_has_it(client, busy):
    busy.dispatched(holder=Holder(organisation=busy.company))
    html = page(client, busy.han, BOARD)
    for words in ("赵建国", "锦绣物业", "第1网格 · 网格员"):
        assert words in html
    url = next(unescape(url) for url in re.findall(r'href="([^"]+figure=hand[^"]*worker=o[^"]*)"', html))
    assert "锦绣物业" in client.get(url).content.decode().split("</h1>")[0]


def test_an_auditor_is_asked_to_decide_nothing(client, busy):
    html = page(client, busy.auditor, BOARD)
    assert "等我决定" not in html
    assert "升级到我这里" not in html


def test_the_menu_leads_there(client, busy):
    for who, there in (("han", True), ("auditor", True), ("sun", False), ("zhao", False)):
        assert (f'href="{BOARD}"' in page(client, busy.people[who], "/inbox/")) == there, who


def test_a_long_list_has_pages_and_one_count(client, town):
    for number in range(33):
        town.report(text=f"第 {number} 件")
    url = f"{LIST}?figure=in&area={town.areas['滨河社区'].pk}"
    client.force_login(town.zhou.user)
    assert count_of(client.get(url).content.decode()) == 33
    assert rows_of(client, url) == 33


def test_more_places_and_cases_cost_no_more_queries(client, busy):
    client.force_login(busy.han.user)

    def cost() -> int:
        client.get(BOARD)
        with CaptureQueriesContext(connection) as captured:
            client.get(BOARD)
        return len(captured)

    before = cost()
    for number in range(6):
        grid = make.grid(make.community(busy.areas["鼓楼西街街道"], f"第{number}社区"), "第1网格")
        for _time in range(3):
            busy.report(area=grid)
    assert cost() <= before + 2  # the list that was empty, and the asking for changes of what its rows name
    assert before <= 20
