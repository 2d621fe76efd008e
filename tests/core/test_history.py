"""What was written stays what it was, and a missing or changed row is found."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from core import sealing
from core.history import Seal, StepText, append_only_sql
from core.workflow import Actor
from tests.things.models import Thing, ThingHistory
from tests.things.steps import flow


@pytest.fixture
def walked(thing, owner, now):
    """A thing with four rows, one of them with words."""
    flow.take("note", thing.pk, actor=Actor.of(owner), at=now, texts={"words": "水管漏了😀𠮷"})
    flow.take("start", thing.pk, actor=Actor.of(owner), at=now, until=now, count=3)
    return flow.take("finish", thing.pk, actor=Actor.of(owner), at=now)


def words() -> list[str]:
    return [fault.words for fault in sealing.faults(ThingHistory)]


def test_an_untouched_history_is_whole(walked):
    assert words() == []
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "every history is whole" in out.getvalue()


@pytest.mark.parametrize(
    "change",
    [{"step": "strat"}, {"to_state": "done"}, {"given": {"count": 4}}, {"role": "other"}, {"actor_kind": "guest"},
     {"at": "2026-01-01T00:00:00Z"}, {"part": "x"}, {"acted_for": "owner"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_one_changed_field_is_found(walked, owner, change):
    change = {name: owner if value == "owner" else value for name, value in change.items()}
    ThingHistory.objects.filter(subject=walked, step="start").update(**change)
    assert words() == ["row 3 was changed"]


def test_one_changed_byte_of_a_hash_is_found(walked):
    row = ThingHistory.objects.get(subject=walked, step="note")
    changed = bytes([bytes(row.hash)[0] ^ 1]) + bytes(row.hash)[1:]
    ThingHistory.objects.filter(pk=row.pk).update(hash=changed)
    assert words() == ["row 2 was changed", "row 3 does not follow row 2"]


def test_one_changed_byte_of_a_text_is_found(walked):
    StepText.objects.update(body="水管漏了😀𠮸")
    assert words() == ["row 2: the text 'words' was changed"]


def test_a_text_changed_together_with_its_digest_is_found(walked):
    other = StepText.write("something else")
    StepText.objects.exclude(pk=other.pk).update(body=other.body, salt=other.salt, digest=other.digest)
    assert words() == ["row 2 was changed"]


def test_a_missing_last_row_is_found(walked):
    ThingHistory.objects.filter(subject=walked, step="finish").delete()
    assert words() == ["the last row should be 4, found 3"]


def test_a_missing_middle_row_is_found(walked):
    ThingHistory.objects.filter(subject=walked, step="note").delete()
    assert words()[0] == "row 2 is missing (found 3)"


def test_an_erased_text_still_verifies(walked, now):
    StepText.objects.update(body="", salt=b"", erased_at=now)
    assert words() == []


def test_the_database_refuses_a_text_that_is_erased_and_still_there(walked, now):
    with pytest.raises(DatabaseError), transaction.atomic():
        StepText.objects.update(erased_at=now)


def test_a_whole_subject_that_is_gone_breaks_the_seal(walked, now):
    sealing.seal_day(day=now.date(), at=now)
    ThingHistory.objects.all().delete()
    Thing.objects.all().delete()
    assert "counts 4 rows, found 0" in words()[0]


def test_seals_follow_one_another_and_a_second_one_of_the_day_is_not_made(walked, owner, now):
    sealing.seal_day(day=now.date(), at=now)
    assert sealing.seal_day(day=now.date(), at=now) == []
    flow.begin("make", Thing(owner=owner), actor=Actor.of(owner), at=now)
    tomorrow = now + timedelta(days=1)
    sealing.seal_day(day=tomorrow.date(), at=tomorrow)
    assert [seal.rows for seal in Seal.objects.filter(table="things_thinghistory").order_by("day")] == [4, 1]
    assert words() == []


def test_a_seal_that_was_changed_is_found(walked, now):
    sealing.seal_day(day=now.date(), at=now)
    Seal.objects.filter(table="things_thinghistory").update(root=b"\x01" * 32)
    assert "the seal of" in words()[0]


def test_the_command_names_what_is_wrong_and_fails(walked):
    ThingHistory.objects.filter(subject=walked, step="finish").delete()
    with pytest.raises(CommandError):
        call_command("verify_history", stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("sql", ["UPDATE {} SET step = 'x'", "DELETE FROM {}"])
def test_the_trigger_refuses_change_and_deletion(walked, sql):
    table = ThingHistory._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(append_only_sql(table)[0])
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(sql.format(table))
        cursor.execute(append_only_sql(table)[1])


def test_the_history_of_cases_carries_the_trigger(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'grievances_casehistory_append_only'")
        assert cursor.fetchone() == (1,)
