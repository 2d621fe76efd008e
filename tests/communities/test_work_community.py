"""Staff who chose nothing see the community they work in."""

from communities.queries import chosen_community
from tests.communities import make


def asked_by(rf, person):
    request = rf.get("/")
    request.user = type("User", (), {"is_authenticated": True, "person": person})()
    return chosen_community(request)


def test_a_grid_worker_sees_the_community_of_the_grid(cast, rf):
    assert asked_by(rf, cast["zhao"]) == cast.areas["滨河社区"]


def test_who_holds_no_role_below_a_street_must_choose(cast, rf):
    assert asked_by(rf, cast["han"]) is None
    assert asked_by(rf, make.person("新来的")) is None
