"""Areas from files: all or nothing, said by line, and the same file twice changes nothing."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from communities import actions, queries
from communities.models import Area, AreaEvent, CodePattern
from communities.rules import ImportRefused
from tests.communities.make import NOW

DIVISIONS = Path(__file__).resolve().parents[3] / "shared" / "data" / "divisions" / "linfen_divisions.csv"
GOOD = """kind,code,name,parent_code,parent_kind,subtype,population,lat,lng
grid,g-1,第1网格,xq-1,,,,,
city,1410,临汾市,,,,4000000,36.088,111.519
community,141002002001,滨河社区,141002002,,urban,,,
district,141002,尧都区,1410,,,,,
street,141002002,鼓楼西街街道,141002,,,,,
compound,xq-1,锦绣花园,141002002001,,,,,
grid,g-2,直属网格,141002002001,,,,,
"""


def take(text, by=None):
    return actions.import_areas(content=text.encode() if isinstance(text, str) else text, by=by, at=NOW)


def reasons(text):
    with pytest.raises(ImportRefused) as refused:
        take(text)
    assert not Area.objects.exists(), "nothing may stay of a refused file"
    return dict(refused.value.errors)


@pytest.mark.django_db
def test_a_file_in_any_order_becomes_a_sound_tree():
    assert take(GOOD).created == 7
    assert queries.verify_areas() == []
    grid = Area.objects.get(code="g-1")
    assert queries.path_words(grid) == ["尧都区", "鼓楼西街街道", "滨河社区", "锦绣花园", "第1网格"]
    assert Area.objects.get(kind="city").code == "141000000000"
    assert Area.objects.get(code="g-2").parent.kind == "community"
    assert AreaEvent.objects.filter(what="created").count() == 7


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing():
    take(GOOD)
    before = list(Area.objects.order_by("pk").values())
    done = take(GOOD)
    assert (done.created, done.changed, done.unchanged) == (0, 0, 7)
    assert before == list(Area.objects.order_by("pk").values())


@pytest.mark.django_db
def test_a_second_file_adds_and_renames_without_moving():
    take(GOOD)
    done = take(GOOD.replace("锦绣花园", "锦绣新苑") + "grid,g-3,第2网格,xq-1,,,,,\n")
    assert (done.created, done.changed) == (1, 1)
    assert Area.objects.get(code="xq-1").name == "锦绣新苑"
    assert queries.verify_areas() == []


@pytest.mark.django_db
def test_files_of_a_spreadsheet_are_read():
    assert take(GOOD.encode("gb18030")).created == 7
    assert take("\ufeff" + GOOD.replace("\n", "\r\n")).unchanged == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("house,1,x,1410,,,,,", "类别"),
        ("street,14100200x,x,141002,,,,,", "12 位"),
        ("street,,x,141002,,,,,", "12 位"),
        ("street,141002003,,141002,,,,,", "名称"),
        (f"street,141002003,{'长' * 81},141002,,,,,", "名称"),
        ("street,141002003,x,141099,,,,,", "找不到上级"),
        ("street,141002003,x,,,,,,", "找不到上级"),
        ("street,141002003,x,1410,,,,,", "找不到上级"),
        ("city,1411,x,1410,,,,,", "市没有上级"),
        ("grid,g-1,x,xq-1,,,,,", "不止一次"),
        ("community,141002002009,x,141002002,,rural,,,", "subtype"),
        ("community,141002002009,x,141002002,,,many,,", "population"),
        ("community,141002002009,x,141002002,,,,36.1,", "一起填"),
        ("community,141002002009,x,141002002,,,,north,111", "数字"),
        ("community,141002002009,x,141002002,,,,96.1,111", "范围"),
        ("community,141002002009,x,141002002,,,,NaN,111", "范围"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line, words):
    assert words in reasons(GOOD + line + "\n")[9]


@pytest.mark.django_db
def test_every_bad_line_is_named_at_once():
    found = reasons(GOOD + "house,1,x,1410,,,,,\n\nstreet,abc,x,141002,,,,,\n")
    assert set(found) == {9, 11}


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "name,code\nx,1\n", b"\x00\x01\x02", b"PK\x03\x04\xff\xfe\x00"])
def test_what_is_no_list_of_areas_is_refused_in_a_sentence(text):
    assert 1 in reasons(text)


@pytest.mark.django_db
def test_an_import_does_not_move_an_area():
    take(GOOD + "street,141002003,水塔街街道,141002,,,,,\n")
    moved = GOOD.replace("community,141002002001,滨河社区,141002002", "community,141002002001,滨河社区,141002003")
    with pytest.raises(ImportRefused) as refused:
        take(moved + "street,141002003,水塔街街道,141002,,,,,\n")
    assert refused.value.errors[0][0] == 4
    assert "滨河社区" in refused.value.sentence()


@pytest.mark.django_db
def test_a_parent_code_used_twice_asks_for_the_parent_s_kind():
    two = GOOD + "compound,141002002001,同码小区,141002002001,,,,,\n"
    lines = dict.fromkeys((8,), "grid")
    assert set(reasons(two)) == set(lines)
    fixed = two.replace("grid,g-2,直属网格,141002002001,", "grid,g-2,直属网格,141002002001,community")
    assert take(fixed).created == 8


@pytest.mark.django_db
def test_the_city_s_pattern_holds_for_files_too():
    CodePattern.objects.create(kind="grid", pattern=r"WG[0-9]+", words="WG 加数字")
    assert "WG 加数字" in reasons(GOOD)[2]


@pytest.mark.django_db
@pytest.mark.skipif(not DIVISIONS.exists(), reason="the shared list of divisions is not here")
def test_the_statistics_bureau_s_list_of_linfen_is_taken_in(capsys):
    call_command("import_areas", str(DIVISIONS))
    assert "2502 areas new" in capsys.readouterr().out
    assert queries.verify_areas() == []
    gulou = Area.objects.get(code="141002002005")
    assert (gulou.name, gulou.short_name, gulou.subtype) == ("鼓楼社区", "鼓楼", "urban")
    village = Area.objects.get(code="141082202236")
    assert (village.name, village.subtype) == ("凤栖村", "village")
    assert not Area.objects.filter(name__regex="(居委会|村委会|委员会)$").exists()
    call_command("import_areas", str(DIVISIONS))
    assert "0 areas new, 0 changed, 2502" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_names_lines_and_takes_nothing(tmp_path, capsys):
    path = tmp_path / "areas.csv"
    path.write_text(GOOD + "house,1,x,1410,,,,,\n")
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_areas", str(path))
    assert "areas.csv:9:" in capsys.readouterr().err
    with pytest.raises(CommandError, match="cannot read"):
        call_command("import_areas", str(tmp_path / "none.csv"))
    assert not Area.objects.exists()
