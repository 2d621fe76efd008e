"""The public wall: only what was agreed to and released, in released words, and gone at once when it should be."""

import re
import uuid
from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from accounts.actions import close_account
from communities.models import ModuleSwitch
from core.media.actions import make_missing_versions
from core.once import Key
from core.outbox import drain
from core.sealing import faults
from core.workflow import Actor, Missing, NotYours, StepRefused
from grievances import actions, queries, rules
from grievances.models import Case, CaseHistory, CasePhoto, WallItem
from tests.grievances.town import LONG_ENOUGH

TEXT = "3号楼2单元501楼道漏水，请联系李晓梅 13812345678。"
WORDS = {"public_title": "楼道漏水", "public_text": "3 号楼楼道漏水"}


@pytest.fixture
def public(town):
    """A function that gives a case of 李 whose sender agreed, brought to a state."""

    def make(state="report", **facts):
        return getattr(town, state)(**{"visibility": "public", "text": TEXT, **facts})

    return make


@pytest.fixture
def visitor(client, town):
    """A browser without anybody signed in, in 滨河社区."""
    client.post(reverse("community_set"), {"community": town.areas["滨河社区"].pk})
    return client


def release(town, case, by=None, **more):
    return actions.release(case_id=case.pk, by=by or town.sun, at=town.now, **{**WORDS, **more})


def text_of(answer) -> str:
    return answer.content.decode()


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


# who may release, and what


@pytest.mark.parametrize("who", ["sun", "zhou"])
def test_who_dispatches_and_the_head_of_the_place_release(town, public, who):
    case = release(town, public(), by=town.people[who])
    assert case.is_on_wall
    assert WallItem.objects.get(case=case).text == "3 号楼楼道漏水"
    assert CaseHistory.objects.get(subject=case, step="release").actor == town.people[who]
    assert list(faults(CaseHistory)) == []


@pytest.mark.parametrize("who", ["li", "wang", "zhao", "feng", "han", "chen", "you"])
def test_nobody_else_does(town, public, who):
    case = public("handling")
    with pytest.raises(NotYours):
        release(town, case, by=town.people[who])
    assert not WallItem.objects.exists()


@pytest.mark.parametrize("visibility", ["not_public", "confidential"])
def test_without_the_sender_s_word_nothing_is_released(town, public, visibility):
    case = public(visibility=visibility)
    with pytest.raises(StepRefused):
        release(town, case)
    assert case.wall == ""


def test_an_offence_is_never_on_the_wall(town, public):
    case = public(kind="offence")
    with pytest.raises(StepRefused):
        release(town, case)
    with pytest.raises(StepRefused):
        actions.change_wish(case_id=case.pk, by=town.li, visibility="public", at=town.now)


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
def test_what_came_to_nothing_is_not_released(town, public, state):
    with pytest.raises(StepRefused):
        release(town, public(state))


@pytest.mark.parametrize(
    "words",
    [{"public_text": "打 13812345678 问"}, {"public_title": "李晓梅家漏水"}, {"public_text": "3号楼2单元501"},
     {"public_result": "赵建国已修好"}, {"public_text": "晋L12345 堵门"}, {"public_text": "x@y.cn"}],
)  # fmt: skip
def test_words_that_name_somebody_are_refused(town, public, words):
    case = public("finished")
    with pytest.raises(rules.StillNamed):
        release(town, case, **words)
    assert not WallItem.objects.exists()
    assert fresh(case).wall == "waits"


def test_released_twice_is_one_item_that_keeps_its_place(town, public):
    case = public()
    key = Key(f"person:{town.sun.pk}", uuid.uuid4())
    release(town, case, once=key)
    first = WallItem.objects.get(case=case)
    with pytest.raises(Exception, match="没有重复提交"):
        release(town, case, once=key)
    release(town, case, public_title="楼道又漏水")
    again = WallItem.objects.get(case=case)
    assert (again.pk, again.shown_at, again.title) == (first.pk, first.shown_at, "楼道又漏水")


# photos


def test_only_ticked_photos_are_served_and_only_while_released(town, public, shoot, client, ready):
    case = public(photo_ids=shoot(town.li, 2), owner=f"person:{town.li.pk}")
    one, other = case.photos.order_by("pk")
    release(town, case, photos=[one.pk])
    ready()
    shown = reverse("wall_photo", args=[case.pk, one.photo_id, "shown"])
    assert client.get(shown)["Content-Type"] == "image/jpeg"
    assert client.get(reverse("wall_photo", args=[case.pk, one.photo_id, "original"]))[
        "Content-Disposition"
    ].startswith("inline")
    assert client.get(reverse("wall_photo", args=[case.pk, other.photo_id, "shown"])).status_code == 404
    assert client.get(reverse("case_photo", args=[case.pk, one.photo_id, "shown"])).status_code == 302
    actions.unrelease(case_id=case.pk, by=town.sun, at=town.now)
    assert client.get(shown).status_code == 404
    assert not CasePhoto.objects.filter(on_wall=True).exists()


@pytest.fixture
def ready(now):
    """A function that makes the shown copies, as the worker does."""

    def make():
        while make_missing_versions(at=now):
            continue

    return make


def test_a_photo_without_its_stripped_copy_is_not_there(town, public, shoot, client):
    case = public(photo_ids=shoot(town.li), owner=f"person:{town.li.pk}")
    shot = case.photos.get()
    release(town, case, photos=[shot.pk])
    assert client.get(reverse("wall_photo", args=[case.pk, shot.photo_id, "shown"])).status_code == 404


def test_a_photo_of_another_case_is_not_released(town, public, shoot, at_work):
    mine, other = public(), public(photo_ids=shoot(town.li), owner=f"person:{town.li.pk}")
    foreign = other.photos.get().pk
    with pytest.raises(rules.NothingThere):
        release(town, mine, photos=[foreign])
    answer = at_work(town.sun).post(f"/cases/{mine.pk}/wall/", {**WORDS, "photos": [foreign], "step": "release"})
    assert answer.status_code == 422
    assert "不是这件事的" in text_of(answer)
    assert not CasePhoto.objects.filter(on_wall=True).exists()


# going from the wall


def gone(town, case, client) -> bool:
    with pytest.raises(Http404):
        queries.wall_item(case.pk)
    return client.get(f"/wall/{case.pk}/").status_code == 404


def test_taken_down(town, public, client):
    case = release(town, public())
    actions.unrelease(case_id=case.pk, by=town.zhou, at=town.now)
    assert gone(town, case, client)
    assert fresh(case).wall == "held"
    assert release(town, case).is_on_wall


def test_withdrawn_by_the_reporter(town, public, client):
    case = release(town, public())
    actions.withdraw(case_id=case.pk, by=town.li, at=town.now)
    assert gone(town, case, client)


def test_no_longer_wished_public(town, public, client):
    case = release(town, public())
    actions.change_wish(case_id=case.pk, by=town.li, visibility="not_public", at=town.now)
    assert gone(town, case, client)
    actions.change_wish(case_id=case.pk, by=town.li, visibility="public", at=town.now)
    assert gone(town, case, client), "it waits for a release again"
    assert fresh(case).wall == "waits"


def test_the_account_is_closed(town, public, client):
    case, other = release(town, public()), public()
    actions.follow(case_id=case.pk, by=town.li, at=town.now)
    assert actions.leave_wall(person=town.li, at=town.now) == 2
    assert gone(town, case, client)
    assert {fresh(one).visibility for one in (case, other)} == {"not_public"}
    assert queries.follows(town.li, [case.pk]) == set()


def test_an_account_that_closes_takes_its_reports_along(town, public, client):
    case = release(town, public())
    close_account(user=town.li.user, proven_at=town.now, at=town.now)
    assert gone(town, case, client), "at once, before any worker came by"
    while drain(at=town.now + timedelta(minutes=5)):
        continue
    assert (fresh(case).visibility, fresh(case).wall) == ("not_public", "")
    assert not WallItem.objects.exists()


def test_rejected_after_its_release(town, public, client):
    case = release(town, public())
    actions.reject(case_id=case.pk, by=town.sun, code="court", where_instead="法院", at=town.now)
    assert gone(town, case, client)


@pytest.mark.parametrize("who", ["wang", "zhao", "sun", "feng"])
def test_only_the_reporter_changes_who_sees(town, public, who):
    case = public("handling")
    with pytest.raises(NotYours):
        actions.change_wish(case_id=case.pk, by=town.people[who], visibility="not_public", at=town.now)


def test_a_wish_that_is_none_is_refused(town, public):
    with pytest.raises(Missing):
        actions.change_wish(case_id=public().pk, by=town.li, visibility="confidential", at=town.now)


# a newer result


def test_a_new_result_waits_for_its_release(town, public, visitor):
    case = release(town, public("handling"))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    assert fresh(case).wall == "news"
    assert LONG_ENOUGH not in text_of(visitor.get(f"/wall/{case.pk}/"))
    draft = queries.draft_for_wall(fresh(case))
    assert (draft.title, draft.result_text) == ("楼道漏水", LONG_ENOUGH)
    release(town, case, public_result=draft.result_text)
    assert LONG_ENOUGH in text_of(visitor.get(f"/wall/{case.pk}/"))
    assert fresh(case).wall == "shown"


def test_a_result_that_was_not_accepted_waits_no_more(town, public, visitor):
    case = release(town, public("handling"))
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="还漏", at=town.now)
    assert fresh(case).wall == "shown"


# the pages


def test_everybody_reads_the_wall_and_nobody_is_named(town, public, visitor):
    case = release(town, public("finished"), public_result="修好了")
    for address in ("/wall/", f"/wall/{case.pk}/"):
        page = text_of(visitor.get(address))
        assert "3 号楼楼道漏水" in page
        assert "锦绣花园" in page
        assert "已办好，等反映人评价" in page
        assert not re.search("李晓梅|赵建国|501|2单元|13812345678|第1网格", page)
    assert visitor.get(f"/cases/{case.pk}/").status_code == 302


def test_strangers_keep_finding_nothing_at_the_case_itself(town, public, at_work):
    case = release(town, public())
    assert at_work(town.wang).get(f"/cases/{case.pk}/").status_code == 404
    assert at_work(town.wang).get(f"/wall/{case.pk}/").status_code == 200


def test_the_wall_is_of_the_chosen_community(town, public, visitor):
    release(town, public(area=town.far_grid), by=town.feng)
    assert "还没有公开的事" in text_of(visitor.get("/wall/"))


def test_open_or_solved_and_by_category(town, public, visitor):
    release(town, public("closed", category=town.categories["leak"]), public_title="解决了的")
    release(town, public(), public_title="还在办的")
    shown = {query: text_of(visitor.get(f"/wall/?{query}")) for query in ("", "stands=open", "stands=solved", "main=x")}
    assert "解决了的" in shown[""]
    assert "还在办的" in shown[""]
    assert "解决了的" not in shown["stands=open"]
    assert "还在办的" not in shown["stands=solved"]
    assert "还在办的" in shown["main=x"]
    of_water = text_of(visitor.get(f"/wall/?main={town.categories['water'].pk}"))
    assert "解决了的" in of_water
    assert "还在办的" not in of_water


def test_a_long_wall_goes_on(town, public, visitor):
    for number in range(22):
        release(town, public(at=town.at(hours=30 - number)), public_title=f"第{number:02d}件")
    first = visitor.get("/wall/")
    following = visitor.get("/wall/", {"after": first.context["pager"].next})
    titles = [card["item"].title for answer in (first, following) for card in answer.context["cards"]]
    assert len(titles) == len(set(titles)) == 22


def test_the_wall_costs_the_same_however_long(town, public, visitor, django_assert_max_num_queries):
    for number in range(8):
        release(town, public(), public_title=f"第{number}件")
    with django_assert_max_num_queries(10):
        visitor.get("/wall/")


@pytest.mark.parametrize("module", ["wall", "grievances"])
def test_where_it_is_off_there_is_nothing(town, public, visitor, module):
    case = release(town, public())
    ModuleSwitch.objects.create(area=town.areas["滨河社区"], module=module, state="off", changed_at=town.now)
    assert visitor.get("/wall/").status_code == 404
    assert visitor.get(f"/wall/{case.pk}/").status_code == 404
    assert "公开栏" not in text_of(visitor.get("/"))


# the release page


def test_the_release_page_shows_both_and_masks(town, public, at_work):
    case = public("finished", address="3号楼2单元501")
    answer = at_work(town.sun).get(f"/cases/{case.pk}/wall/")
    form = answer.context["form"]
    assert "13812345678" in text_of(answer), "the original stands beside it"
    for name in ("public_title", "public_text", "public_result"):
        assert not re.search("李晓梅|501|13812345678", form[name].value())
    assert form.ticked == set()


@pytest.mark.parametrize(("who", "status"), [("wang", 403), ("zhao", 403), ("feng", 404), ("han", 403), ("chen", 403)])
def test_others_do_not_come_to_the_release_page(town, public, at_work, who, status):
    case = public("handling")
    browser = at_work(town.people[who])
    assert browser.get(f"/cases/{case.pk}/wall/").status_code == status
    assert browser.post(f"/cases/{case.pk}/wall/", {**WORDS, "step": "release"}).status_code == status
    assert not WallItem.objects.exists()


def test_release_change_and_take_down_by_the_page(town, public, at_work):
    case, browser = public(), at_work(town.sun)
    assert browser.post(f"/cases/{case.pk}/wall/", {**WORDS, "step": "release"}).status_code == 302
    assert "从公开栏撤下" in text_of(browser.get(f"/cases/{case.pk}/wall/"))
    bad = browser.post(f"/cases/{case.pk}/wall/", {**WORDS, "public_text": "问 138 1234 5678", "step": "release"})
    assert bad.status_code == 422
    assert "问 138 1234 5678" in text_of(bad)
    assert "里面还有" in text_of(bad)
    browser.post(f"/cases/{case.pk}/wall/", {"step": "unrelease"})
    assert not WallItem.objects.exists()


def test_a_wish_changed_meanwhile_keeps_what_staff_typed(town, public, at_work):
    case = public()
    actions.change_wish(case_id=case.pk, by=town.li, visibility="not_public", at=town.now)
    answer = at_work(town.sun).post(f"/cases/{case.pk}/wall/", {**WORDS, "step": "release"})
    assert answer.status_code == 409
    assert "反映人没有同意公开" in text_of(answer)
    assert "3 号楼楼道漏水" in text_of(answer)


def test_a_result_that_came_meanwhile_is_read_first(town, public, at_work):
    case = release(town, public("handling"))
    seen = fresh(case).last_seq
    actions.result(case_id=case.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now)
    browser = at_work(town.sun)
    given = {**WORDS, "public_title": "我改的标题", "step": "release", "seen": seen}
    answer = browser.post(f"/cases/{case.pk}/wall/", given)
    assert answer.status_code == 409
    assert "又有了新经过" in text_of(answer)
    assert "我改的标题" in text_of(answer)
    assert LONG_ENOUGH in text_of(answer)
    assert fresh(case).wall == "news"
    assert browser.post(f"/cases/{case.pk}/wall/", {**given, "seen": seen + 1}).status_code == 302


def test_the_waiting_list_is_of_my_places(town, public, at_work):
    public(text="等着上墙的事，请看看")
    town.report(text="没有同意公开的事")
    page = text_of(at_work(town.sun).get("/desk/wall/"))
    assert "等着上墙的事" in page
    assert "没有同意公开的事" not in page
    assert "等着上墙的事" in text_of(at_work(town.zhou).get("/desk/wall/"))
    assert "没有等待上墙的事" in text_of(at_work(town.feng).get("/desk/wall/"))
    assert at_work(town.li).get("/desk/wall/").status_code == 403


def test_old_items_are_erased_with_their_cases(town, public):
    case = release(town, public("closed"))
    actions.erase_old(at=town.now + timedelta(days=1200))
    assert not WallItem.objects.filter(case=case).exists()
    assert list(faults(CaseHistory)) == []
