"""Every step as a race of two: one wins, the other is told who was first."""

import pytest

from tests.communities import make
from tests.grievances.racing import fight, races
from tests.grievances.town import newcomer

pytestmark = pytest.mark.django_db(transaction=True)
MOST_RACED = ("dispatch", "accept", "rate")


@pytest.fixture
def town(town):
    """Two in every post, so that they can meet."""
    town.people["mei"] = newcomer("梅兰", 13812349999)
    make.grant(town.people["mei"], "community_staff", town.areas["滨河社区"], at=town.at(days=9))
    make.grant(town.qian, "grid_worker", town.grid, at=town.at(days=9))
    return town


def lost(town, tries, wanted):
    """What went wrong in so many tries of each race, by step."""
    found = {name: fight(race, tries) for name, race in races(town).items() if wanted(name)}
    return {name: wrong[:2] for name, wrong in found.items() if wrong}


def test_of_two_one_wins_and_the_other_knows_who_was_first(town):
    assert lost(town, 2, lambda name: True) == {}


@pytest.mark.long
@pytest.mark.parametrize("name", MOST_RACED)
def test_a_thousand_times_one_of_two_wins(town, name):
    assert lost(town, 1000, lambda other: other == name) == {}


@pytest.mark.long
def test_two_hundred_times_one_of_two_wins_each_other_step(town):
    assert lost(town, 200, lambda name: name not in MOST_RACED) == {}
