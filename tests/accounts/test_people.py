"""People, preferences, acting for someone, the demo page."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import actions, queries
from accounts.actions.people import PhoneTaken
from accounts.models import Person, User

from .conftest import OTHER_PHONE, PHONE

pytestmark = pytest.mark.django_db


def test_one_phone_is_one_person_and_an_empty_name_is_filled(at: datetime) -> None:
    first = actions.register_person(name="", phone="138 1234 2046", at=at)
    again = actions.register_person(name="李晓梅", phone=PHONE, at=at)
    kept = actions.register_person(name="别人", phone=PHONE, at=at)
    assert first == again == kept
    assert kept.name == "李晓梅"


def test_people_without_a_phone_are_each_their_own(at: datetime) -> None:
    assert actions.register_person(name="张", phone="", at=at) != actions.register_person(name="张", phone="", at=at)


def test_a_person_is_found_by_phone_in_any_writing(person: Person) -> None:
    assert queries.find_person_by_phone("+86 138 1234 2046") == person
    assert queries.find_person_by_phone("nonsense") is None


def test_a_login_that_was_the_phone_follows_a_new_phone(user: User, other: Person) -> None:
    actions.change_phone(person=user.person, phone="137 1234 0000")
    user.refresh_from_db()
    assert user.login == "13712340000"
    with pytest.raises(PhoneTaken):
        actions.change_phone(person=user.person, phone=OTHER_PHONE)


def test_a_signed_in_person_costs_one_query_with_the_user(
    client: Client, user: User, django_assert_num_queries
) -> None:
    client.force_login(user)
    client.get("/privacy/")
    with django_assert_num_queries(2):
        client.get("/privacy/")


@pytest.mark.parametrize(
    ("typed", "kept"), [(" 欧阳  晓梅 ", "欧阳 晓梅"), ("𠮷田\u200b😀", "𠮷田😀"), ("李\n晓梅", "李 晓梅")]
)
def test_a_person_says_how_they_are_called(client: Client, user: User, typed: str, kept: str) -> None:
    client.force_login(user)
    assert client.post("/me/name/", {"name": typed, "next": "/privacy/"})["Location"] == "/privacy/"
    assert Person.objects.get(pk=user.person_id).name == kept


@pytest.mark.parametrize("typed", ["", "   ", "长" * 61])
def test_no_name_or_a_too_long_one_keeps_the_page(client: Client, user: User, typed: str) -> None:
    client.force_login(user)
    assert client.post("/me/name/", {"name": typed}).status_code == 422


def test_preferences_of_a_visitor_lie_in_cookies(client: Client) -> None:
    response = client.post("/preferences/", {"elder": "1", "next": "/privacy/"})
    assert response["Location"] == "/privacy/"
    assert (client.cookies["elder"].value, "theme" in client.cookies) == ("1", False)
    client.post("/preferences/", {"elder": "0", "theme": "dark", "language": "en"})
    assert client.cookies["elder"].value == "0"
    assert client.cookies["theme"].value == "dark"
    assert client.cookies["django_language"].value == "en"


def test_preferences_of_the_signed_in_lie_with_the_person(client: Client, user: User) -> None:
    client.force_login(user)
    client.post("/preferences/", {"theme": "dark", "language": "en"})
    client.post("/preferences/", {"elder": "1"})
    person = Person.objects.get(pk=user.person_id)
    assert (person.theme, person.language, person.elder_mode) == ("dark", "en", True)
    assert client.get("/privacy/").headers["Content-Language"] == "en"
    client.post("/preferences/", {"language": "browser"})
    assert Person.objects.get(pk=user.person_id).language == ""


@pytest.mark.parametrize("sent", [{"theme": "pink"}, {"elder": "maybe"}, {"language": "xx"}])
def test_nonsense_changes_nothing(client: Client, user: User, sent: dict[str, str]) -> None:
    client.force_login(user)
    assert client.post("/preferences/", sent | {"next": "//evil.example/"})["Location"] == "/"
    person = Person.objects.get(pk=user.person_id)
    assert (person.theme, person.language, person.elder_mode) == ("auto", "", False)


def test_acting_for_someone_holds_from_until_and_by_consent(person: Person, other: Person, at: datetime) -> None:
    acting = actions.let_act_for(
        person=other, for_person=person, valid_from=at, valid_until=at + timedelta(days=30), at=at,
        text_version="1", taken_by=other,
    )  # fmt: skip
    assert not queries.may_act_for(other, person, at - timedelta(seconds=1))
    assert queries.may_act_for(other, person, at)
    assert list(queries.people_acted_for(other, at)) == [person]
    assert not queries.may_act_for(person, other, at)
    assert not queries.may_act_for(other, person, at + timedelta(days=30))
    actions.end_acting_for(acting=acting, at=at + timedelta(days=1))
    assert not queries.may_act_for(other, person, at + timedelta(days=2))


@pytest.fixture
def demo_user(user: User) -> User:
    Person.objects.filter(pk=user.person_id).update(is_demo=True, demo_words="网格员 · 滨河社区第2网格")
    return user


def test_one_press_signs_in_as_a_demo_person(client: Client, demo_user: User, settings) -> None:
    settings.DEMO = True
    page = client.get("/demo/people/").content.decode()
    assert "<h2>网格员</h2>" in page
    assert "李晓梅" in page
    response = client.post(f"/demo/people/{demo_user.person_id}/sign-in/", {"next": "/me/security/"})
    assert response["Location"] == "/me/security/"
    assert client.get("/me/security/").status_code == 200


def test_changing_over_to_another_demo_person_leaves_nothing_behind(
    client: Client, demo_user: User, staff: User, settings
) -> None:
    settings.DEMO = True
    client.force_login(staff)
    session = client.session
    session["draft"] = "王's"
    session.save()
    client.post(f"/demo/people/{demo_user.person_id}/sign-in/")
    assert int(client.session["_auth_user_id"]) == demo_user.pk
    assert "draft" not in client.session


def test_without_demo_there_is_no_such_page(client: Client, demo_user: User, settings) -> None:
    settings.DEMO = False
    assert client.get("/demo/people/").status_code == 404
    assert client.post(f"/demo/people/{demo_user.person_id}/sign-in/").status_code == 404
    assert "demo/people" not in client.get("/sign-in/").content.decode()
    assert "_auth_user_id" not in client.session
    with pytest.raises(CommandError):
        call_command("demo_people")


def test_real_people_cannot_be_signed_in_as(client: Client, user: User, settings) -> None:
    settings.DEMO = True
    assert client.post(f"/demo/people/{user.person_id}/sign-in/").status_code == 404
    assert client.get(f"/demo/people/{user.person_id}/sign-in/").status_code == 405


def test_the_command_prints_who_can_sign_in(demo_user: User, settings, capsys) -> None:
    settings.DEMO = True
    call_command("demo_people")
    assert f"{PHONE}  李晓梅  网格员 · 滨河社区第2网格" in capsys.readouterr().out
