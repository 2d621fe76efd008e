"""While the database cannot be reached, a visitor hears to wait, and what was typed is not lost."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from core.failing import server_error

ask = RequestFactory()


def answer(request, problem: Exception):
    """What the portal answers when a view raised this."""
    try:
        raise problem
    except Exception:
        return server_error(request)


@pytest.mark.parametrize("problem", [OperationalError("gone"), InterfaceError("closed")])
def test_a_reader_is_asked_to_wait_and_led_back(problem):
    page = answer(ask.get("/my-cases/?state=open"), problem)
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "5", "no-store")
    text = page.content.decode()
    assert "稍等几秒" in text
    assert '<meta http-equiv="refresh" content="5">' in text
    assert 'href="/my-cases/?state=open"' in text


def test_what_was_typed_comes_back_with_its_key():
    page = answer(
        ask.post("/report/", {"once": "k1", "text": "楼道漏水 <b>", "photos": ["a", "b"]}), OperationalError()
    )
    text = page.content.decode()
    assert "不会发成两份" in text
    assert '<form method="post" action="/report/">' in text
    assert '<input type="hidden" name="once" value="k1">' in text
    assert 'value="楼道漏水 &lt;b&gt;"' in text
    assert text.count('name="photos"') == 2
    assert "refresh" not in text


def test_a_password_never_comes_back():
    text = answer(ask.post("/sign-in/password/", {"login": "li", "password": "secret"}), OperationalError())
    assert b"secret" not in text.content
    assert "再按一次" in text.content.decode()


def test_no_form_leads_away_from_the_portal():
    text = answer(ask.post("/", {"once": "k"}, PATH_INFO="//elsewhere.example/"), OperationalError()).content.decode()
    assert 'action="/%2Felsewhere.example/"' in text


def test_any_other_fault_stays_a_fault():
    page = answer(ask.get("/"), ValueError("wrong"))
    assert page.status_code == 500
    assert "我们这边出了点问题" in page.content.decode()


def test_a_view_that_finds_no_database_answers_503(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("the database system is shutting down")

    client.raise_request_exception = False
    monkeypatch.setattr("notifications.queries.demo_sent", gone)
    assert client.get("/demo/sent/").status_code == 503
