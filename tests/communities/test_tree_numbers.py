"""The numbers of the tree: kept by the lock, checked, counted anew; rows follow a move."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from communities import actions, queries
from communities.actions import tree
from communities.models import Area, AreaEvent, Building, ModuleSwitchLog
from tests.communities.make import NOW, area, community, small_linfen, street
from tests.things.models import Parcel


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def findings():
    return {finding.what for finding in queries.verify_areas()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("lft = rght", "its right number is not above its left, or not of the other parity"),
        ("lft = lft + 500, rght = rght + 500", "it is not inside its parent"),
        ("level = level + 1", "its level is not one below its parent's (0 for a city)"),
        ("tree_id = 77", "it is not inside its parent"),
    ],
)
def test_each_broken_number_is_found_named_and_mended(linfen, change, told):
    sql(f"UPDATE communities_area SET {change} WHERE id = %s", linfen["平阳社区"].pk)
    found = queries.verify_areas()
    assert told in {finding.what for finding in found}
    assert "平阳社区" in " ".join(str(finding) for finding in found)
    assert actions.rebuild_areas() > 0
    assert queries.verify_areas() == []


def test_overlapping_brothers_are_found(linfen):
    one = linfen["滨河社区"]
    sql("UPDATE communities_area SET lft = %s, rght = %s WHERE id = %s", one.lft, one.rght, linfen["平阳社区"].pk)
    assert "it overlaps the one before it under the same parent" in findings()


def test_a_gap_is_found(linfen):
    sql("UPDATE communities_area SET rght = rght + 2 WHERE id = %s", linfen["临汾市"].pk)
    assert findings() == {"its tree's numbers do not run from 1 to twice the number of areas without a gap"}


def test_two_cities_in_one_tree_are_found(linfen):
    sql(
        "UPDATE communities_area SET tree_id = %s WHERE id = %s",
        linfen["临汾市"].tree_id,
        area("city", None, "运城市").pk,
    )
    assert "another city has the same tree number" in findings()
    actions.rebuild_areas()
    assert findings() == set()


def test_a_rebuild_of_a_sound_tree_changes_nothing(linfen):
    street(linfen["尧都区"], "水塔街街道")
    before = list(Area.objects.order_by("pk").values_list("pk", "tree_id", "lft", "rght", "level"))
    assert actions.rebuild_areas() == 0
    assert before == list(Area.objects.order_by("pk").values_list("pk", "tree_id", "lft", "rght", "level"))


def test_a_rebuild_from_nothing_keeps_the_order_of_brothers(linfen):
    before = list(Area.objects.order_by("tree_id", "lft").values_list("name", "lft", "rght", "level"))
    sql("UPDATE communities_area SET level = 0, rght = lft + 1, tree_id = 9")
    actions.rebuild_areas()
    assert before == list(Area.objects.order_by("tree_id", "lft").values_list("name", "lft", "rght", "level"))


def test_the_commands_say_what_they_found(linfen, capsys):
    call_command("verify_areas")
    assert "sound" in capsys.readouterr().out
    sql("UPDATE communities_area SET level = 7 WHERE id = %s", linfen["平阳社区"].pk)
    with pytest.raises(CommandError):
        call_command("verify_areas")
    assert "平阳社区" in capsys.readouterr().err
    call_command("rebuild_areas")
    assert "1 areas" in capsys.readouterr().out


def test_rows_in_a_place_follow_its_move_in_batches(linfen, monkeypatch):
    monkeypatch.setattr(tree, "REKEY_BATCH", 3)
    for _ in range(8):
        parcel = Parcel()
        parcel.place_at(linfen["滨河社区第1网格"])
        parcel.save()
    stays = Parcel()
    stays.place_at(linfen["平阳社区第1网格"])
    stays.save()
    other = street(linfen["尧都区"], "水塔街街道")
    actions.move_area(area_id=linfen["滨河社区"].pk, parent_id=other.pk, by=None, at=NOW)
    moved = Parcel.objects.filter(area=linfen["滨河社区第1网格"])
    assert set(moved.values_list("street_id", "community_id", "compound_id")) == {
        (other.pk, linfen["滨河社区"].pk, linfen["锦绣花园"].pk)
    }
    stays.refresh_from_db()
    assert stays.street_id == linfen["鼓楼西街街道"].pk


def test_an_interrupted_re_keying_goes_on_where_it_stopped(linfen, capsys):
    for _ in range(4):
        parcel = Parcel()
        parcel.place_at(linfen["锦绣花园"])
        parcel.save()
    half = list(Parcel.objects.values_list("pk", flat=True)[:2])
    Parcel.objects.filter(pk__in=half).update(street=None, compound=linfen["府东小区"])
    assert "2 rows of things.Parcel" in " ".join(str(finding) for finding in queries.verify_areas())
    call_command("rekey_areas", "--area", str(linfen["锦绣花园"].pk))
    assert "2 rows" in capsys.readouterr().out
    assert queries.verify_areas() == []
    call_command("rekey_areas")
    assert "0 rows" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("rekey_areas", "--area", "999999999")


def test_the_database_keeps_the_order_of_kinds(linfen):
    bohe = linfen["滨河社区"]
    for change in (
        {"parent_kind": "district"},
        {"kind": "street"},
        {"parent_id": linfen["锦绣花园"].pk},
        {"parent_id": None},
        {"code": "12"},
        {"lat": 36, "lng": None},
        {"lat": 136, "lng": 111},
        {"valid_until": "1990-01-01"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.filter(pk=bohe.pk).update(**change)


def test_the_database_refuses_a_building_outside_a_compound(linfen):
    with pytest.raises(IntegrityError), transaction.atomic():
        Building.objects.create(compound=linfen["滨河社区"], name="1号楼")
    with pytest.raises(IntegrityError), transaction.atomic():
        Building.objects.create(compound=linfen["滨河社区"], compound_kind="community", name="1号楼")


def test_what_was_done_is_not_rewritten(linfen):
    for change in (
        lambda: AreaEvent.objects.update(reason="x"),
        lambda: AreaEvent.objects.all()._raw_delete("default"),
        lambda: sql("UPDATE communities_areaevent SET reason = 'x'"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert not ModuleSwitchLog.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_tree_is_written_under_its_lock_only():
    linfen = small_linfen()
    yaodu = linfen["尧都区"]
    for change in (
        lambda: Area.objects.filter(pk=yaodu.pk).update(lft=1),
        lambda: sql("DELETE FROM communities_area WHERE id = %s", linfen["滨河社区第1网格"].pk),
        lambda: Area(
            kind="street", parent=yaodu, parent_kind="district", code="1" * 12, name="x", valid_from="2026-01-01"
        ).save(),
    ):
        with pytest.raises(DatabaseError, match=r"communities\.actions"):
            change()
    with pytest.raises(transaction.TransactionManagementError):
        tree.lock_tree()
    Area.objects.filter(pk=yaodu.pk).update(duty_phone="2222")
    assert queries.verify_areas() == []


@pytest.mark.django_db(transaction=True)
def test_many_hands_at_once_leave_the_tree_sound():
    linfen = small_linfen()
    ways = [linfen["滨河社区"], linfen["平阳社区"], linfen["锦绣花园"], linfen["府东小区"]]
    errors: list[Exception] = []
    start = threading.Barrier(9)

    def insert(worker: int) -> None:
        start.wait()
        try:
            for turn in range(4):
                actions.create_area(
                    kind="grid",
                    parent_id=ways[(worker + turn) % 4].pk,
                    code=f"w{worker}-{turn}",
                    name="网格",
                    by=None,
                    at=NOW,
                )
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    def move() -> None:
        start.wait()
        try:
            for turn in range(6):
                target = ways[turn % 2]
                actions.move_area(area_id=linfen["锦绣花园"].pk, parent_id=target.pk, by=None, at=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(8)]
    threads.append(threading.Thread(target=move))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Area.objects.filter(kind="grid").count() == 4 + 32
    assert queries.verify_areas() == []


def test_ended_and_open_areas_share_the_tree(linfen):
    gone = community(linfen["鼓楼西街街道"], "旧社区")
    actions.end_area(area_id=gone.pk, by=None, at=NOW)
    community(linfen["鼓楼西街街道"], "新社区")
    assert queries.verify_areas() == []
    names = [found.name for found in queries.areas_under(linfen["临汾市"], "community")]
    assert names == ["滨河社区", "平阳社区", "新社区"]
