"""The catalogue that every installation starts with, and the command that loads it."""

import csv
from collections import Counter

import pytest
from django.core.management import call_command

from communities.models import Organisation
from communities.roles import Role
from grievances.management.commands.load_categories import CATALOGUE
from grievances.models import Category, Tier

KINDS = set(Organisation.OrganisationKind.values)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def loaded(db) -> None:
    call_command("load_categories", verbosity=0)


def test_it_covers_the_field(rows):
    mains = [row for row in rows if not row["parent"]]
    assert len(mains) >= 12
    assert len(rows) - len(mains) >= 60
    words = " ".join(row["name"] for row in rows)
    for word in ("市容环卫", "物业", "公用设施", "噪声", "油烟", "停车", "电动车充电", "供水", "供电", "燃气", "暖气", "电梯",
                 "邻里纠纷", "违章搭建", "养老", "助残", "消防"):  # fmt: skip
        assert word in words, word


def test_codes_and_names_stand_once(rows):
    assert [code for code, n in Counter(row["code"] for row in rows).items() if n > 1] == []
    assert [name for name, n in Counter((row["parent"], row["name"]) for row in rows).items() if n > 1] == []


def test_mains_come_before_their_subs_and_have_some(rows):
    seen = set()
    for row in rows:
        assert not row["parent"] or row["parent"] in seen, row["name"]
        seen.add(row["code"])
    mains = {row["code"] for row in rows if not row["parent"]}
    assert {row["parent"] for row in rows if row["parent"]} == mains


def test_every_value_makes_sense(rows):
    for row in rows:
        contact, done = int(row["contact_hours"]), int(row["done_hours"])
        assert 0 < contact <= done <= 160, row["name"]
        assert 0 <= int(row["photos_before"]) <= 3, row["name"]
        assert 0 <= int(row["photos_after"]) <= 3, row["name"]
        assert int(row["least_text"]) >= 5, row["name"]
        assert row["tier"] in Tier.values, row["name"]
        assert row["handler"] in {Role.GRID_WORKER, Role.DISPATCHER} | KINDS, row["name"]
        assert row["is_safety"] in ("0", "1"), row["name"]


def test_danger_is_looked_at_the_same_day(rows):
    slow = [row["name"] for row in rows if row["is_safety"] == "1" and int(row["contact_hours"]) > 4]
    assert slow == []


def test_mains_have_icons(rows):
    assert [row["name"] for row in rows if not row["parent"] and not row["icon"]] == []


def test_the_command_loads_everything(loaded, rows):
    assert Category.objects.count() == len(rows)
    leak = Category.objects.get(name="水管漏水")
    assert (leak.parent.name, leak.contact_hours, leak.photos_after) == ("水电气暖", 2, 1)
    assert Category.objects.get(name="燃气问题").is_safety


def test_loading_again_changes_nothing_an_administrator_set(loaded, rows, capsys):
    Category.objects.filter(code="utility-01").update(done_hours=99, name="跑冒滴漏", is_active=False)
    call_command("load_categories")
    kept = Category.objects.get(code="utility-01")
    assert (kept.done_hours, kept.name, kept.is_active) == (99, "跑冒滴漏", False)
    assert Category.objects.count() == len(rows)
    assert "0 new" in capsys.readouterr().out


def test_overwrite_sets_the_catalogues_values_again(loaded):
    Category.objects.filter(code="utility-01").update(done_hours=99, name="跑冒滴漏")
    call_command("load_categories", overwrite=True, verbosity=0)
    leak = Category.objects.get(code="utility-01")
    assert (leak.done_hours, leak.name) == (16, "水管漏水")


def test_a_row_that_was_added_later_comes_in(loaded):
    Category.objects.filter(code="other-02").delete()
    call_command("load_categories", verbosity=0)
    assert Category.objects.filter(code="other-02").exists()
