"""A browser for the tests: Chromium driven over a live server with the cast and the catalogue."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hands import Town
from tests.cast import gather

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
