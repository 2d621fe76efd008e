"""Addresses, marks, and the ways around the pages."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import URLPattern

from accounts import urls
from accounts.addresses import client_address
from accounts.models import Person, User


def address_of(settings: object, proxies: int, **headers: str) -> str:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    return client_address(RequestFactory().get("/", **headers))


def test_without_proxies_the_connection_counts_and_headers_do_not(settings: object) -> None:
    assert address_of(settings, 0, REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.2.3.4") == "10.0.0.9"


def test_behind_a_proxy_the_entry_it_wrote_counts(settings: object) -> None:
    assert address_of(settings, 1, HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.9") == "10.0.0.9"
    assert address_of(settings, 2, HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.9, 10.0.0.1") == "10.0.0.9"


@pytest.mark.parametrize("header", ["", "nonsense", "10.0.0.9, "])
def test_what_cannot_be_known_is_unknown(settings: object, header: str) -> None:
    assert address_of(settings, 1, HTTP_X_FORWARDED_FOR=header) == ""


@pytest.mark.django_db
def test_an_unknown_address_can_still_sign_in(client: Client, staff: User) -> None:
    answer = {"login": "wangjg", "password": "windy-harbour-42"}
    assert client.post("/sign-in/password/", answer, REMOTE_ADDR="").status_code == 302


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: pattern.name)
def test_every_view_says_who_may_call_it(pattern: URLPattern) -> None:
    assert pattern.callback.access


def test_the_admins_own_sign_in_form_is_not_there() -> None:
    request = RequestFactory().get("/admin/", {"next": "/admin/"})
    request.user = AnonymousUser()
    answer = admin.site.login(request)
    assert answer["Location"].startswith("/sign-in/password/?next=/admin/")


def test_admin_shows_neither_names_nor_phones_in_lists() -> None:
    for model in (Person, User):
        shown = set(admin.site._registry[model].list_display)
        assert not shown & {"name", "phone", "phone2", "login", "__str__"}
