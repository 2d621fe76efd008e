"""Codes: right, wrong, too old, used, dead, too often."""

from datetime import datetime, timedelta

import pytest

from accounts import actions, rules
from accounts.actions.codes import Closed, DeadCode, TooSoon, WrongCode
from accounts.actions.limits import TooOften
from accounts.models import Limit, Person, SignInCode, User
from core.outbox import OutboxRow

from .conftest import OTHER_PHONE, PHONE, waiting_code, wrong

SIGN_IN, RESET = "sign_in", "reset"
pytestmark = pytest.mark.django_db


def ask(at: datetime, phone: str = PHONE, purpose: str = SIGN_IN, ip: str = "10.0.0.1") -> SignInCode:
    return actions.ask_code(phone=phone, purpose=purpose, ip=ip, at=at)


def use(code: str, at: datetime, phone: str = PHONE, purpose: str = SIGN_IN, asked: int | None = None) -> User:
    return actions.use_code(phone=phone, purpose=purpose, code=code, ip="10.0.0.1", at=at, asked=asked)


def test_the_right_code_makes_an_unknown_phone_a_person_with_a_sign_in(at: datetime) -> None:
    ask(at)
    assert not Person.objects.exists()
    user = use(waiting_code(), at)
    assert (user.person.phone, user.login, user.has_usable_password()) == (PHONE, PHONE, False)


def test_the_right_code_finds_the_known_person(user: User, at: datetime) -> None:
    ask(at)
    assert use(waiting_code(), at) == user
    assert Person.objects.count() == 1


def test_a_code_is_kept_as_a_digest_and_its_copy_is_blanked_once_sent(at: datetime) -> None:
    code = ask(at)
    digits = waiting_code()
    assert len(digits) == 6
    assert digits not in code.code_hash
    code.was_sent(at)
    code.refresh_from_db()
    assert (code.sendable, code.sent_at) == ("", at)
    assert use(digits, at).person.phone == PHONE


def test_the_outbox_row_holds_no_digits_and_no_phone(at: datetime) -> None:
    ask(at)
    row = OutboxRow.objects.get(kind="accounts.code")
    assert waiting_code() not in str(row.ids)
    assert PHONE not in f"{row.ids}{row.key}{row.about}"


def test_a_wrong_code_says_how_many_tries_are_left(at: datetime) -> None:
    ask(at)
    with pytest.raises(WrongCode) as refusal:
        use(wrong(waiting_code()), at)
    assert refusal.value.left == 4
    assert use(waiting_code(), at).person.phone == PHONE


def test_after_five_wrong_tries_the_right_code_is_dead(at: datetime) -> None:
    ask(at)
    right = waiting_code()
    for _ in range(4):
        with pytest.raises(WrongCode):
            use(wrong(right), at)
    with pytest.raises(DeadCode):
        use(wrong(right), at)
    with pytest.raises(DeadCode, match="作废"):
        use(right, at)
    assert not Person.objects.exists()


def test_a_code_lives_five_minutes(at: datetime) -> None:
    ask(at)
    with pytest.raises(DeadCode, match="5 分钟"):
        use(waiting_code(), at + timedelta(minutes=5))
    assert use(waiting_code(), at + timedelta(minutes=4, seconds=59)).person.phone == PHONE


def test_a_code_works_once(at: datetime) -> None:
    ask(at)
    right = waiting_code()
    use(right, at)
    with pytest.raises(DeadCode, match="用过"):
        use(right, at + timedelta(seconds=1))


def test_a_second_press_on_the_page_that_asked_lands_where_the_first_did(at: datetime) -> None:
    code = ask(at)
    right = waiting_code()
    first = use(right, at, asked=code.pk)
    assert use(right, at + timedelta(seconds=3), asked=code.pk) == first
    with pytest.raises(DeadCode):
        use(wrong(right), at + timedelta(seconds=3), asked=code.pk)
    with pytest.raises(DeadCode):
        use(right, at + rules.CODE_GRACE + timedelta(seconds=1), asked=code.pk)


def test_a_newer_code_ends_the_older_one(at: datetime) -> None:
    ask(at)
    older = waiting_code()
    later = at + timedelta(seconds=61)
    ask(later)
    if waiting_code() != older:
        with pytest.raises(WrongCode):
            use(older, later)
    assert use(waiting_code(), later).person.phone == PHONE


def test_the_next_code_comes_after_a_minute(at: datetime) -> None:
    ask(at)
    with pytest.raises(TooSoon) as refusal:
        ask(at + timedelta(seconds=18))
    assert refusal.value.seconds == 42
    assert SignInCode.objects.count() == 1


def test_a_phone_gets_five_codes_in_an_hour_and_ten_in_a_day(at: datetime) -> None:
    for number in range(5):
        ask(at + timedelta(minutes=2 * number))
    with pytest.raises(TooOften):
        ask(at + timedelta(minutes=11))
    for number in range(5):
        ask(at + timedelta(hours=1, minutes=2 * number))
    with pytest.raises(TooOften):
        ask(at + timedelta(hours=3))
    ask(at + timedelta(days=1))


def test_an_address_gets_only_so_many_codes_in_an_hour(at: datetime) -> None:
    for number in range(rules.CODES_PER_ADDRESS_AND_HOUR):
        ask(at, phone=f"138{number:08d}")
    with pytest.raises(TooOften):
        ask(at, phone=OTHER_PHONE)
    ask(at, phone=OTHER_PHONE, ip="10.0.0.2")


def test_right_codes_do_not_use_up_an_address_and_wrong_ones_do(at: datetime) -> None:
    for number in range(3):
        phone = f"138{number:08d}"
        ask(at, phone=phone)
        use(waiting_code(phone), at, phone=phone)
    assert Limit.objects.get(key__startswith="guess.address").count == 0
    Limit.objects.filter(key__startswith="guess.address").update(count=rules.GUESSES_PER_ADDRESS_AND_HOUR)
    ask(at)
    with pytest.raises(TooOften):
        use(waiting_code(), at)


def test_counters_hold_neither_phone_nor_address(at: datetime) -> None:
    ask(at)
    keys = " ".join(Limit.objects.values_list("key", flat=True))
    assert PHONE not in keys
    assert "10.0.0.1" not in keys


def test_one_ipv6_customer_is_one_address(at: datetime) -> None:
    ask(at, ip="2001:db8::1")
    ask(at, phone=OTHER_PHONE, ip="2001:db8::ffff")
    assert Limit.objects.get(key__startswith="code.address").count == 2


def test_a_closed_account_stays_out(user: User, at: datetime) -> None:
    User.objects.update(is_active=False)
    ask(at)
    with pytest.raises(Closed):
        use(waiting_code(), at)


def test_a_reset_code_does_not_sign_in_and_the_other_way_round(user: User, at: datetime) -> None:
    ask(at, purpose=RESET)
    with pytest.raises(DeadCode):
        use(waiting_code(purpose=RESET), at)


def test_a_reset_code_for_an_unknown_phone_is_never_sent(at: datetime) -> None:
    ask(at, purpose=RESET)
    assert not OutboxRow.objects.exists()
    assert waiting_code(purpose=RESET) == ""


def test_cleaning_up_blanks_and_deletes(at: datetime) -> None:
    ask(at)
    actions.clean_up(at=at + timedelta(minutes=6))
    assert waiting_code() == ""
    actions.clean_up(at=at + timedelta(days=2))
    assert not SignInCode.objects.exists()
    assert not Limit.objects.exists()


def test_a_recycled_number_does_not_take_over_the_older_sign_in(user: User, at: datetime) -> None:
    Person.objects.filter(pk=user.person_id).update(phone="13712340000")
    ask(at)
    newcomer = use(waiting_code(), at)
    assert newcomer != user
    assert newcomer.login != PHONE
