"""Standard texts: set for a place, offered with the case's facts, the nearest first."""

from uuid import uuid4

import pytest
from django.urls import reverse

from communities.rules import NotAllowed, SettingMoved
from grievances import actions, queries
from grievances.actions.texts import UnknownPlaceholder
from grievances.models import StandardText


def values(**said):
    drawn = {"category": None, "step": "result", "name": "漏水修好", "order": 0}
    return drawn | {"body": "{称呼}，{编号}“{标题}”已修好，{承办}，{时限}，{社区}。"} | said


def add(town, by="zhou", place="滨河社区", **said):
    return actions.add_text(area=town.areas[place], values=values(**said), by=town.people[by], at=town.now)


def test_the_facts_of_the_case_stand_in_it(town):
    add(town)
    case = town.handling()
    (ready,) = queries.texts_for(case, ["result"])["result"]
    assert ready.words.startswith(f"居民朋友，{case.number}“{case.title}”已修好，锦绣花园第1网格")
    assert ready.words.endswith("滨河社区。")
    assert "李晓梅" not in ready.words


def test_the_nearest_place_and_the_own_category_come_first(town):
    add(town, by="qin", place="临汾市", name="全市")
    add(town, name="社区")
    add(town, name="社区，漏水", category=town.categories["leak"])
    add(town, name="社区，电梯", category=town.categories["lift"])
    add(town, by="qin", place="平阳社区", name="隔壁")
    case = town.handling(category=town.categories["leak"])
    found = queries.texts_for(case, ["result", "contact"])
    assert [ready.name for ready in found["result"]] == ["社区，漏水", "社区", "全市"]
    assert "contact" not in found


def test_an_unknown_placeholder_is_named(town):
    with pytest.raises(UnknownPlaceholder) as why:
        add(town, body="{编号}{电话}")
    assert "{电话} 填不出来" in why.value.sentence()
    assert "{编号}" in why.value.sentence()


def test_words_with_braces_from_a_case_fill_nothing_again(town):
    add(town, body="{标题}")
    case = town.handling(text="标题写着{编号}。")
    assert queries.texts_for(case, ["result"])["result"][0].words == case.title


@pytest.mark.parametrize("who", ["zhao", "li", "feng", "sun"])
def test_only_heads_and_administrators_of_the_place_set_them(town, who):
    with pytest.raises(NotAllowed):
        add(town, by=who)
    text = add(town)
    with pytest.raises(NotAllowed):
        actions.set_text_active(text_id=text.pk, active=False, by=town.people[who], at=town.now)


def test_a_change_is_kept_and_a_stale_one_refused(town):
    text = add(town)
    actions.change_text(text_id=text.pk, values=values(name="新名"), by=town.zhou, at=town.now)
    with pytest.raises(SettingMoved):
        actions.change_text(text_id=text.pk, values=values(name="旧的"), by=town.han, at=town.now, expect=0)
    actions.set_text_active(text_id=text.pk, active=False, by=town.zhou, at=town.now)
    assert queries.texts_for(town.handling(), ["result"]) == {}


def test_the_pages_add_change_and_switch_off(town, at_work):
    browser, area = at_work(town.zhou), town.areas["滨河社区"].pk
    sent = {"area": area, "step": "result", "name": "修好了", "body": "{编号}修好了", "order": 0, "once": str(uuid4())}
    for _press in range(2):
        assert browser.post(reverse("text_new"), sent).status_code == 302
    text = StandardText.objects.get()
    assert "修好了" in browser.get(reverse("texts"), {"area": area}).content.decode()
    refused = browser.post(reverse("text_new"), sent | {"body": "{电话}", "once": str(uuid4())})
    assert refused.status_code == 422
    assert "{电话} 填不出来" in refused.content.decode()
    page = browser.get(reverse("text", args=[text.pk]))
    changed = sent | {"name": "已修好", "expect": page.context["expect"], "once": str(uuid4())}
    assert browser.post(reverse("text", args=[text.pk]), changed).status_code == 302
    stale = browser.post(reverse("text", args=[text.pk]), changed | {"name": "又改", "once": str(uuid4())})
    assert stale.status_code == 409
    browser.post(reverse("text_step", args=[text.pk, "off"]), {"once": str(uuid4())})
    text.refresh_from_db()
    assert (text.name, text.is_active) == ("已修好", False)


def test_next_door_it_is_not_there_and_below_it_is_only_seen(town, at_work):
    text = add(town)
    street = add(town, by="han", place="鼓楼西街街道", name="街道")
    assert at_work(town.feng).get(reverse("texts")).status_code == 403
    browser = at_work(town.zhou)
    assert "街道" in browser.get(reverse("texts")).content.decode()
    assert browser.get(reverse("text", args=[street.pk])).status_code in (403, 404)
    assert browser.get(reverse("text", args=[text.pk])).status_code == 200


def test_a_step_form_offers_them(town, at_work):
    add(town)
    case = town.handling()
    page = at_work(town.zhao).get(reverse("case", args=[case.pk])).content.decode()
    assert "data-texts-choice" in page
    assert f"{case.number}“" in page
