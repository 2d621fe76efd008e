"""Two people at one moment, on the real database."""

import threading

import pytest
from django.db import connection, connections

from core.once import AlreadyDone, Key, fresh_key
from core.refusals import Refused
from core.workflow import StepRefused
from grievances import actions
from grievances.models import Case
from grievances.routing import Holder
from tests.communities import make

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls):
    """Run the calls at one moment, each on its own connection; gives results or refusals in order."""
    barrier = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(index, call):
        try:
            barrier.wait()
            answers[index] = call()
        except Refused as refusal:
            answers[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.ensure_connection()
    return answers


def test_two_people_accept_at_once_and_one_of_them_has_it(town):
    make.grant(town.qian, "grid_worker", town.grid, at=town.at(days=1))
    case = town.dispatched()
    answers = together(
        *(lambda who=who: actions.accept(case_id=case.pk, by=who, at=town.now) for who in (town.zhao, town.qian))
    )
    won = [answer for answer in answers if isinstance(answer, Case)]
    lost = [answer for answer in answers if isinstance(answer, StepRefused)]
    assert (len(won), len(lost)) == (1, 1)
    case.refresh_from_db()
    assert case.handler == won[0].handler
    assert (lost[0].last.step, lost[0].last.actor, lost[0].last.at) == ("accept", case.handler, town.now)
    assert case.history.filter(step="accept").count() == 1


def test_two_dispatchers_at_once_and_one_word_counts(town):
    make.grant(town.zhou, "dispatcher", town.areas["滨河社区"], at=town.at(days=1))
    case = town.report()
    seen = case.last_seq
    answers = together(
        lambda: actions.dispatch(
            case_id=case.pk, by=town.sun, holder=town.holder(), why="漏水", at=town.now, expect=seen
        ),
        lambda: actions.dispatch(
            case_id=case.pk,
            by=town.zhou,
            holder=Holder(organisation=town.company),
            why="物业",
            at=town.now,
            expect=seen,
        ),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Case", "StepRefused"]


def test_the_same_press_twice_at_once_is_one_step(town):
    case = town.dispatched()
    key = Key(f"person:{town.zhao.pk}", fresh_key())
    answers = together(
        *[
            lambda: actions.contact(
                case_id=case.pk, by=town.zhao, how="phone", line="约好了", at=town.now, once=key, address="/cases/1/"
            )
        ] * 4
    )  # fmt: skip
    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert {answer.address for answer in answers if isinstance(answer, AlreadyDone)} == {"/cases/1/"}
    assert case.history.filter(step="contact").count() == 1


def test_the_same_report_twice_at_once_is_one_case(town):
    key = Key(f"person:{town.li.pk}", fresh_key())
    answers = together(*[lambda: town.report(once=key)] * 3)
    assert Case.objects.count() == 1
    assert {answer.address for answer in answers if isinstance(answer, AlreadyDone)} == {
        f"/cases/{Case.objects.get().pk}/"
    }
