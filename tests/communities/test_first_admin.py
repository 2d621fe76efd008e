"""manage.py first_admin on an empty installation, and never again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Person, User
from communities.actions import create_area
from communities.roles import Role, roles_at

pytestmark = pytest.mark.django_db


def first_admin(*words: str) -> str:
    out = StringIO()
    call_command("first_admin", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_printed_link_sets_the_password(settings) -> None:
    settings.SITE_URL = "https://linli.example"
    printed = first_admin("138 1234 2046", "--name", "秦岚")
    link = printed.split()[-1]
    assert link.startswith("https://linli.example/invitation/")
    assert "还没有城市" in printed
    answer = {"is_me": "on", "password": "windy-harbour-42", "again": "windy-harbour-42", "agree": "on"}
    response = Client().post(link.removeprefix("https://linli.example"), answer)
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (True, True, True)


def test_where_the_city_is_there_the_role_is_granted() -> None:
    city = create_area(kind="city", parent_id=None, name="临汾市", code="1410", at=timezone.now(), by=None)
    first_admin("13812342046")
    assert Role.CITY_ADMIN in roles_at(Person.objects.get(), city)


def test_a_second_one_is_refused_in_one_sentence() -> None:
    first_admin("13812342046")
    with pytest.raises(CommandError, match="已经有管理员"):
        first_admin("13912342047")
    assert User.objects.count() == 1


def test_a_bad_number_is_refused_in_one_sentence() -> None:
    with pytest.raises(CommandError, match="11 位手机号"):
        first_admin("12345")
