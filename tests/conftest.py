"""Fixtures for every test."""

import pytest

from tests.cast import Cast, gather


@pytest.fixture
def cast(db) -> Cast:
    """The cast in its small city."""
    return gather()
