import pytest

from tests.communities.make import small_linfen


@pytest.fixture
def linfen(db):
    """Areas by name: one city, one street, two communities with a compound and two grids each."""
    return small_linfen()
