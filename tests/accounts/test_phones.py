"""Mobile numbers as people type them."""

import pytest

from accounts.phones import BadPhone, looks_like_phone, normalise_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13812342046",
        " 138 1234 2046 ",
        "138-1234-2046",
        "+8613812342046",
        "+86 138 1234 2046",
        "008613812342046",
        "8613812342046",
        "１３８１２３４２０４６",
        "＋８６１３８１２３４２０４６",
        "138\u00a01234\u00a02046",
        "(+86)138 1234 2046",
    ],
)
def test_any_usual_way_of_typing_is_understood(typed: str) -> None:
    assert normalise_phone(typed) == "13812342046"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1381234204",
        "138123420467",
        "12812342046",
        "0357-2222000",
        "abc",
        "+113812342046",
        "1381234204x",
        "٠١٢",
    ],
)
def test_anything_else_is_refused_with_a_clear_sentence(typed: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        normalise_phone(typed)
    assert "11 位手机号" in refusal.value.sentence()
    assert not looks_like_phone(typed)


def test_a_number_that_begins_with_the_country_code_digits_keeps_them() -> None:
    assert normalise_phone("18612342046") == "18612342046"
