"""Choosing the community: by list, by search, with and without htmx, kept in a signed cookie."""

import pytest
from django.urls import reverse

from accounts.models import User
from communities import actions, queries
from communities.queries import COOKIE
from tests.communities.make import NOW, community, compound, district, resident, street

HTMX = {"HX-Request": "true"}


def names(areas):
    return [found.name for found in areas]


def test_a_community_is_found_by_its_name_first(linfen):
    street(linfen["尧都区"], "滨河西路街道")
    there = community(street(linfen["尧都区"], "滨河街道"), "铁佛寺社区")
    assert names(queries.find_communities("滨河")) == ["滨河社区", "铁佛寺社区"]
    assert queries.find_communities("铁佛寺") == [there]


def test_a_community_is_found_by_a_compound_or_a_street(linfen):
    assert names(queries.find_communities("锦绣")) == ["滨河社区"]
    assert names(queries.find_communities("鼓楼西街 平阳")) == ["平阳社区"]


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "没有这个", "滨河 没有"])
def test_nothing_is_found_for_nothing(linfen, words):
    assert queries.find_communities(words) == []


def test_an_ended_community_is_not_found(linfen):
    gone = community(linfen["鼓楼西街街道"], "旧社区")
    actions.end_area(area_id=gone.pk, by=None, at=NOW)
    assert queries.find_communities("旧社区") == []


def test_the_list_passes_over_levels_with_one_choice(linfen):
    assert names(queries.browse(None)) == ["滨河社区", "平阳社区"] or names(queries.browse(None)) == ["鼓楼西街街道"]
    district(linfen["临汾市"], "曲沃县")
    assert names(queries.browse(None)) == ["尧都区", "曲沃县"]


def page(client, **query):
    return client.get(reverse("choose_community"), query)


def test_the_page_lists_and_leads_down(client, linfen):
    district(linfen["临汾市"], "曲沃县")
    assert "尧都区" in page(client).content.decode()
    text = page(client, area=linfen["鼓楼西街街道"].pk, next="/report/").content.decode()
    assert "滨河社区" in text
    assert "平阳社区" in text
    assert 'value="/report/"' in text


def test_a_search_is_a_plain_address(client, linfen):
    text = page(client, q="滨河").content.decode()
    assert "<title>" in text
    assert "滨河社区" in text
    assert "尧都区 · 鼓楼西街街道" in text
    assert "平阳社区" not in text


def test_htmx_gets_the_finds_only(client, linfen):
    answer = client.get(reverse("choose_community"), {"q": "滨河"}, headers=HTMX)
    text = answer.content.decode()
    assert "<title>" not in text
    assert "滨河社区" in text
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize(
    "query", [{"area": "x"}, {"area": "-1"}, {"area": "9" * 30}, {"area": "999999"}, {"q": "长" * 500}]
)
def test_a_strange_address_shows_the_list(client, linfen, query):
    assert page(client, **query).status_code == 200


def test_a_search_with_signs_of_a_page_stays_text(client, linfen):
    assert b"<script>" not in page(client, q="<script>").content


def choose(client, pk, **more):
    return client.post(reverse("community_set"), {"community": pk, **more})


def chosen(client, rf_request):
    rf_request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    return queries.chosen_community(rf_request)


def test_the_choice_is_kept_and_read(client, rf, linfen):
    answer = choose(client, linfen["平阳社区"].pk)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert chosen(client, rf.get("/")) == linfen["平阳社区"]


def test_one_goes_on_to_where_one_came_from_on_this_site_only(client, linfen):
    assert choose(client, linfen["平阳社区"].pk, next="/report/")["Location"] == "/report/"
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        assert choose(client, linfen["平阳社区"].pk, next=evil)["Location"] == reverse("home")


def test_only_open_communities_can_be_chosen(client, linfen):
    gone = community(linfen["鼓楼西街街道"], "旧社区")
    actions.end_area(area_id=gone.pk, by=None, at=NOW)
    for wrong in ("", "x", "0", "9" * 40, linfen["鼓楼西街街道"].pk, compound(linfen["滨河社区"]).pk, gone.pk, 10**9):
        answer = choose(client, wrong)
        assert answer.status_code == 422
        assert COOKIE not in answer.cookies
        assert "请" in answer.content.decode()


def test_choosing_is_a_post(client, linfen):
    assert client.get(reverse("community_set")).status_code == 405
    assert client.post(reverse("choose_community")).status_code == 405


def test_a_cookie_that_was_changed_by_hand_counts_as_none(client, rf, linfen):
    choose(client, linfen["平阳社区"].pk)
    signed = client.cookies[COOKIE].value
    request = rf.get("/")
    request.COOKIES[COOKIE] = f"{linfen['滨河社区'].pk}:{signed.partition(':')[2]}"
    assert queries.chosen_community(request) is None


def test_a_community_that_ended_is_to_be_chosen_anew(client, rf, linfen):
    gone = community(linfen["鼓楼西街街道"], "旧社区")
    choose(client, gone.pk)
    actions.end_area(area_id=gone.pk, by=None, at=NOW)
    assert chosen(client, rf.get("/")) is None


def test_without_a_choice_it_is_where_one_verifiably_lives(rf, linfen):
    lives = resident(linfen["锦绣花园"])
    request = rf.get("/")
    request.user = User(person=lives.person, login="li")
    assert queries.chosen_community(request) == linfen["滨河社区"]
    asked = rf.get("/")
    asked.user = User(person=resident(linfen["锦绣花园"], verified=False).person, login="wang")
    assert queries.chosen_community(asked) is None


def test_the_choice_is_read_once_per_request(client, rf, linfen, django_assert_num_queries):
    choose(client, linfen["平阳社区"].pk)
    request = rf.get("/")
    chosen(client, rf.get("/"))
    with django_assert_num_queries(1):
        chosen(client, request)
        queries.chosen_community(request)


def test_pages_cost_few_queries(client, linfen, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page(client, area=linfen["鼓楼西街街道"].pk)
    with django_assert_max_num_queries(3):
        page(client, q="社区")
