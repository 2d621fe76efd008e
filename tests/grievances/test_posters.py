"""A code on a wall opens the report with the place filled in; a poster carries it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.models import Area
from core import qr
from core.once import fresh_key
from grievances.models import Case

CHOSEN = 'value="{}" selected'


def scan(client: Client, area: Area):
    return client.get(reverse("at_place", args=[area.pk]), follow=True)


def test_a_visitor_who_chose_nothing_yet_comes_to_the_form_of_that_place(client, town):
    answer = scan(client, town.grid)
    assert answer.redirect_chain == [(f"{reverse('report')}?area={town.grid.pk}", 302)]
    page = answer.content.decode()
    assert CHOSEN.format(town.grid.pk) in page
    assert "地点填好了：锦绣花园" in page
    assert "滨河社区" in page


def test_it_goes_before_the_community_that_was_chosen_before(client, town):
    scan(client, town.grid)
    page = scan(client, town.far_grid).content.decode()
    assert CHOSEN.format(town.far_grid.pk) in page
    assert "平阳社区" in page


def test_what_was_typed_before_stays_with_the_new_place(client, town):
    scan(client, town.grid)
    typed = {"text": "楼道灯不亮，晚上看不见。", "area": town.grid.pk, "kind": "help", "visibility": "not_public",
             "category": "", "once": fresh_key()}  # fmt: skip
    client.post(reverse("report"), typed)
    page = client.get(reverse("report"), {"area": town.next_grid.pk}).content.decode()
    assert "楼道灯不亮" in page
    assert CHOSEN.format(town.next_grid.pk) in page


def test_a_report_from_a_poster_lies_where_the_poster_hangs(town, at_work):
    browser = at_work(town.li)
    scan(browser, town.next_grid)
    sent = {"text": "楼道灯不亮，晚上看不见。", "area": town.next_grid.pk, "kind": "help", "visibility": "not_public",
            "category": "", "once": fresh_key()}  # fmt: skip
    browser.post(reverse("report"), sent)
    assert Case.objects.get().area == town.next_grid


def test_a_place_that_is_no_more_leads_to_what_lies_above_it(client, town):
    Area.objects.filter(pk=town.grid.pk).update(valid_until=timezone.now())
    answer = scan(client, town.grid)
    assert answer.redirect_chain[0][0] == f"{reverse('report')}?area={town.grid.parent_id}"
    assert CHOSEN.format(town.grid.parent_id) in answer.content.decode()


@pytest.mark.parametrize("name", ["临汾市", "尧都区", "鼓楼西街街道"])
def test_above_a_community_there_is_nothing_to_scan(client, town, name):
    assert client.get(reverse("at_place", args=[town.areas[name].pk])).status_code == 404


@pytest.mark.parametrize("sent", ["", "x", "999999999999", "٣", "-1", "1" * 40])
def test_nonsense_in_the_address_of_the_form_is_the_plain_form(client, town, sent):
    scan(client, town.grid)
    answer = client.get(reverse("report"), {"area": sent})
    assert answer.status_code == 200
    assert "地点填好了" not in answer.content.decode()
    assert client.get(f"/at/{10**17}/").status_code == 404


def test_posters_of_the_places_one_works_for(town, at_work, settings):
    settings.SITE_URL = "https://linli.example"
    page = at_work(town.sun).get(reverse("posters")).content.decode()
    assert "锦绣花园" in page
    assert "平阳社区" not in page
    asked = {"area": [town.grid.pk, town.next_grid.pk, town.far_grid.pk]}
    sheet = at_work(town.sun).get(reverse("print_posters"), asked).content.decode()
    assert sheet.count('class="poster"') == 2
    address = f"https://linli.example/at/{town.grid.pk}/"
    assert address in sheet
    assert qr.draw(address).path in sheet
    assert at_work(town.sun).get(reverse("print_posters")).status_code == 404


def test_residents_print_no_posters(town, at_work):
    assert at_work(town.li).get(reverse("posters")).status_code == 403
    assert at_work(town.li).get(reverse("print_posters"), {"area": town.grid.pk}).status_code == 403
