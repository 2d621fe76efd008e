"""Nobody meets a view that did not say who may call it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.site.ground import addresses

CONVERTER = re.compile(r"<(\w+):(\w+)>")
SAMPLES = {"int": 1, "uuid": "00000000-0000-4000-8000-000000000000", "step": "accept"}
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM) (?!\"(django_session|usersessions_|sessions))", re.I)


def test_every_view_says_who_may_call_it():
    unmarked = [address.route for address in addresses() if not getattr(address.view, "access", ())]
    assert unmarked == [], "mark these views with core.access or communities.access"


def test_every_address_has_a_name_of_its_own():
    names = [address.name for address in addresses()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("who", [None, "li", "zhao", "sun", "zhou"])
def test_looking_at_a_page_writes_nothing(client, cast, who):
    if who:
        client.force_login(cast[who].user)
    wrote = []
    for address in addresses():
        arguments = {name: SAMPLES.get(name, SAMPLES.get(kind, "x")) for kind, name in CONVERTER.findall(address.route)}
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(address.name, kwargs=arguments))
        assert answer.status_code < 500, address.route
        wrote += [f"{address.name}: {query['sql'][:90]}" for query in queries if WRITES.match(query["sql"])]
    assert wrote == [], "what changes something is sent by POST"
