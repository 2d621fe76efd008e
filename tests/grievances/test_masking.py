"""Masking: whatever stands around it, no number, plate, door or name of those concerned is left."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievances.masking import left_in, mask

AROUND = st.text(alphabet="楼道漏水请来看看，。！（）老人滑倒了 \n", max_size=12)
GAPS = st.sampled_from(["", " ", "-", "－", ".", "\u200b", "\u3000", "· "])


def in_groups(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return gap.join([*groups, digits[at:]])


phones = st.builds(
    in_groups,
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from([(), (3, 4), (5,), (4, 3), (3, 3, 3)]),
    GAPS,
)
landlines = st.builds(
    in_groups, st.from_regex(r"0[1-9][0-9]{9}", fullmatch=True), st.sampled_from([(), (3,), (4,), (4, 4)]), GAPS
)
identities = st.builds(
    in_groups,
    st.from_regex(r"[1-6][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-2][0-9][0-9]{3}[0-9Xx]", fullmatch=True),
    st.sampled_from([(), (6,), (6, 8)]),
    GAPS,
)
wide = phones.map(
    lambda phone: "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isdigit() else sign for sign in phone)
)
plates = st.from_regex(r"[晋京鲁豫陕][A-Z][ ·]?([0-9]{5}|[A-Z][0-9]{4}|[DF][0-9]{5})", fullmatch=True)
doors = st.builds(
    lambda building, between, unit, room, tail: f"{building}{between}{unit}单元{room}{tail}",
    st.sampled_from(["3号楼", "12 栋", "甲座", "三号楼", "6幢"]),
    st.sampled_from(["", " ", "，"]),
    st.sampled_from(["1", "2", "三", "十二"]),
    st.integers(101, 3299).map(str),
    st.sampled_from(["", "室", "号", "户"]),
)


def numbers_in(text: str) -> list[str]:
    return re.findall(r"\d{7,}", re.sub(r"[^\w]|_", "", text))


@given(AROUND, st.one_of(phones, landlines, identities, wide), AROUND)
def test_no_number_is_left(before, number, after):
    shown = mask(before + number + after)
    assert numbers_in(shown) == []
    assert not any(sign.isdigit() for sign in shown)
    assert left_in(shown) == []
    assert left_in(before + number + after)


@given(AROUND, plates, AROUND)
def test_no_plate_is_left(before, plate, after):
    shown = mask(before + plate + after)
    assert plate not in shown
    assert not any(sign.isdigit() for sign in shown)
    assert left_in(before + plate + after)


@given(AROUND, doors, AROUND)
def test_no_unit_and_no_door_is_left(before, door, after):
    shown = mask(before + door + after)
    assert "单元" not in shown
    assert not re.search(r"\d{3}", shown)
    assert left_in(shown) == []


@given(AROUND, st.sampled_from(["李晓梅", "欧阳修远", "赵建国"]), AROUND)
def test_no_name_of_those_concerned_is_left(before, name, after):
    text = before + name + after
    assert name not in mask(text, names=[name])
    assert left_in(text, names=[name]) == [name]


@given(AROUND, st.one_of(phones, identities, plates, doors), AROUND)
def test_masking_again_changes_nothing(before, secret, after):
    shown = mask(before + secret + after)
    assert mask(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3 号楼2单元501漏水", "3 号楼漏水"), ("3号楼501室漏水", "3号楼漏水"), ("三号楼三单元门口的灯", "三号楼门口的灯"),
        ("我住3-2-501", "我住3 号楼"), ("幸福小区12栋1单元1201", "幸福小区12栋"), ("张建国先生说", "某先生说"),
        ("请王女士来", "请某女士来"), ("姓名：李晓梅", "姓名：某某"), ("我叫李晓梅，住这里", "我叫某某，住这里"),
        ("微信号 abc12345", "微信号 （账号已隐去）"), ("晋L12345堵门", "（车牌已隐去）堵门"), ("写信到 a.b@c.cn", "写信到 （邮箱已隐去）"),
    ],
)  # fmt: skip
def test_it_reads_well(text, shown):
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05 10:30 停水",
        "已处理 100 平方米 3000元",
        "两室一厅",
        "3号楼3层停电",
        "一位先生说没水",
        "周三 8 点到 12 点",
        "第 2 网格",
        "等了 15 天",
    ],
)
def test_what_names_nobody_stays(text):
    assert mask(text) == text
    assert left_in(text) == []
