"""Statements that are written once: the same rows as the queryset, with other values each time."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, models
from django.db.models import Count, Q, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person, User
from core.history import StepText
from core.statements import COUNT, Among, Given, Statement, insert, insert_new, next_id, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [Person.objects.create(name=name) for name in ("甲", "乙", "丙")]


def test_rows_follow_the_values_given(people):
    named = Statement(lambda: Person.objects.filter(name=Given("name")).order_by("pk"))
    assert [named.rows(name=one.name) for one in people] == [[one] for one in people]
    assert named.rows(name="丁") == []
    assert named.first(name="丙") == people[2]
    assert named.first(name="丁") is None


def test_the_queryset_is_built_once_for_a_shape(people):
    built = []

    def build(order):
        built.append(order)
        return Person.objects.filter(pk__gte=Given("least")).order_by(order)

    ordered = Statement(build)
    for _again in range(3):
        assert ordered.rows("pk", least=people[0].pk) == people
        assert ordered.rows("-pk", least=people[0].pk) == people[::-1]
    assert built == ["pk", "-pk"]


def test_a_list_of_any_length_is_one_text(people):
    among = Statement(lambda: Person.objects.filter(Among("pk", Given("ids"))).order_by("pk"))
    with CaptureQueriesContext(connection) as asked:
        for count in range(4):
            assert among.rows(ids=[one.pk for one in people[:count]]) == people[:count]
    assert len({query["sql"].count(",") for query in asked.captured_queries}) > 1, "the lists differ"
    assert len(asked) == 4


def test_related_rows_and_values_come_as_from_a_queryset(people):
    user = User.objects.create_user("someone", person=people[1])
    joined = Statement(lambda: User.objects.select_related("person").filter(login=Given("login")))
    found = joined.first(login="someone")
    with CaptureQueriesContext(connection) as asked:
        assert found is not None
        assert (found, found.person.name) == (user, "乙")
    assert len(asked) == 0
    pairs = Statement(lambda: User.objects.filter(login=Given("login")).values_list("pk", "person__name"))
    assert pairs.rows(login="someone") == [(user.pk, "乙")]
    flat = Statement(lambda: User.objects.filter(login=Given("login")).values_list("person__name", flat=True))
    assert flat.rows(login="someone") == ["乙"]


def test_prefetched_rows_come_along(people):
    User.objects.create_user("someone", person=people[1])
    statement = Statement(lambda: Person.objects.filter(pk=Given("pk")).prefetch_related("user"))
    found = statement.rows(pk=people[1].pk)[0]
    with CaptureQueriesContext(connection) as asked:
        assert found.user.login == "someone"
    assert len(asked) == 0


def test_values_stand_in_unions_groups_and_conditions(people):
    now = timezone.now()
    Person.objects.filter(pk=people[0].pk).update(created_at=now - timedelta(days=9))
    word = models.CharField()

    def build():
        old = Person.objects.filter(created_at__lt=Given("now") - Value(timedelta(days=5))).order_by()
        new = Person.objects.filter(~Q(created_at__lt=Given("now") - Value(timedelta(days=5)))).order_by()
        counted = [
            part.annotate(what=Given(name, word)).values("what").annotate(n=Count("pk")).values_list("what", "n")
            for part, name in ((old, "old"), (new, "new"))
        ]
        return counted[0].union(counted[1], all=True)

    counts = Statement(build)
    assert dict(counts.rows(now=now, old="旧", new="新")) == {"旧": 1, "新": 2}
    assert dict(counts.rows(now=now + timedelta(days=99), old="a", new="b")) == {"a": 3}


def test_nothing_is_asked_where_nothing_can_match(people):
    never = Statement(lambda: Person.objects.filter(pk__in=[], name=Given("name")))
    with CaptureQueriesContext(connection) as asked:
        assert never.rows(name="甲") == []
    assert len(asked) == 0


def test_a_value_that_is_missing_is_said():
    with pytest.raises(KeyError, match="name"):
        Statement(lambda: Person.objects.filter(name=Given("name"))).rows()


def test_a_value_is_never_part_of_the_text(people):
    named = Statement(lambda: Person.objects.filter(name=Given("name")))
    assert named.rows(name="甲' OR '1'='1") == []
    assert named.rows(name="%s") == []


def test_words_of_an_enumeration_are_words():
    class Colour(models.TextChoices):
        RED = "red", "red"

    one = Person.objects.create(name="red")
    assert Statement(lambda: Person.objects.filter(name=Given("name"))).rows(name=Colour.RED) == [one]


def test_how_many_rows_there_are(people):
    named = Statement(lambda: Person.objects.filter(name=Given("name")).order_by().values_list(COUNT, flat=True))
    assert (named.rows(name="甲"), named.rows(name="丁")) == ([1], [0])


def test_a_row_is_inserted_as_save_would(people):
    text = StepText(body="楼道的灯不亮", salt=b"s" * 16, digest=b"d" * 32)
    insert(text)
    kept = StepText.objects.get(pk=text.pk)
    assert (kept.body, bytes(kept.salt), bytes(kept.digest), kept.erased_at) == (
        "楼道的灯不亮",
        b"s" * 16,
        b"d" * 32,
        None,
    )
    text.body = "修好了"
    text.save()
    assert StepText.objects.get(pk=text.pk).body == "修好了"


def test_a_row_may_have_its_id_before_it_is_inserted(people):
    pk = next_id(Person)
    one = Person(pk=pk, name="戊")
    insert(one)
    assert Person.objects.get(name="戊").pk == pk
    assert next_id(Person) > pk


def test_every_column_is_written_and_a_row_that_is_gone_is_said(people):
    one = people[0]
    one.name, one.elder_mode = "己", True
    update(one)
    one.refresh_from_db()
    assert (one.name, one.elder_mode) == ("己", True)
    Person.objects.filter(pk=one.pk).delete()
    with pytest.raises(DatabaseError, match="not there"):
        update(one)


def test_rows_that_are_there_are_left_out(people):
    phone = "13712342048"
    insert_new([Person(name="庚", phone=phone), Person(name="辛", phone=phone), Person(name="壬")])
    insert_new([])
    assert set(Person.objects.filter(name__in=["庚", "辛", "壬"]).values_list("name", flat=True)) == {"庚", "壬"}


@pytest.mark.django_db(transaction=True)
def test_threads_run_one_statement_side_by_side():
    people = [Person.objects.create(name=f"n{number}") for number in range(8)]
    named = Statement(lambda: Person.objects.filter(name=Given("name")))
    wrong = []

    def work(person):
        try:
            wrong.extend(person.name for _again in range(50) if named.rows(name=person.name) != [person])
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
