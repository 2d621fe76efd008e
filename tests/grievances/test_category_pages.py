"""The catalogue's pages: the city sets, others look; what changes is kept, and open cases keep their deadlines."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from communities.models import SettingChange
from communities.rules import NotAllowed, SettingMoved
from core.once import fresh_key
from grievances import actions, queries
from grievances.models import Case, Category
from tests.communities import make
from tests.grievances.town import PHONE, newcomer


@pytest.fixture
def keeper(town):
    """The administrator of 尧都区, who looks."""
    person = newcomer("区管", PHONE + 60)
    make.grant(person, "area_admin", town.areas["尧都区"])
    return person


def values(**changes):
    return {
        "name": "水管漏水", "tier": "small", "contact_hours": 2, "done_hours": 16, "photos_before": 0,
        "photos_after": 0, "least_text": 10, "handler": "grid_worker", "is_safety": False,
    } | changes  # fmt: skip


def sent(**changes):
    form = values(**changes) | {"once": fresh_key(), "expect": changes.get("expect", 0)}
    return {name: value for name, value in form.items() if value is not False}


def page_of(category):
    return reverse("category", args=[category.pk])


# reading and changing


def test_the_list_names_deadlines_photos_handler_and_safety(at_work, town, keeper):
    page = at_work(keeper).get(reverse("categories")).content.decode()
    assert "居民可以选 4 类" in page
    for words in ("水管漏水", "2 小时联系 · 16 小时办结 · 网格员", "照片前 1 后 1", "物业企业", "安全"):
        assert words in page


def test_the_city_changes_and_the_change_is_kept(at_work, town):
    leak, browser = town.categories["leak"], at_work(town.qin)
    assert browser.post(page_of(leak), sent(done_hours=24, is_safety="on")).status_code == 302
    leak.refresh_from_db()
    assert (leak.done_hours, leak.is_safety) == (24, True)
    kept = SettingChange.objects.get()
    assert (kept.subject, kept.by) == (f"category:{leak.pk}", town.qin)
    assert (kept.before["done_hours"], kept.after["done_hours"]) == (16, 24)
    for page in (browser.get(page_of(leak)), browser.get(reverse("categories"))):
        assert "16 → 24" in page.content.decode()


def test_urgent_hours_and_nights_are_set_and_said(at_work, town):
    leak, browser = town.categories["leak"], at_work(town.qin)
    assert (
        browser.post(
            page_of(leak), sent(urgent_contact_hours=1, urgent_done_hours=4, round_the_clock="urgent")
        ).status_code
        == 302
    )
    page = browser.get(reverse("categories")).content.decode()
    assert "紧急的 1 小时联系、4 小时办结" in page
    assert "都按上班时间算 → 紧急的不分昼夜" in page
    leak.refresh_from_db()
    browser.post(page_of(leak), sent(expect=SettingChange.objects.get().pk))
    leak.refresh_from_db()
    assert (leak.urgent_contact_hours, leak.urgent_done_hours, leak.round_the_clock) == (None, None, "")


def test_the_catalogue_of_the_portal_keeps_its_own_rules(town):
    call_command("load_categories", verbosity=0)
    gas = Category.objects.get(code="utility-05")
    assert (gas.round_the_clock, gas.urgent_done_hours <= gas.done_hours) == ("always", True)
    assert Category.objects.filter(code__contains="-", is_safety=True, round_the_clock="").count() == 0


def test_deadlines_that_run_keep_their_dates(at_work, town):
    leak = town.categories["leak"]
    case = town.report(category=leak)
    at_work(town.qin).post(page_of(leak), sent(done_hours=2, contact_hours=1))
    assert (Case.objects.get().contact_due, Case.objects.get().due_at) == (case.contact_due, case.due_at)
    assert town.report(category=Category.objects.get(pk=leak.pk)).due_at < case.due_at


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"name": ""}, "请写一个名称"), ({"contact_hours": 17}, "首次联系要在办结之前"), ({"photos_after": 4}, "最多填 3"),
     ({"done_hours": "viel"}, "请填整数"), ({"done_hours": 0}, "最少填 1"), ({"handler": "king"}, "handler"),
     ({"tier": "huge"}, "tier"), ({"urgent_contact_hours": 3}, "紧急的不能比一般的还慢，最多填 2"),
     ({"urgent_done_hours": 1}, "紧急的也要先联系、后办结"), ({"round_the_clock": "moon"}, "round_the_clock")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_kept_as_typed(at_work, town, changes, words):
    answer = at_work(town.qin).post(page_of(town.categories["leak"]), sent(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SettingChange.objects.exists()


def test_a_new_sub_category_can_be_reported(at_work, town):
    main = town.categories["water"]
    at_work(town.qin).post(reverse("category_new", args=[main.pk]), sent(name="暖气不热"))
    made = Category.objects.get(name="暖气不热")
    assert (made.parent, made.code) == (main, "utility-01")
    assert queries.category_by_name("暖气不热") == made
    assert at_work(town.qin).get(reverse("category_new", args=[made.pk])).status_code == 404


def test_the_order_is_changed_among_neighbours(at_work, town):
    for number, code in enumerate(("leak", "drain", "gas", "lift")):
        Category.objects.filter(code=code).update(order=number)
    drain = town.categories["drain"]
    at_work(town.qin).post(reverse("category_step", args=[drain.pk, "up"]), {"once": fresh_key()})
    assert [sub.code for sub in queries.whole_catalogue()[0].subs.all()] == ["drain", "leak", "gas", "lift"]
    at_work(town.qin).post(reverse("category_step", args=[drain.pk, "up"]), {"once": fresh_key()})
    assert [sub.code for sub in queries.whole_catalogue()[0].subs.all()] == ["drain", "leak", "gas", "lift"]


# switching off


def test_before_it_is_switched_off_its_rules_are_listed(at_work, town):
    leak = town.categories["leak"]
    rule = actions.create_rule(
        area=town.areas["尧都区"], category=leak, target="role:dispatcher", by=town.qin, at=town.now
    )
    case, browser = town.handling(category=leak), at_work(town.qin)
    off = reverse("category_off", args=[leak.pk])
    assert f"规则 {rule.pk}" in browser.get(off).content.decode()
    browser.post(off, {"once": fresh_key()})
    leak.refresh_from_db()
    assert not leak.is_active
    assert queries.category_by_code("leak") is None
    assert "派不出去" in browser.get(f"{reverse('rules')}?area={town.areas['尧都区'].pk}").content.decode()
    done = actions.result(case_id=case.pk, by=town.zhao, result_text="已经换好水管，请您看看。", at=town.now)
    assert done.state == "feedback"
    browser.post(reverse("category_step", args=[leak.pk, "on"]), {"once": fresh_key()})
    assert queries.category_by_code("leak") == leak


# who may, and two at once


def test_only_the_city_writes(at_work, town, keeper):
    leak = town.categories["leak"]
    browser = at_work(keeper)
    page = browser.get(page_of(leak)).content.decode()
    assert "存好这一类" not in page
    assert "disabled" in page
    for address in (
        page_of(leak), reverse("category_new", args=[leak.parent_id]), reverse("category_off", args=[leak.pk]),
        reverse("category_step", args=[leak.pk, "up"]),
    ):  # fmt: skip
        assert browser.post(address, sent()).status_code == 403
    for wrong in (town.sun, town.zhou, town.li):
        assert at_work(wrong).get(reverse("categories")).status_code == 403
    assert not SettingChange.objects.exists()


def test_the_actions_ask_for_the_right_themselves(town, keeper):
    leak = town.categories["leak"]
    for step in (
        lambda: actions.change_category(category_id=leak.pk, values=values(), by=keeper, at=town.now),
        lambda: actions.add_category(parent_id=leak.parent_id, values=values(), by=keeper, at=town.now),
        lambda: actions.set_category_active(category_id=leak.pk, active=False, by=keeper, at=town.now),
        lambda: actions.move_category(category_id=leak.pk, up=True, by=keeper, at=town.now),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_who_was_slower_sees_both_and_can_save(at_work, town):
    leak, browser = town.categories["leak"], at_work(town.qin)
    browser.post(page_of(leak), sent(done_hours=24))
    slow = browser.post(page_of(leak), sent(done_hours=30))
    page = slow.content.decode()
    assert slow.status_code == 409
    assert "<td>24</td><td>30</td>" in page
    assert 'value="30"' in page
    with pytest.raises(SettingMoved):
        actions.change_category(category_id=leak.pk, values=values(), by=town.qin, at=town.now, expect=0)
    newest = SettingChange.objects.latest("pk").pk
    assert browser.post(page_of(leak), sent(done_hours=30, expect=newest)).status_code == 302


def test_a_form_sent_twice_counts_once(at_work, town):
    browser, form = at_work(town.qin), sent(name="暖气不热")
    address = reverse("category_new", args=[town.categories["water"].pk])
    assert browser.post(address, form)["Location"] == browser.post(address, form)["Location"]
    assert Category.objects.filter(name="暖气不热").count() == 1


def test_an_invented_category_or_step_is_not_there(at_work, town):
    browser, leak = at_work(town.qin), town.categories["leak"]
    assert browser.get(reverse("category", args=[999_999])).status_code == 404
    assert browser.post(reverse("category_step", args=[leak.pk, "delete"])).status_code == 404
    assert browser.get(reverse("category_step", args=[leak.pk, "up"])).status_code == 405
