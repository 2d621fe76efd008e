"""Reference data: what a process keeps is never older than the statement that asked."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communities import queries
from communities.models import AREAS, Area, ModuleSwitch
from communities.modules import is_on
from core.reference import EditionRow, editions, steady, thin
from tests.communities.test_modules import NOW

pytestmark = pytest.mark.django_db


def rename(name, *, pk):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE communities_area SET short_name = %s WHERE id = %s", [name, pk])


def test_a_change_past_the_models_is_read_at_once(linfen):
    grid = linfen["滨河社区第1网格"]
    assert AREAS.get().one(grid.pk).short_name == ""
    rename("一网格", pk=grid.pk)
    assert AREAS.get().one(grid.pk).short_name == "一网格"


def test_what_was_rolled_back_is_not_kept(linfen):
    grid = linfen["滨河社区第1网格"]
    with transaction.atomic():
        rename("一网格", pk=grid.pk)
        assert AREAS.get().one(grid.pk).short_name == "一网格"
        transaction.set_rollback(True)
    assert AREAS.get().one(grid.pk).short_name == ""


def test_known_areas_cost_one_short_statement(linfen, django_assert_num_queries):
    linfen["滨河社区"].path()
    with django_assert_num_queries(1):
        assert [step.name for step in linfen["滨河社区"].path()][-1] == "滨河社区"
    with steady():
        editions()
        with django_assert_num_queries(0):
            linfen["滨河社区第1网格"].path()
            queries.ancestors_of(linfen["滨河社区"])


def test_what_a_page_itself_changes_it_sees(linfen):
    place = linfen["滨河社区"]
    with steady():
        assert is_on("grievances", place)
        ModuleSwitch.objects.create(area=place, module="grievances", state="off", changed_at=NOW)
        assert not is_on("grievances", place)


def test_after_waiting_for_a_lock_the_editions_are_asked_again(linfen):
    with steady(), transaction.atomic():
        editions()
        list(Area.objects.select_for_update(no_key=True, of=("self",)).filter(pk=linfen["滨河社区"].pk))
        with CaptureQueriesContext(connection) as asked:
            editions()
        assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_another_process_change_is_read(linfen):
    grid = linfen["滨河社区第1网格"]
    assert AREAS.get().one(grid.pk).short_name == ""

    def elsewhere():
        rename("一网格", pk=grid.pk)
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert AREAS.get().one(grid.pk).short_name == "一网格"


def test_editions_are_thinned_and_never_repeat(linfen):
    pk = linfen["滨河社区第1网格"].pk
    for number in range(60):
        rename(str(number), pk=pk)
    before = editions()["communities_area"]
    assert thin() >= 60
    assert EditionRow.objects.filter(table="communities_area").count() == 1
    assert editions()["communities_area"] not in (before, (before[0], 1))
    assert thin() == 0


def test_no_area_is_no_path():
    assert AREAS.get().path(987_654_321) == []
    with pytest.raises(Area.DoesNotExist):
        AREAS.get().one(987_654_321)
