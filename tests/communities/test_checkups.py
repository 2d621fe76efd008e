"""The doctor finds areas without people, people who left with their roles, a broken tree, a missing calendar."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from communities.models import RoleGrant
from core import doctor
from core.doctor import Look

LOOK = Look(at=datetime(2026, 3, 3, 2, 0, tzinfo=UTC))


def found(key: str, look: Look = LOOK) -> list[tuple[str, str]]:
    """The findings of one check: level and words."""
    said = [doctor.in_language(finding.said(), "zh-hans") for finding in doctor.checks.get(key).run(look)]
    return [(finding["level"], finding["what"]) for finding in said]


def test_areas_without_the_people_they_need_are_named(cast):
    assert found("communities.people") == [
        ("watch", "1 个县（市、区）没有县（市、区）干部：尧都区"),
        ("watch", "2 个网格没有网格员：府东小区第1网格、府东小区第2网格"),
    ]


def test_a_city_without_an_administrator_is_wrong(cast):
    RoleGrant.objects.filter(person=cast["qin"]).update(valid_until=LOOK.at)
    assert found("communities.people")[0] == ("wrong", "1 个市没有市级管理员：临汾市")


def test_a_role_held_by_someone_who_cannot_sign_in_counts_as_empty(cast):
    User.objects.filter(person=cast["han"]).update(is_active=False)
    assert ("watch", "1 个街道（乡镇）没有街道干部：鼓楼西街街道") in found("communities.people")
    assert found("communities.left") == [("wrong", "1 个岗位上的人已经停用：韩磊（街道干部）")]


def test_a_role_that_ended_needs_nobody(cast):
    User.objects.filter(person=cast["han"]).update(is_active=False)
    RoleGrant.objects.filter(person=cast["han"]).update(valid_until=LOOK.at)
    assert found("communities.left") == []


@pytest.mark.django_db
def test_the_tree_is_looked_at(cast):
    assert found("communities.tree") == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE communities_area SET lft = lft + 1000 WHERE name = '平阳社区'")
    [(level, words)] = found("communities.tree")
    assert level == "wrong"
    assert "平阳社区" in words


def test_a_year_without_holidays_is_found_before_it_begins(cast):
    assert found("communities.calendar") == [("watch", "2026 年的节假日还没有录入，时限先只按周末算")]
    call_command("seed_calendar", 2026, stdout=StringIO(), stderr=StringIO())
    assert found("communities.calendar") == []
    assert found("communities.calendar", Look(at=datetime(2026, 12, 20, tzinfo=UTC))) == [
        ("watch", "2027 年的节假日还没有录入，时限先只按周末算")
    ]
