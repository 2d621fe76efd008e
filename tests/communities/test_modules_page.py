"""The modules' page: who sees and switches what, locks, options, and what is asked before switching off."""

import pytest
from django import forms
from django.urls import reverse

from communities import modules
from communities.models import ModuleSwitchLog
from core.modules import Module
from core.modules import modules as catalogue
from core.once import fresh_key
from tests.communities.make import grant
from tests.grievances.town import PHONE, newcomer


class HallOptions(forms.Form):
    window_days = forms.IntegerField(label="几天", min_value=1, max_value=30, initial=7)


@pytest.fixture(autouse=True)
def built(monkeypatch):
    """A hall with options, and a desk that is required; entries lead to a page that is there."""
    monkeypatch.setattr(catalogue, "_items", dict(catalogue._items))
    catalogue.register("hall", Module("hall", "party", "议事厅", "chat", "home", options=HallOptions))
    catalogue.register("desk", Module("desk", "service", "服务台", "bell", "home", policy="required"))


@pytest.fixture
def keeper(linfen):
    """The administrator of 滨河社区."""
    return admin(linfen["滨河社区"], 1)


def admin(place, number, role="area_admin"):
    person = newcomer(f"管理员{number}", PHONE + 800 + number)
    grant(person, role, place)
    return person


def address(place, key=""):
    page = reverse("module_switch", args=[key]) if key else reverse("modules")
    return f"{page}?area={place.pk}"


def sent(place, state, **more):
    return {"area": place.pk, "state": state, "expect": 0, "sure": "1", "once": fresh_key(), "o-window_days": 7} | more


def test_the_page_says_where_each_setting_comes_from(client, linfen, keeper):
    top = admin(linfen["临汾市"], 2, "city_admin")
    client.force_login(top.user)
    client.post(address(linfen["尧都区"], "hall"), sent(linfen["尧都区"], "off"))
    client.force_login(keeper.user)
    page = client.get(address(linfen["滨河社区"])).content.decode()
    assert "跟随尧都区" in page
    assert "按参考目录" in page
    assert "必备" in page


def test_switching_is_kept_with_who_and_from_what(client, linfen, keeper):
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    answer = client.post(address(place, "hall"), sent(place, "off"))
    assert answer["Location"] == address(place)
    assert not modules.is_on("hall", place)
    assert ModuleSwitchLog.objects.get().by == keeper
    page = client.get(address(place)).content.decode()
    assert "管理员1" in page
    assert "跟随上级 → 关闭" in page


def test_switching_off_asks_first(client, linfen, keeper):
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    asked = client.post(address(place, "hall"), {"area": place.pk, "state": "off", "expect": 0, "o-window_days": 7})
    assert "真的要在滨河社区关掉" in asked.content.decode()
    assert modules.is_on("hall", place)


def test_taking_an_own_switch_away_asks_too_where_it_is_off_above(client, linfen, keeper):
    client.force_login(admin(linfen["临汾市"], 2, "city_admin").user)
    client.post(address(linfen["尧都区"], "hall"), sent(linfen["尧都区"], "off"))
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    client.post(address(place, "hall"), sent(place, "on"))
    newest = ModuleSwitchLog.objects.filter(area=place).latest("pk").pk
    back = {"area": place.pk, "state": "inherit", "expect": newest, "o-window_days": 7}
    assert "真的要在" in client.post(address(place, "hall"), back).content.decode()
    client.post(address(place, "hall"), back | {"sure": "1"})
    assert not modules.is_on("hall", place)


def test_options_are_checked_and_kept_as_typed(client, linfen, keeper):
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    wrong = client.post(address(place, "hall"), sent(place, "on", **{"o-window_days": 99}))
    assert wrong.status_code == 422
    assert 'value="99"' in wrong.content.decode()
    client.post(address(place, "hall"), sent(place, "on", **{"o-window_days": 3}))
    assert modules.options("hall", place)["window_days"] == 3


def test_a_lock_from_above_is_said_and_holds(client, linfen, keeper):
    client.force_login(admin(linfen["临汾市"], 2, "city_admin").user)
    client.post(address(linfen["尧都区"], "hall"), sent(linfen["尧都区"], "on", locked="on"))
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    assert "由尧都区统一设置" in client.get(address(place, "hall")).content.decode()
    forged = client.post(address(place, "hall"), sent(place, "off"))
    assert forged.status_code == 409
    assert modules.is_on("hall", place)


def test_a_required_module_stays_on(client, linfen, keeper):
    client.force_login(keeper.user)
    answer = client.post(address(linfen["滨河社区"], "desk"), sent(linfen["滨河社区"], "off"))
    assert answer.status_code == 409
    assert "必备" in answer.content.decode()


def test_who_was_slower_reads_it_and_keeps_what_was_chosen(client, linfen, keeper):
    place = linfen["滨河社区"]
    client.force_login(admin(linfen["鼓楼西街街道"], 3).user)
    client.post(address(place, "hall"), sent(place, "on", **{"o-window_days": 5}))
    client.force_login(keeper.user)
    slow = client.post(address(place, "hall"), sent(place, "off"))
    page = slow.content.decode()
    assert slow.status_code == 409
    assert "管理员3" in page
    assert "您填的" in page
    assert modules.is_on("hall", place)


def test_a_form_sent_twice_counts_once(client, linfen, keeper):
    client.force_login(keeper.user)
    place = linfen["滨河社区"]
    form = sent(place, "off")
    first, second = (client.post(address(place, "hall"), form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert ModuleSwitchLog.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [("area_admin", "平阳社区", 404), ("community_head", "滨河社区", 403), ("auditor", "滨河社区", 403),
     ("area_admin", "鼓楼西街街道", 200), ("city_admin", "临汾市", 200), ("area_admin", "锦绣花园", 404)],
)  # fmt: skip
def test_who_may_open_and_switch(client, linfen, role, where, status):
    place = linfen["滨河社区"]
    client.force_login(admin(linfen[where], 9, role).user)
    assert client.get(address(place)).status_code == status
    assert client.get(address(place, "hall")).status_code == status
    answer = client.post(address(place, "hall"), sent(place, "off"))
    assert answer.status_code == (302 if status == 200 else status)
    assert modules.is_on("hall", place) == (status != 200)


def test_in_the_tree_without_the_role_there_is_403(client, linfen):
    person = admin(linfen["平阳社区"], 4)
    grant(person, "community_staff", linfen["滨河社区"])
    client.force_login(person.user)
    assert client.get(address(linfen["滨河社区"])).status_code == 403


@pytest.mark.parametrize("area", ["0", "x", "99999999999999999999", "-1", "١"])
def test_an_invented_place_is_not_there(client, linfen, keeper, area):
    client.force_login(keeper.user)
    assert client.get(f"{reverse('modules')}?area={area}").status_code == 404


def test_an_invented_module_is_not_there(client, linfen, keeper):
    client.force_login(keeper.user)
    assert client.get(address(linfen["滨河社区"], "nothing")).status_code == 404
