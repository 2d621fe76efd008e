"""The page of how the portal itself is: for the city's administrators."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import doctor, outbox
from core.doctor import Check, Finding
from core.outbox import OutboxWork


@pytest.fixture
def only(monkeypatch):
    """A function that leaves the doctor these checks alone."""

    def leave(*checks: Check) -> None:
        monkeypatch.setattr(doctor.checks, "_items", {check.key: check for check in checks})

    return leave


def page(client, person, **headers) -> str:
    client.force_login(person.user)
    answer = client.get("/staff/doctor/", **headers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("who", ["li", "zhao", "sun", "han", "you"])
def test_only_city_administrators_see_it(client, cast, who):
    client.force_login(cast[who].user)
    assert client.get("/staff/doctor/").status_code == 403


def test_a_visitor_signs_in_first(client, cast):
    assert client.get("/staff/doctor/")["Location"].startswith("/sign-in/")


def test_it_says_what_is_wrong_and_what_to_do(client, cast):
    now = timezone.now()
    row = outbox.put("accounts.code", about="accounts.signincode:1", key="x", at=now - timedelta(hours=1))
    OutboxWork.objects.filter(row=row).update(tries=9, last_error="ValueError: broken")
    text = page(client, cast["qin"])
    assert "有 1 项不对，要马上处理" in text
    assert "有 1 件后续试了多次没有办成，最早的是 accounts.code（ValueError: broken）" in text
    assert "按“再办一次”" in text
    assert "没有街道" not in text


def test_when_all_is_well_it_says_so(client, cast, only):
    only(Check("x.calm", "安静", lambda look: []))
    text = page(client, cast["qin"])
    assert "<h1>都在正常运行</h1>" in " ".join(text.split()).replace("<h1> ", "<h1>").replace(" </h1>", "</h1>")
    assert "安静" in text


def test_slow_checks_stand_as_the_command_found_them(client, cast, only):
    only(Check("x.slow", "慢的一项", lambda look: [Finding("坏了", "修好。", level="watch")], slow=True, sampled=True))
    assert "还没有查过" in page(client, cast["qin"])
    call_command("doctor", stdout=StringIO())
    text = page(client, cast["qin"])
    assert "还没有查过" not in text
    assert "都在正常运行，有 1 项要留意" in text
    assert "坏了" in text
    assert re.search(r"上次.{0,120}今天", text, re.DOTALL)
    assert "（抽查）" in text


def test_the_menu_leads_city_administrators_there(client, cast, only):
    only()
    assert 'href="/staff/doctor/"' in page(client, cast["qin"])
    client.force_login(cast["sun"].user)
    assert 'href="/staff/doctor/"' not in client.get("/desk/").content.decode()
