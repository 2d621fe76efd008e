"""The same thing by several at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.actions.codes import DeadCode, TooSoon
from accounts.actions.helpers import AskedBefore
from accounts.actions.invitations import AdministratorExists, LinkOver
from accounts.actions.limits import count
from accounts.actions.numbers import NumberHasAccount
from accounts.models import AccountEvent, DataExport, Invitation, Person, SignInCode, User
from accounts.rules import HOUR
from core.refusals import Refused

from .conftest import OTHER_PHONE, PASSWORD, PHONE, waiting_code, wrong

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(task: Callable[[int], Any], times: int = 4) -> list[Any]:
    """Run a task several times at the same moment; a refusal is a result too."""
    gate = Barrier(times)

    def run(number: int) -> Any:
        gate.wait()
        try:
            return task(number)
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_one_phone_asked_for_at_once_gets_one_code() -> None:
    results = at_once(lambda _n: actions.ask_code(phone=PHONE, purpose="sign_in", ip="10.0.0.1", at=timezone.now()))
    assert sum(isinstance(result, SignInCode) for result in results) == 1
    assert sum(isinstance(result, TooSoon) for result in results) == 3
    assert SignInCode.objects.count() == 1


def test_one_code_used_at_once_lets_in_once_and_makes_one_person() -> None:
    actions.ask_code(phone=PHONE, purpose="sign_in", ip="", at=timezone.now())
    code = waiting_code()
    results = at_once(lambda _n: actions.use_code(phone=PHONE, purpose="sign_in", code=code, ip="", at=timezone.now()))
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, DeadCode) for result in results) == 3
    assert Person.objects.count() == User.objects.count() == 1


def test_pressing_sign_in_twice_at_once_lands_both_times_and_makes_one_person() -> None:
    browser = Client()
    browser.post("/sign-in/", {"phone": PHONE, "next": "/privacy/"})
    code, cookies = waiting_code(), browser.cookies
    page = browser.get("/sign-in/code/").content.decode()
    ticket = page.split('name="ticket" value="')[1].split('"')[0]

    def press(_number: int) -> str:
        twin = Client()
        twin.cookies = cookies.copy()
        return twin.post("/sign-in/code/", {"code": code, "ticket": ticket}).headers.get("Location", "")

    assert at_once(press, 2) == ["/privacy/", "/privacy/"]
    assert Person.objects.count() == User.objects.count() == 1


def test_wrong_tries_at_once_are_all_counted() -> None:
    actions.ask_code(phone=PHONE, purpose="sign_in", ip="", at=timezone.now())
    bad = wrong(waiting_code())
    at_once(lambda _n: actions.use_code(phone=PHONE, purpose="sign_in", code=bad, ip="", at=timezone.now()), 6)
    assert SignInCode.objects.get().wrong_tries == 5


def test_staff_and_the_person_themself_register_one_phone_once() -> None:
    found = at_once(lambda n: actions.register_person(name=f"名{n}", phone=PHONE, at=timezone.now()))
    assert len({person.pk for person in found if isinstance(person, Person)}) == 1


def test_one_link_used_at_once_sets_one_password() -> None:
    actions.invite_staff(phone=OTHER_PHONE, name="赵卫东", by=None, at=timezone.now())
    token = Invitation.objects.get().sendable
    results = at_once(lambda n: actions.use_invitation(token=token, password=f"{PASSWORD}-{n}", at=timezone.now()))
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, LinkOver) for result in results) == 3


def test_two_first_administrators_at_once_are_one() -> None:
    results = at_once(lambda n: actions.make_first_admin(phone=f"1381234000{n}", name="", at=timezone.now()))
    assert sum(isinstance(result, AdministratorExists) for result in results) == 3
    assert User.objects.filter(is_superuser=True).count() == 1


def test_a_counter_loses_no_try() -> None:
    now = timezone.now()
    results = at_once(lambda _n: count("test", window=HOUR, at=now), 6)
    assert sorted(results) == [1, 2, 3, 4, 5, 6]


def residents(number: int) -> list[User]:
    """So many people with a sign-in."""
    now = timezone.now()
    people = [
        actions.register_person(name=f"居民{index}", phone=f"1361234210{index}", at=now) for index in range(number)
    ]
    return [actions.make_user(person=person, at=now) for person in people]


def test_one_number_goes_to_one_of_several_who_want_it() -> None:
    users = residents(4)
    now = timezone.now()
    asked = actions.ask_code(phone=PHONE, purpose="change", ip="", at=now)
    code = waiting_code(PHONE, "change")
    results = at_once(
        lambda number: actions.change_own_phone(
            user=users[number], phone=PHONE, code=code, proven_at=now, ip="", at=now, asked=asked.pk
        )
    )
    assert results.count(True) == 1
    assert sum(isinstance(result, NumberHasAccount) for result in results) == 3
    assert Person.objects.filter(phone=PHONE).count() == 1


def test_an_account_closed_twice_at_once_is_closed_once() -> None:
    (user,) = residents(1)
    now = timezone.now()
    results = at_once(lambda _n: actions.close_account(user=user, proven_at=now, at=now))
    assert all(isinstance(result, Person) for result in results)
    assert AccountEvent.objects.filter(what="closed").count() == 1


def test_copies_asked_for_at_once_are_one() -> None:
    (user,) = residents(1)
    results = at_once(lambda _n: actions.ask_export(person=user.person, at=timezone.now()))
    assert len({result.pk for result in results}) == 1
    assert DataExport.objects.count() == 1


def test_a_copy_is_made_by_one_worker() -> None:
    (user,) = residents(1)
    now = timezone.now()
    actions.ask_export(person=user.person, at=now)
    assert sorted(at_once(lambda _n: actions.make_exports(at=now))) == [0, 0, 0, 1]


def test_somebody_asked_at_once_is_asked_once() -> None:
    (user,) = residents(1)
    now = timezone.now()
    results = at_once(
        lambda _n: actions.ask_helper(
            for_person=user.person, phone=PHONE, what_for="看病", valid_until=now + HOUR, at=now
        )
    )
    assert sum(isinstance(result, AskedBefore) for result in results) == 3
