"""Module switches: the nearest up the tree wins, locks from above, every change logged."""

from datetime import timedelta

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse

from communities import access, actions, modules, rules
from communities.models import ModuleSwitch, ModuleSwitchLog
from core.modules import Module
from core.modules import modules as catalogue
from core.reference import steady
from tests.communities.make import NOW, person, staff


class HallOptions(forms.Form):
    window_days = forms.IntegerField(min_value=1, max_value=30, initial=7)
    anonymous = forms.BooleanField(required=False, initial=True)


@pytest.fixture(autouse=True)
def built(monkeypatch):
    """Three modules of the catalogue, for these tests alone."""
    monkeypatch.setattr(catalogue, "_items", dict(catalogue._items))
    catalogue.register("hall", Module("hall", "governance", "议事厅", "chat", "home", options=HallOptions))
    catalogue.register("desk", Module("desk", "service", "服务台", "bell", "home", policy="required"))
    catalogue.register("games", Module("games", "service", "棋牌室", "dice", "home", on_by_default=False))


def switch(area, module="hall", state="on", by=None, at=NOW, **more):
    return actions.switch_module(area=area, module=module, state=state, by=by, at=at, **more)


def test_without_a_switch_the_catalogue_decides(linfen):
    assert modules.is_on("hall", linfen["滨河社区"])
    assert not modules.is_on("games", linfen["滨河社区"])
    assert modules.is_on("hall", None)
    with pytest.raises(KeyError):
        modules.is_on("nothing", linfen["滨河社区"])


def test_the_nearest_switch_up_the_tree_wins(linfen):
    switch(linfen["临汾市"], state="off")
    switch(linfen["鼓楼西街街道"], state="on")
    switch(linfen["平阳社区"], state="off")
    assert modules.is_on("hall", linfen["滨河社区第1网格"])
    assert not modules.is_on("hall", linfen["府东小区"])
    assert not modules.is_on("hall", linfen["尧都区"])


def test_inherit_takes_the_switch_away(linfen):
    switch(linfen["滨河社区"], state="off")
    assert switch(linfen["滨河社区"], state="inherit") is None
    assert modules.is_on("hall", linfen["滨河社区"])
    assert not ModuleSwitch.objects.exists()


def test_a_lock_wins_over_everything_below(linfen):
    switch(linfen["滨河社区"], state="on", options={"window_days": 3})
    switch(linfen["尧都区"], state="off", locked=True)
    setting = modules.switches_at(linfen["滨河社区"]).setting("hall")
    assert not setting.on
    assert setting.locked_at == linfen["尧都区"]
    with pytest.raises(rules.ModuleLocked) as refused:
        switch(linfen["滨河社区"], state="on")
    assert "尧都区" in refused.value.sentence()
    switch(linfen["尧都区"], state="on")
    assert modules.is_on("hall", linfen["滨河社区"])


def test_options_come_from_the_form_and_the_nearest_says_more(linfen):
    here = linfen["滨河社区"]
    assert modules.options("hall", here) == {"window_days": 7, "anonymous": True}
    switch(linfen["尧都区"], options={"window_days": 14, "anonymous": True})
    switch(here, options={"window_days": 3, "anonymous": False})
    assert modules.options("hall", here) == {"window_days": 3, "anonymous": False}
    assert modules.options("hall", linfen["平阳社区"])["window_days"] == 14


def test_bad_options_are_named_and_not_kept(linfen):
    with pytest.raises(rules.BadOptions) as refused:
        switch(linfen["滨河社区"], options={"window_days": 99})
    assert set(refused.value.errors) == {"window_days"}
    assert refused.value.sentence()
    assert not ModuleSwitch.objects.exists()


def test_switching_without_options_keeps_those_set(linfen):
    switch(linfen["滨河社区"], options={"window_days": 3})
    switch(linfen["滨河社区"], state="off")
    assert modules.options("hall", linfen["滨河社区"])["window_days"] == 3


def test_every_change_is_logged_and_no_change_is_not(linfen):
    keeper = staff("area_admin", linfen["滨河社区"])
    switch(linfen["滨河社区"], state="off", by=keeper)
    switch(linfen["滨河社区"], state="off", by=keeper, at=NOW + timedelta(1))
    switch(linfen["滨河社区"], state="inherit", by=keeper)
    log = list(ModuleSwitchLog.objects.order_by("pk").values_list("before", "after", "by"))
    off = {"state": "off", "locked": False, "options": {}}
    assert log == [(None, off, keeper.pk), (off, None, keeper.pk)]


def test_a_required_module_is_not_switched_off(linfen):
    with pytest.raises(rules.ModuleRequired):
        switch(linfen["滨河社区"], "desk", "off")
    assert switch(linfen["滨河社区"], "desk", "on").state == "on"


def test_a_module_that_is_not_built_is_not_switched(linfen):
    with pytest.raises(rules.UnknownModule):
        switch(linfen["滨河社区"], "nothing")


def test_administrators_switch_at_their_place_only(linfen):
    switch(linfen["滨河社区"], by=staff("area_admin", linfen["滨河社区"]))
    switch(linfen["滨河社区"], by=staff("area_admin", linfen["鼓楼西街街道"]))
    for wrong in (
        person(),
        staff("community_head", linfen["滨河社区"]),
        staff("area_admin", linfen["平阳社区"]),
        staff("area_admin", linfen["锦绣花园"]),
        staff("district_official", linfen["尧都区"]),
    ):
        with pytest.raises(rules.NotAllowed):
            switch(linfen["滨河社区"], by=wrong)


def test_a_district_official_locks_in_the_district(linfen):
    official = staff("district_official", linfen["尧都区"])
    assert switch(linfen["尧都区"], locked=True, by=official).locked
    with pytest.raises(rules.NotAllowed):
        switch(linfen["临汾市"], locked=True, by=official)


def test_all_modules_cost_what_one_does(linfen, django_assert_num_queries):
    switch(linfen["尧都区"], "games", "on")
    modules.switches_at(linfen["滨河社区"])
    with steady(), django_assert_num_queries(1):
        found = modules.switches_at(linfen["滨河社区"])
        assert {module.key for module in found.all_on()} >= {"hall", "desk", "games"}


def test_a_request_reads_its_switches_once(linfen, rf, django_assert_num_queries):
    request = rf.get("/")
    request._chosen_community = linfen["滨河社区"]
    modules.switches_at(linfen["滨河社区"])
    with steady(), django_assert_num_queries(1):
        for key in ("hall", "desk", "games"):
            modules.of_request(request).is_on(key)


def test_a_place_has_one_switch_per_module(linfen):
    switch(linfen["滨河社区"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ModuleSwitch.objects.create(area=linfen["滨河社区"], module="hall", state="off", changed_at=NOW)


def view(request):
    return HttpResponse("in")


class SignedIn:
    is_authenticated = True

    def __init__(self, who):
        self.person = who


def asked_by(rf, who, community=None):
    request = rf.get("/x/?a=1")
    request.user = SignedIn(who)
    request._chosen_community = community
    return request


def test_a_view_of_a_module_is_not_there_where_it_is_off(linfen, rf):
    guarded = access.module_on("hall")(view)
    request = asked_by(rf, person(), linfen["滨河社区"])
    assert guarded(request).content == b"in"
    switch(linfen["滨河社区"], state="off")
    with pytest.raises(Http404):
        guarded(asked_by(rf, person(), linfen["滨河社区"]))
    assert guarded(asked_by(rf, person(), linfen["平阳社区"])).content == b"in"
    assert guarded.access[0].name == "module:hall"


def test_a_view_of_a_role_asks_for_one_of_them_somewhere(linfen, rf):
    guarded = access.holds("dispatcher", "community_head")(view)
    assert guarded(asked_by(rf, staff("community_staff", linfen["滨河社区"]))).content == b"in"
    assert guarded(asked_by(rf, staff("community_head", linfen["平阳社区"]))).content == b"in"
    for wrong in (person(), staff("grid_worker", linfen["滨河社区第1网格"])):
        with pytest.raises(PermissionDenied):
            guarded(asked_by(rf, wrong))
    assert guarded.access[0].name == "holds:community_head,dispatcher"


def test_a_view_of_a_community_leads_to_choosing_one(linfen, rf):
    guarded = access.community_chosen(view)
    assert guarded(asked_by(rf, person(), linfen["滨河社区"])).content == b"in"
    answer = guarded(asked_by(rf, person()))
    assert (answer.status_code, answer["Location"]) == (302, "/communities/?next=%2Fx%2F%3Fa%3D1")
