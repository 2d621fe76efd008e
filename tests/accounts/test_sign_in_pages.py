"""Sign-in in a browser: the same answer for all, back to where one was, nothing twice."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Person, SignInCode, User

from .conftest import OTHER_PHONE, PHONE, session_key, waiting_code, wrong

Ask = Callable[..., None]
pytestmark = pytest.mark.django_db


def enter(client: Client, code: str, **more: str) -> object:
    return client.post("/sign-in/code/", {"code": code, **more})


def without_secrets(page: str) -> str:
    """A page without what is drawn anew each time: CSRF tokens, ticket, the typed code."""
    page = re.sub(r'name="(ticket|code)" value="[^"]+"', "", page)
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", page)


def ticket(client: Client) -> str:
    page = client.get("/sign-in/code/").content.decode()
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_phone_code_in(client: Client, ask: Ask) -> None:
    ask(PHONE)
    response = enter(client, waiting_code())
    assert (response.status_code, response["Location"]) == (302, "/privacy/")
    assert User.objects.get(person__phone=PHONE).pk == int(client.session["_auth_user_id"])


@pytest.mark.parametrize("typed", ["１２３４５", "12345", "12345a", ""])
def test_something_that_is_no_code_costs_no_try(client: Client, ask: Ask, typed: str) -> None:
    ask(PHONE)
    assert enter(client, typed).status_code == 422
    assert SignInCode.objects.get().wrong_tries == 0


def test_full_width_digits_and_blanks_are_taken(client: Client, ask: Ask) -> None:
    ask(PHONE)
    code = waiting_code()
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert enter(client, typed).status_code == 302


def test_a_wrong_code_keeps_the_page_and_says_so(client: Client, ask: Ask) -> None:
    ask(PHONE)
    response = enter(client, wrong(waiting_code()))
    assert response.status_code == 422
    assert "还可以试 4 次" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_sixth_try_is_refused_even_with_the_right_code(client: Client, ask: Ask) -> None:
    ask(PHONE)
    right = waiting_code()
    for _ in range(5):
        enter(client, wrong(right))
    response = enter(client, right)
    assert response.status_code == 422
    assert "作废" in response.content.decode()


def test_known_and_unknown_phones_get_the_same_pages(user: User, client: Client, visitor: Client) -> None:
    def pages(browser: Client, phone: str) -> list[str]:
        seen = []
        for response in (
            browser.post("/sign-in/", {"phone": phone}),
            browser.get("/sign-in/code/"),
            browser.post("/sign-in/code/", {"code": wrong(waiting_code(phone))}),
        ):
            text = response.content.decode().replace(phone, "PHONE")
            text = without_secrets(text)
            seen.append(f"{response.status_code} {response.headers.get('Location', '')} {text}")
        return seen

    with time_machine.travel(timezone.now(), tick=False):
        assert pages(client, PHONE) == pages(visitor, OTHER_PHONE)


def test_reset_pages_are_the_same_for_known_and_unknown_phones(user: User, client: Client, visitor: Client) -> None:
    def pages(browser: Client, phone: str) -> list[str]:
        first = browser.post("/sign-in/reset/", {"phone": phone})
        second = browser.get("/sign-in/reset/code/")
        text = without_secrets(second.content.decode())
        return [first["Location"], text.replace(phone, "PHONE")]

    with time_machine.travel(timezone.now(), tick=False):
        assert pages(client, PHONE) == pages(visitor, OTHER_PHONE)


def test_a_bad_number_gets_a_clear_sentence_and_stays_in_the_field(client: Client) -> None:
    response = client.post("/sign-in/", {"phone": "1381234"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "11 位手机号" in page
    assert 'value="1381234"' in page


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil.example",
    ],
)
def test_nobody_is_led_off_the_site(client: Client, bad: str) -> None:
    client.post("/sign-in/", {"phone": PHONE, "next": bad})
    assert enter(client, waiting_code())["Location"] == "/"


def test_a_forged_session_address_is_checked_again_on_the_way_in(client: Client, ask: Ask) -> None:
    ask(PHONE)
    session = client.session
    session["code_ticket"] = session["code_ticket"] | {"next": "//evil.example/"}
    session.save()
    assert enter(client, waiting_code())["Location"] == "/"


def test_next_survives_phone_code_and_consent(client: Client) -> None:
    target = "/me/security/?from=report"
    page = client.get("/sign-in/", {"next": target}).content.decode()
    assert f'name="next" value="{target}"' in page
    client.post("/sign-in/", {"phone": PHONE, "next": target})
    assert enter(client, waiting_code())["Location"] == target
    asked = client.get(target)
    assert asked["Location"].startswith("/privacy/agree/?next=")
    page = client.get(asked["Location"]).content.decode()
    assert f'name="next" value="{target}"' in page
    agreed = client.post("/privacy/agree/", {"agree": "on", "next": target})
    assert agreed["Location"] == target
    assert client.get(target).status_code == 200


def test_what_a_visitor_kept_in_the_session_is_still_there(client: Client, ask: Ask) -> None:
    client.get("/sign-in/")
    session = client.session
    session["draft"] = "路灯不亮"
    session.save()
    client.cookies["sessionid"] = session.session_key
    ask(PHONE)
    enter(client, waiting_code())
    assert client.session["draft"] == "路灯不亮"


def test_the_session_gets_a_new_key(client: Client, ask: Ask) -> None:
    ask(PHONE)
    before = session_key(client)
    enter(client, waiting_code())
    assert before
    assert session_key(client) != before


def test_a_second_press_of_sign_in_arrives_with_the_old_session_and_still_lands(
    client: Client, visitor: Client, ask: Ask
) -> None:
    ask(PHONE)
    kept, code = ticket(client), waiting_code()
    visitor.cookies["sessionid"] = session_key(client)
    assert enter(client, code, ticket=kept)["Location"] == "/privacy/"
    second = enter(visitor, code, ticket=kept)
    assert (second.status_code, second["Location"]) == (302, "/privacy/")
    assert Person.objects.count() == 1


def test_a_second_press_of_get_code_goes_on_to_the_same_code(client: Client, ask: Ask) -> None:
    ask(PHONE)
    ask(PHONE)
    assert SignInCode.objects.count() == 1
    assert enter(client, waiting_code()).status_code == 302


def test_two_codes_only_the_newer_works(client: Client, ask: Ask) -> None:
    ask(PHONE)
    older = waiting_code()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        ask(PHONE)
        if waiting_code() != older:
            assert enter(client, older).status_code == 422
        assert enter(client, waiting_code()).status_code == 302


def test_without_a_ticket_the_code_page_leads_to_the_phone_page(client: Client) -> None:
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "123456", "ticket": "forged"})["Location"] == "/sign-in/"


def test_the_signed_in_are_sent_on(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/sign-in/", {"next": "/privacy/"})["Location"] == "/privacy/"


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, ask: Ask) -> None:
    ask(PHONE)
    enter(client, waiting_code())
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_what_a_visitor_chose_for_the_look_is_kept_with_the_person(client: Client, ask: Ask) -> None:
    client.post("/preferences/", {"elder": "1", "theme": "dark"})
    ask(PHONE)
    response = enter(client, waiting_code())
    person = Person.objects.get(phone=PHONE)
    assert (person.elder_mode, person.theme) == (True, "dark")
    assert response.cookies["elder"].value == ""
