"""A browser for the tests: Chromium driven over a live server with the cast and the catalogue."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test.utils import override_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts import actions as accounts
from communities.roles import Role
from grievances.models import Category
from tests.browser.hands import Town
from tests.browser.seats import Seats
from tests.cast import gather
from tests.communities import make

# Playwright's sync interface runs an event loop in this thread; Django would refuse the database in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test, and none runs where BROWSER=0 says that there is no browser."""
    skip = pytest.mark.skip(reason="BROWSER=0: no browser here")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if os.environ.get("BROWSER") == "0":
                item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each person gets a context of their own in it."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built_static() -> None:
    """The styles and sprites that the pages link to."""
    call_command("build_static", verbosity=0)


@pytest.fixture
def town(transactional_db, live_server, chromium, built_static, settings) -> Iterator[Town]:
    """The cast, the catalogue of categories, and the browser in which people come to the live server."""
    settings.SITE_URL = live_server.url
    call_command("load_categories", verbosity=0)
    town = Town(gather(), chromium, live_server.url)
    yield town
    town.leave()


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The database for a whole module of this folder; whoever writes into it (``seats``) empties it.

    It takes the place of pytest-django's fixture of the same name, by which the test database is known to be needed.
    """
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module", params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["own", "swapped"])
def seats(request, db, chromium, built_static) -> Iterator[Seats]:
    """One town and one server for a whole module, everybody at the screen they use; ``--long`` swaps the screens.

    What a test writes stays until the last one, then the tables are emptied.
    """
    server = LiveServer("localhost")
    with server._live_server_modified_settings, override_settings(SITE_URL=server.url):
        call_command("load_categories", verbosity=0)
        Category.objects.filter(code="noise-03").update(needs_check=True)
        cast = gather()
        wei = accounts.make_demo_person(name="魏宁", phone="13935700099", words="魏宁 · wei", at=make.NOW)
        make.grant(wei, Role.STREET_OFFICIAL, cast.areas["鼓楼西街街道"])
        cast.people["wei"] = wei
        town = Seats(cast, chromium, server.url, swapped=request.param)
        yield town
        town.leave()
    server.stop()
    call_command("flush", verbosity=0, interactive=False)
