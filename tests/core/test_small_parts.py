"""Registries, personal declarations, once keys, access marks, the cache that may be dead."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import Person
from core import access, once, personal
from core.cache import CalmRedisCache
from core.registry import DuplicateKey, Registry
from tests.things.models import Thing


def test_a_registry_refuses_a_second_item_under_a_key():
    things = Registry[int]("thing")
    things.register("a", 1)
    with pytest.raises(DuplicateKey):
        things.register("a", 2)
    assert (things.keys(), things.all(), "a" in things, len(things)) == (["a"], [1], True, 1)


def test_a_missing_item_says_what_was_looked_for():
    with pytest.raises(KeyError, match="no thing 'b'"):
        Registry[int]("thing").get("b")


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812342046", "138****2046"), ("22220000", "222****0000"), ("12345", "***45"), ("", "")]
)
def test_phones_are_masked(phone, shown):
    assert personal.mask_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("李晓梅", "李**"), ("王强", "王**"), ("欧阳娜娜", "欧***"), ("", "")])
def test_names_are_masked(name, shown):
    assert personal.mask_name(name) == shown


def test_a_declared_field_is_masked_and_an_undeclared_one_refused():
    person = Person(name="李晓梅", phone="13812342046")
    assert personal.mask(person, "phone") == "138****2046"
    with pytest.raises(KeyError):
        personal.mask(person, "theme")


def test_a_declaration_names_real_fields_once():
    with pytest.raises(ValueError, match="no field"):
        personal.declare(Thing, plain=("nothing",))
    with pytest.raises(ValueError, match="twice"):
        personal.declare(Person)


def test_old_once_keys_are_forgotten_after_thirty_days(db, now):
    key = once.Key("person:1", uuid.uuid4())
    once.spend(key, "/a/")
    assert once.forget_old(at=now + timedelta(days=29)) == 0
    assert once.forget_old(at=now + timedelta(days=31)) == 1


def test_a_key_belongs_to_its_owner(db):
    shared = uuid.uuid4()
    once.spend(once.Key("person:1", shared), "/a/")
    once.check(once.Key("person:2", shared))
    with pytest.raises(once.AlreadyDone):
        once.check(once.Key("person:1", shared))


def test_a_form_without_a_readable_key_has_none():
    request = RequestFactory().post("/", {"once": "not-a-key"})
    assert once.from_request(request, "person:1") is None


def page(request):
    return HttpResponse("in")


def ask(view, *, user=None, path="/x/?a=1", method="get", **headers):
    request = getattr(RequestFactory(), method)(path, **headers)
    request.user = user or AnonymousUser()
    return view(request)


def test_a_visitor_is_led_to_the_sign_in_page_and_back():
    answer = ask(access.signed_in(page))
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/x/%3Fa%3D1")


def test_a_visitors_post_leads_back_to_the_page_it_came_from():
    answer = ask(access.signed_in(page), method="post", HTTP_REFERER="/form/")
    assert answer["Location"].endswith("?next=/form/")


def test_a_mark_with_a_test_refuses_who_fails_it():
    view = access.mark("never", "nobody", lambda request: False)(page)
    with pytest.raises(PermissionDenied):
        ask(view, user=type("User", (), {"is_authenticated": True})())


def test_marks_stack_and_can_be_read():
    view = access.signed_in(access.mark("odd", "odd people")(page))
    assert [mark.name for mark in view.access] == ["odd", "signed_in"]


def test_a_dead_cache_is_a_miss():
    dead = CalmRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.1}})
    dead.set("a", 1)
    assert dead.get("a", "miss") == "miss"
    assert dead.get_many(["a"]) == {}
    assert dead.add("a", 1) is False
    assert dead.delete("a") is False


def test_a_living_cache_remembers():
    caches["default"].set("living", 7, 30)
    assert caches["default"].get("living") == 7
