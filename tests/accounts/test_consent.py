"""Nobody uses the portal signed in before agreeing to the privacy notice."""

import pytest
from django.test import Client

from accounts import actions, rules
from accounts.models import Consent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client: Client, person: object, at: object) -> User:
    user = actions.make_user(person=person, at=at)
    client.force_login(user)
    return user


def test_every_page_leads_to_the_notice_first(client: Client, newcomer: User) -> None:
    assert client.get("/me/security/")["Location"] == "/privacy/agree/?next=%2Fme%2Fsecurity%2F"


def test_forms_are_refused_too_before_the_first_yes(client: Client, newcomer: User) -> None:
    assert client.post("/me/security/sign-out-others/")["Location"].startswith("/privacy/agree/")


def test_reading_the_notice_and_leaving_are_always_open(client: Client, newcomer: User) -> None:
    assert client.get("/privacy/").status_code == 200
    assert client.post("/sign-out/").status_code == 302


def test_without_the_tick_nothing_is_kept(client: Client, newcomer: User) -> None:
    response = client.post("/privacy/agree/", {"next": "/me/security/"})
    assert response.status_code == 422
    assert "请先勾选同意" in response.content.decode()
    assert not Consent.objects.exists()


def test_the_yes_is_kept_once_with_its_version(client: Client, newcomer: User) -> None:
    for _ in range(2):
        client.post("/privacy/agree/", {"agree": "on"})
    consent = Consent.objects.get()
    assert (consent.person, consent.what, consent.text_version) == (
        newcomer.person, "privacy_notice", rules.PRIVACY_VERSION,
    )  # fmt: skip


def test_a_new_version_asks_again_at_the_next_page_but_never_swallows_a_form(
    client: Client, newcomer: User, at: object
) -> None:
    actions.consent_to_privacy(person=newcomer.person, at=at, version="2020-01")
    assert client.post("/me/security/sign-out-others/")["Location"] == "/me/security/"
    assert client.get("/me/security/")["Location"].startswith("/privacy/agree/")


def test_htmx_is_led_there_as_a_whole_page(client: Client, newcomer: User) -> None:
    response = client.get("/me/security/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/privacy/agree/")


def test_nobody_is_led_off_the_site_after_the_yes(client: Client, newcomer: User) -> None:
    response = client.post("/privacy/agree/", {"agree": "on", "next": "//evil.example/"})
    assert response["Location"] == "/"
