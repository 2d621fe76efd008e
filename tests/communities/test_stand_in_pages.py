"""The pages of 请假和代班."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.models import StandIn
from tests.communities import make
from tests.communities.test_stand_ins import crew, now  # noqa: F401


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.fixture
def sent(crew):  # noqa: F811
    today = timezone.localdate()
    return {"stand_in": crew["yi"].pk, "since": today, "until": today + timedelta(days=2), "reason": "年假"}


def test_a_worker_names_who_stands_in(crew, sent) -> None:  # noqa: F811
    client = signed_in(crew["jia"])
    assert reverse("stand_in") in client.get(reverse("me")).content.decode()
    assert client.post(reverse("stand_in"), sent).status_code == 302
    row = StandIn.objects.get()
    assert (row.person, row.stand_in, row.by) == (crew["jia"], crew["yi"], crew["jia"])
    assert row.valid_until - row.valid_from > timedelta(days=2)
    assert "yi代班" in client.get(reverse("stand_in")).content.decode()
    assert "给jia代班" in signed_in(crew["yi"]).get(reverse("stand_in")).content.decode()


def test_days_gone_by_and_the_wrong_way_round_are_refused_with_what_was_typed(crew, sent) -> None:  # noqa: F811
    client, today = signed_in(crew["jia"]), timezone.localdate()
    for change in ({"since": today - timedelta(days=1)}, {"until": today - timedelta(days=3)}, {"stand_in": 0}):
        answer = client.post(reverse("stand_in"), sent | change)
        assert answer.status_code == 422
        assert "年假" in answer.content.decode()
    assert not StandIn.objects.exists()


def test_a_second_one_in_that_time_is_refused(crew, sent) -> None:  # noqa: F811
    client = signed_in(crew["jia"])
    client.post(reverse("stand_in"), sent)
    answer = client.post(reverse("stand_in"), sent | {"stand_in": crew["staff"].pk})
    assert answer.status_code == 409
    assert "这段时间已经有人代班" in answer.content.decode()


def test_the_administrator_does_it_for_somebody_and_nobody_else(crew, sent) -> None:  # noqa: F811
    page = reverse("person_stand_in", args=[crew["jia"].pk])
    assert page in signed_in(crew["admin"]).get(reverse("person", args=[crew["jia"].pk])).content.decode()
    assert signed_in(crew["other"]).post(page, sent).status_code == 404
    assert signed_in(crew["yi"]).post(page, sent).status_code == 403
    assert signed_in(crew["admin"]).post(page, sent).status_code == 302
    assert StandIn.objects.get().by == crew["admin"]


def test_it_is_ended_early_by_the_person_or_the_administrator(crew, now) -> None:  # noqa: F811
    row = make.stand_in(crew["jia"], crew["yi"], at=now)
    end = reverse("stand_in_end", args=[row.pk])
    assert signed_in(crew["yi"]).post(end).status_code == 404
    assert signed_in(crew["other"]).post(end).status_code == 404
    assert signed_in(crew["admin"]).post(end).status_code == 302
    row.refresh_from_db()
    assert row.ended_by == crew["admin"]
    assert signed_in(crew["jia"]).post(end).status_code == 302


def test_residents_have_no_such_page(crew, linfen) -> None:  # noqa: F811
    crew["yi"].role_grants.all().delete()
    assert signed_in(crew["yi"]).get(reverse("stand_in")).status_code == 403
