"""What a page reads it reads once; a form's request, and everything outside a page, reads each time."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from communities import roles
from core.memo import MemoMiddleware, keep_for_page, once_a_page
from tests.communities import make


def drawn(method: str, work) -> list[object]:
    """What ``work`` gives, run twice within one request."""
    found: list[object] = []

    def answer(request):
        found.extend([work(), work()])
        return HttpResponse()

    MemoMiddleware(answer)(getattr(RequestFactory(), method)("/"))
    return found


def counter():
    numbers = iter(range(10))
    return lambda: once_a_page("key", lambda: next(numbers))


@pytest.mark.parametrize(("method", "expected"), [("get", [0, 0]), ("head", [0, 0]), ("post", [0, 1])])
def test_only_pages_remember(method, expected):
    assert drawn(method, counter()) == expected


def test_the_next_page_reads_anew():
    work = counter()
    assert drawn("get", work) + drawn("get", work) == [0, 0, 1, 1]
    assert once_a_page("key", lambda: "anew") == "anew"


def test_a_page_that_breaks_leaves_nothing_behind():
    def broken(request):
        once_a_page("key", lambda: 1)
        raise LookupError

    with pytest.raises(LookupError):
        MemoMiddleware(broken)(RequestFactory().get("/"))
    assert once_a_page("key", lambda: "anew") == "anew"


def test_what_came_along_does_not_replace_what_is_known():
    def work():
        once_a_page("key", lambda: 1)
        keep_for_page("key", 2)
        return once_a_page("key", lambda: 3)

    assert drawn("get", work) == [1, 1]
    keep_for_page("key", 2)
    assert once_a_page("key", lambda: 3) == 3


def test_the_same_questions_have_the_same_answers_with_and_without(cast, db):
    """Every question about own roles, at every place, for everybody: remembered as asked of the database."""
    now = timezone.now()

    def asked():
        return [
            (
                person.name, roles.areas_where(person, ["grid_worker", "dispatcher", "street_official"]),
                sorted(grant.pk for grant in roles.grants_of(person)), roles.organisations_of(person),
                [roles.granted_at(person, area, now) for area in cast.areas.values()],
                [one.pk for one in roles.absent_for(person)],
            )
            for person in cast.people.values()
        ]  # fmt: skip

    make.stand_in(cast["zhao"], cast["qian"], at=now)
    plain = asked()
    first, second = drawn("get", asked)
    assert first == second == plain
    assert any(row[5] for row in plain)


def test_a_page_asks_once_for_the_grants_of_one_person(cast, django_assert_num_queries):
    person, area = cast["zhao"], cast.areas["滨河社区第1网格"]

    above = area.path()[-2]

    def asked():
        roles.granted_at(person, area)
        roles.granted_at(person, above)
        return roles.areas_where(person, ["grid_worker"])

    with django_assert_num_queries(2):
        drawn("get", asked)
