"""Cases count: whatever people do, the kept sums are those of the cases, and numbers are those of their lists."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities import actions as areas
from core import figures
from core.figures import EVERYWHERE, STOCK_DAY, Counted, FigureDay, FigureDelta, Span
from core.recounting import recount
from core.refusals import Refused
from core.workflow import Actor
from grievances import actions
from grievances.figures import facts
from grievances.models import Case
from grievances.queries import board
from grievances.queries.board import KEYS, Scope
from grievances.queries.board_places import board_place
from tests.communities import make
from tests.grievances.test_walks import LIKELY, PEOPLE, VERBS, move

STATES = ("reported", "dispatched", "handling", "returned", "feedback", "closed", "rejected", "withdrawn")
PLACES = ("临汾市", "尧都区", "鼓楼西街街道", "滨河社区", "锦绣花园", "滨河社区第1网格")


def scope_of(town, who="qin", place="临汾市", days=30, **facts) -> Scope:
    today = timezone.localdate(town.now)
    span = Span(today - timedelta(days=days - 1), today)
    return Scope(board_place(town.people[who], town.areas[place].pk), span, town.now, **facts)


def number(scope: Scope, name: str) -> Counted:
    return board.numbers(scope, [scope.area], [name])[scope.area.pk, name]


@pytest.fixture
def busy(town):
    """A town with cases in every state, of several categories, places and days, half of them folded."""
    for count, state in enumerate(STATES):
        town.in_state(state)
        if count % 3 == 0:
            figures.fold(limit=5)
    for days, code in ((1, "leak"), (2, "drain"), (35, "gas"), (40, None)):
        category = town.categories[code] if code else None
        moment = town.at(days=days)
        town.report(at=moment, recorded_at=moment, category=category, area=town.far_grid)
    town.report(area=town.areas["锦绣花园"], category=town.categories["leak"])
    town.report(area=town.areas["滨河社区"], category=town.categories["water"], visibility="confidential")
    return town


def test_what_a_case_counts_for_follows_its_way(town):
    case = town.report()
    kept = {fact.key for fact in facts(case)}
    assert kept == {"cases.in", "cases.open"}
    case = town.finished()
    assert {fact.key for fact in facts(case)} == {"cases.in", "cases.open", "cases.done", "cases.on_time"}
    case = actions.rate(case_id=case.pk, actor=Actor.of(town.li), contacted=True, stars=5, at=town.now)
    assert {fact.key for fact in facts(case)} == {"cases.in", "cases.out", "cases.done", "cases.on_time"}


def test_a_reopened_case_leaves_the_day_it_ended(town):
    case = town.finished()
    actions.take_due_step(case.pk, "close_unrated", town.at(minutes=20), town.at(minutes=20))
    assert number(scope_of(town), "out").now == 1
    figures.fold()
    actions.reopen(case_id=case.pk, actor=Actor.of(town.li), reason="还在漏", at=town.at(minutes=10))
    for _time in range(2):
        assert number(scope_of(town), "out").now == 0
        assert number(scope_of(town), "done").now == 0
        assert number(scope_of(town), "open").now == 1
        figures.fold()


def test_a_changed_category_moves_the_count(town):
    case = town.report(category=town.categories["leak"])
    leak, gas = (scope_of(town, category=town.categories[code]) for code in ("leak", "gas"))
    assert (number(leak, "in").now, number(gas, "in").now) == (1, 0)
    actions.dispatch(
        case_id=case.pk, by=town.sun, holder=town.holder(), why="是燃气", at=town.now, category=town.categories["gas"]
    )
    assert (number(leak, "in").now, number(gas, "in").now) == (0, 1)
    assert number(scope_of(town, category=town.categories["water"]), "in").now == 1


def test_a_step_that_changes_no_count_writes_nothing(town):
    case = town.dispatched()
    FigureDelta.objects.all().delete()
    actions.accept(case_id=case.pk, by=town.zhao, at=town.at(minutes=50))
    assert FigureDelta.objects.count() == 0


def test_a_refused_step_counts_nothing(town):
    case = town.report()
    waiting = FigureDelta.objects.count()
    with pytest.raises(Refused):
        actions.accept(case_id=case.pk, by=town.wang, at=town.now)
    assert FigureDelta.objects.count() == waiting


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_every_number_is_that_of_its_list(busy, place, folded):
    if folded:
        figures.fold()
    for category in (None, "water", "leak"):
        scope = scope_of(busy, place=place, category=busy.categories[category] if category else None)
        for name in KEYS:
            shown = board.read(name, scope)
            assert shown.count == shown.cases.count(), (name, category)


def test_the_numbers_of_a_place_are_those_below_it(busy):
    names = ("in", "out", "open", "overdue", "done", "on_time", "due_soon")
    for place in PLACES[:3]:
        scope = scope_of(busy, place=place)
        found = board.numbers(scope, [scope.area, *scope.place.children], names)
        for name in names:
            assert found[scope.area.pk, name].now == sum(found[child.pk, name].now for child in scope.place.children), (
                place,
                name,
            )


def test_the_span_before_is_counted_beside(busy):
    assert number(scope_of(busy), "in") == Counted(12, 2)
    assert number(scope_of(busy, place="平阳社区"), "in") == Counted(2, 2)
    yesterday = timezone.localdate(busy.now) - timedelta(days=1)
    assert number(scope_of(busy, days=1), "in").before == Case.objects.filter(reported_at__date=yesterday).count() >= 1


def test_topics_are_counted_alike_in_large_and_small_places(busy):
    def counted(place):
        codes = {category.pk: code for code, category in busy.categories.items()}
        return {codes[pk]: count for pk, count in board.topics(scope_of(busy, place=place))}

    assert counted("临汾市") == {"leak": (2, 0), "drain": (1, 0), "water": (1, 0)}
    assert counted("尧都区") == counted("鼓楼西街街道") == counted("临汾市")
    assert counted("滨河社区") == {"leak": (1, 0), "water": (1, 0)}


def test_work_in_hand_is_listed_by_who_has_it(busy):
    found = {load.words: load for load in board.workload(scope_of(busy))}
    assert found["赵建国"].open == 1
    assert found["第1网格 · 网格员"].open == 1
    for load in found.values():
        scope = scope_of(busy, worker=load.code)
        assert number(scope, "hand").now == load.open
        assert number(scope, "hand_late").now == load.late
        assert board.listed("hand", scope).count() == load.open


def test_an_unknown_hand_holds_nothing(busy):
    for code in ("x1", "p", "p99999999999999999999", "r1", "p1 OR 1=1", "o999"):
        assert number(scope_of(busy, worker=code), "hand").now == 0


def test_a_recount_finds_what_the_actions_wrote(busy):
    found = recount(mend=False)
    assert (found.subjects, found.shown) == (14, [])
    figures.fold()
    assert recount(mend=False).count == 0


def test_a_recount_mends_a_lost_sum(busy):
    figures.fold()
    FigureDay.objects.filter(place=EVERYWHERE, key="cases.open", day=STOCK_DAY).delete()
    assert recount(mend=True).count > 0
    assert number(scope_of(busy), "open").now == Case.objects.filter(closed_at=None).count()


@pytest.mark.parametrize("folded", [False, True])
def test_figures_follow_an_area_that_moves(busy, folded):
    other = make.street(busy.areas["尧都区"], "解放路街道")
    make.grant(busy.han, "street_official", other)
    if folded:
        figures.fold()
    before = number(scope_of(busy, place="鼓楼西街街道"), "in").now
    moved = number(scope_of(busy, place="滨河社区"), "in").now
    areas.move_area(area_id=busy.areas["滨河社区"].pk, parent_id=other.pk, by=None, at=busy.now)
    busy.areas["解放路街道"] = other
    assert number(scope_of(busy, place="鼓楼西街街道"), "in").now == before - moved
    assert number(scope_of(busy, "han", "解放路街道"), "in").now == moved
    assert recount(mend=False).count == 0
    figures.fold()
    assert recount(mend=False).count == 0


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(
    moves=st.lists(
        st.one_of(st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE)), st.integers(1, 6)),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_people_do_the_sums_are_those_of_the_cases(town, moves):
    at = town.at(minutes=200)
    with transaction.atomic():
        town.__dict__["main"] = town.report(at=at, recorded_at=at, text="同一处又漏了。")
        case = town.report(at=at, recorded_at=at)
    for step in (*LIKELY, *moves):
        at += timedelta(minutes=1)
        if isinstance(step, int):
            figures.fold(limit=step)
            continue
        try:
            with transaction.atomic():
                move(town, case.pk, *step, at)
        except Refused:
            continue
    assert recount(mend=False).shown == []
    for name in ("in", "out", "open", "done", "on_time"):
        shown = board.read(name, scope_of(town))
        assert shown.count == shown.cases.count(), name
