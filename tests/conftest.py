"""Fixtures for every test."""

import pytest
from django.utils import translation

from tests.cast import Cast, gather


@pytest.fixture
def cast(db) -> Cast:
    """The cast in its small city."""
    return gather()


@pytest.fixture(autouse=True)
def own_language():
    """A request in English leaves its language active in the thread; no test inherits it."""
    yield
    translation.deactivate()
