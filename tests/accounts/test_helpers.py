"""Letting somebody act for me: asked by number, answered after signing in, taken back at any time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions, queries
from accounts.actions.helpers import AskedBefore, BadEnd, HelpOver, NoSuchHelp, OwnNumber
from accounts.actions.limits import TooOften
from accounts.models import ActingFor, Consent, Person
from core import outbox
from core.outbox import OutboxRow
from notifications.models import Delivery, Message
from tests.accounts.conftest import NOON, OTHER_PHONE, PHONE, waiting_code

MONTH = NOON + timedelta(days=30)


def ask(person: Person, phone: str = OTHER_PHONE, **given) -> ActingFor:
    facts = {"what_for": "替我反映楼道的事", "valid_until": MONTH, "at": NOON} | given
    return actions.ask_helper(for_person=person, phone=phone, **facts)


def tell(what: str) -> OutboxRow:
    row = OutboxRow.objects.get(kind="accounts.helper", key__endswith=f":{what}")
    outbox.handlers_of(row.kind)["notices"](row)
    return row


def test_it_holds_only_after_the_yes(person, other):
    acting = ask(person)
    assert not queries.may_act_for(other, person, NOON)
    assert queries.helped_by(other, NOON) == [acting]
    actions.answer_help(acting_id=acting.pk, person=other, yes=True, at=NOON)
    assert queries.may_act_for(other, person, NOON)
    assert list(queries.people_acted_for(other, NOON)) == [person]
    assert not queries.may_act_for(person, other, NOON), "one way only"
    assert not queries.may_act_for(other, person, MONTH), "until its end"


def test_the_consent_is_written_down(person, other):
    acting = ask(person)
    consent = Consent.objects.get(person=person, what="acting_for")
    assert (acting.consent, consent.at, consent.taken_by, acting.what_for) == (consent, NOON, None, "替我反映楼道的事")


def test_a_no_is_told_and_gives_nothing(person, other):
    acting = ask(person)
    actions.answer_help(acting_id=acting.pk, person=other, yes=False, at=NOON)
    assert not queries.may_act_for(other, person, NOON)
    assert queries.helped_by(other, NOON) == []
    assert "不能替您办事" in Message.objects.get(row=tell("declined"), person=person).title
    with pytest.raises(HelpOver):
        actions.answer_help(acting_id=acting.pk, person=other, yes=True, at=NOON)


@pytest.mark.parametrize("giver", [True, False])
def test_either_side_ends_it_at_any_time(person, other, giver):
    acting = ask(person)
    actions.answer_help(acting_id=acting.pk, person=other, yes=True, at=NOON)
    ender, hearer = (person, other) if giver else (other, person)
    actions.end_help(acting_id=acting.pk, by=ender, at=NOON)
    actions.end_help(acting_id=acting.pk, by=ender, at=NOON)
    assert not queries.may_act_for(other, person, NOON)
    assert Message.objects.get(row=tell("ended")).person == hearer


def test_what_was_taken_back_cannot_be_answered(person, other):
    acting = ask(person)
    actions.end_help(acting_id=acting.pk, by=person, at=NOON)
    with pytest.raises(HelpOver):
        actions.answer_help(acting_id=acting.pk, person=other, yes=True, at=NOON)


def test_a_yes_twice_is_one_yes(person, other):
    acting = ask(person)
    for minute in (1, 2):
        actions.answer_help(acting_id=acting.pk, person=other, yes=True, at=NOON + timedelta(minutes=minute))
    assert ActingFor.objects.get().confirmed_at == NOON + timedelta(minutes=1)
    assert OutboxRow.objects.filter(key__endswith=":confirmed").count() == 1


def test_a_stranger_neither_answers_nor_ends(person, other):
    acting = ask(person)
    stranger = actions.register_person(name="马六", phone="13612342049", at=NOON)
    with pytest.raises(NoSuchHelp):
        actions.answer_help(acting_id=acting.pk, person=stranger, yes=True, at=NOON)
    with pytest.raises(NoSuchHelp):
        actions.answer_help(acting_id=acting.pk, person=person, yes=True, at=NOON)
    with pytest.raises(NoSuchHelp):
        actions.end_help(acting_id=acting.pk, by=stranger, at=NOON)


def test_an_unknown_number_is_asked_like_a_known_one(person):
    acting = ask(person, phone="13612342049")
    tell("asked")
    assert Delivery.objects.get().phone == "13612342049"
    code = actions.ask_code(phone="13612342049", purpose="sign_in", ip="", at=NOON)
    user = actions.use_code(
        phone="13612342049", purpose="sign_in", code=waiting_code("13612342049"), ip="", at=NOON, asked=code.pk
    )
    actions.answer_help(acting_id=acting.pk, person=user.person, yes=True, at=NOON)
    assert queries.may_act_for(user.person, person, NOON)


def test_the_text_masks_the_name(person, other):
    ask(person)
    message = Message.objects.get(row=tell("asked"))
    assert message.person == other
    assert message.title == "李** 请您代办社区的事"


def test_what_cannot_be_asked(person, other):
    with pytest.raises(OwnNumber):
        ask(person, phone=PHONE)
    for end in (NOON, NOON + timedelta(days=400)):
        with pytest.raises(BadEnd):
            ask(person, valid_until=end)
    ask(person)
    with pytest.raises(AskedBefore):
        ask(person)


def test_after_a_no_or_an_end_one_may_ask_again(person, other):
    first = ask(person)
    actions.answer_help(acting_id=first.pk, person=other, yes=False, at=NOON)
    second = ask(person)
    actions.end_help(acting_id=second.pk, by=person, at=NOON)
    assert ask(person).pk not in (first.pk, second.pk)


def test_ten_people_a_day_are_enough(person):
    for number in range(10):
        ask(person, phone=f"136123420{number:02d}")
    with pytest.raises(TooOften):
        ask(person, phone="13612342099")


def test_one_number_gets_three_texts_a_day(db):
    for number in range(5):
        asker = actions.register_person(name=f"居民{number}", phone=f"136123421{number:02d}", at=NOON)
        ask(asker)
    rows = OutboxRow.objects.filter(kind="accounts.helper").order_by("pk")
    assert [row.ids["sms"] for row in rows] == [True, True, True, False, False]


class TestPages:
    @pytest.fixture
    def mine(self, client, user):
        """李晓梅's browser."""
        client.force_login(user)
        return client

    @pytest.fixture
    def theirs(self, staff):
        """王建国's browser."""
        client = Client()
        client.force_login(staff)
        return client

    def fields(self, page, **given):
        until = timezone.localdate() + timedelta(days=30)
        facts = {"phone": OTHER_PHONE, "what_for": "反映楼道的事", "until": until.isoformat(), "agree": "on"}
        return facts | {"once": page.context["once"]} | given

    def test_from_asking_to_taking_back(self, mine, theirs):
        page = mine.get("/me/helpers/")
        data = self.fields(page)
        assert mine.post("/me/helpers/", data).headers["Location"] == "/me/helpers/"
        assert mine.post("/me/helpers/", data).headers["Location"] == "/me/helpers/", "pressed twice"
        acting = ActingFor.objects.get()
        text = mine.get("/me/helpers/").content.decode()
        assert "139****2047" in text
        assert "王建国" not in text, "a number does not tell whose it is"
        assert "李晓梅" in theirs.get("/me/helpers/").content.decode()
        assert theirs.post(f"/me/helpers/{acting.pk}/answer/", {"yes": "1"}).headers["Location"] == "/me/helpers/"
        assert "王建国" in mine.get("/me/helpers/").content.decode()
        mine.post(f"/me/helpers/{acting.pk}/end/")
        assert "李晓梅" not in theirs.get("/me/helpers/").content.decode()

    def test_others_get_404(self, mine, other, client):
        stranger = actions.register_person(name="马六", phone="13612342049", at=NOON)
        acting = ask(stranger, at=timezone.now(), valid_until=timezone.now() + timedelta(days=3))
        for way in ("answer", "end"):
            assert mine.post(f"/me/helpers/{acting.pk}/{way}/", {"yes": "1"}).status_code == 404
        assert ActingFor.objects.get().confirmed_at is None

    def test_without_the_yes_or_a_date_nothing_is_asked(self, mine, other):
        page = mine.get("/me/helpers/")
        for given in ({"agree": ""}, {"until": "bald"}, {"until": "2020-01-01"}, {"phone": "12"}, {"what_for": " "}):
            answer = mine.post("/me/helpers/", self.fields(page, **given))
            assert answer.status_code == 422, given
        assert not ActingFor.objects.exists()
        assert "反映楼道的事" in mine.post("/me/helpers/", self.fields(page, agree="")).content.decode()
