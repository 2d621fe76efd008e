"""What a holder has in hand, and whether they are on duty, before one is chosen."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.reference import steady
from grievances import queries, routing
from grievances.models import Case
from tests.communities import make

CITY = ZoneInfo("Asia/Shanghai")
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=CITY)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=CITY)


def loads(town, at=None):
    codes = [holder.code for holder in routing.possible_holders(town.grid)]
    return queries.load_of(codes, town.grid, at or town.now)


def test_open_and_late_work_is_counted_by_holder(town):
    town.dispatched()
    late = town.handling()
    Case.objects.filter(pk=late.pk).update(due_at=town.now - timedelta(hours=1))
    town.dispatched(holder=routing.Holder(organisation=town.company))
    town.dispatched(holder=town.holder(town.next_grid))
    town.finished()
    found = loads(town)
    here = found[town.holder().code]
    assert (here.open, here.late) == (2, 1)
    assert (found[f"organisation:{town.company.pk}"].open, found[town.holder(town.next_grid).code].open) == (1, 1)
    assert found[f"role:dispatcher:{town.areas['滨河社区'].pk}"].open == 0


def test_one_query_however_many_holders(town, django_assert_num_queries):
    codes = [holder.code for holder in routing.possible_holders(town.grid)]
    queries.load_of(codes, town.grid, town.now)
    with steady(), django_assert_num_queries(3):
        queries.load_of(codes, town.grid, town.now)


def test_duty_is_read_from_the_places_hours(town):
    code = town.holder().code
    assert loads(town, MONDAY_TEN)[code].words == "手上没有事 · 值班"
    assert loads(town, SUNDAY_NIGHT)[code].words == "手上没有事 · 不在值班时间"
    assert queries.Load(5, 1).words == "手上 5 件，1 件超时 · 值班"


def test_who_is_away_is_said_with_the_day_and_who_stands_in(town):
    make.stand_in(town.zhao, town.qian, at=town.now)
    assert "赵建国不在岗，到 " in loads(town)[town.holder().code].words
    assert "钱芳代班" in loads(town)[town.holder().code].words
    assert "不在岗" not in loads(town)[town.holder(town.next_grid).code].words
    named = queries.load_of([f"person:{town.zhao.pk}"], town.grid, town.now)
    assert "不在岗" in named[f"person:{town.zhao.pk}"].words


def test_the_choices_of_the_desk_carry_it(town, at_work):
    town.dispatched()
    case = town.report()
    page = at_work(town.sun).get(reverse("desk"), {"case": case.pk}).content.decode()
    assert "手上 1 件" in page
    assert page.count('type="radio" name="dispatch-holder"') == len(routing.possible_holders(town.grid))


def test_a_person_who_is_proposed_is_counted_too(town):
    case = town.dispatched(holder=routing.Holder(person=town.zhou))
    proposal = routing.Proposal(routing.Holder(person=town.zhou), 0, "")
    (title, choices), *_rest = queries.holder_choices(case.area, town.now, proposal)
    assert (title, choices[0][0]) == ("建议", f"person:{town.zhou.pk}")
    assert choices[0][1].load.startswith("手上 1 件")
