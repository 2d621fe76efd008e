"""Two at one moment with a hand-over at shift end, on the real database: one wins, the other is told by whom."""

import pytest

from core.workflow import StepRefused
from grievances import actions
from grievances.actions.shift import NothingGoes, OfferOver, Shifted
from grievances.models import Case, ShiftItem, ShiftOffer
from tests.grievances.test_races import together
from tests.grievances.town import LONG_ENOUGH

pytestmark = pytest.mark.django_db(transaction=True)
OFTEN = pytest.mark.parametrize("tries", [5, pytest.param(200, marks=pytest.mark.long)])


def offer(town, case, to="qian"):
    return actions.offer_shift(
        by=town.zhao, to=town.people[to], case_ids=[case.pk], words="钥匙在门卫", at=town.at(minutes=20)
    )


def answers_of(town, pk):
    return {
        "take": lambda: actions.take_shift(offer_id=pk, by=town.qian, at=town.now),
        "decline": lambda: actions.decline_shift(offer_id=pk, by=town.qian, why="忙", at=town.now),
        "withdraw": lambda: actions.withdraw_shift(offer_id=pk, by=town.zhao, at=town.now),
    }


@OFTEN
@pytest.mark.parametrize("pair", [("take", "withdraw"), ("take", "decline"), ("take", "take")])
def test_of_two_answers_one_wins(town, tries, pair):
    for _try in range(tries):
        case = town.handling()
        pk = offer(town, case).offer.pk
        ways = answers_of(town, pk)
        got = together(*(ways[name] for name in pair))
        lost = [one for one in got if isinstance(one, OfferOver)]
        assert len(lost) == 1
        ended = ShiftOffer.objects.select_related("answered_by").get(pk=pk)
        assert str(ended.answered_by) in lost[0].sentence()
        handler = Case.objects.get(pk=case.pk).handler
        assert handler == (town.qian if ended.answer == "taken" else town.zhao)
        assert not ShiftItem.objects.filter(case=case, is_open=True).exists()


@OFTEN
def test_of_two_offers_of_one_case_one_goes(town, tries):
    for _try in range(tries):
        case = town.handling()
        got = together(lambda c=case: offer(town, c), lambda c=case: offer(town, c, to="zhou"))
        assert [isinstance(one, Shifted) for one in got].count(True) == 1
        assert [isinstance(one, NothingGoes) for one in got].count(True) == 1
        assert ShiftItem.objects.filter(case=case, is_open=True).count() == 1


@OFTEN
def test_taking_while_the_giver_finishes_it(town, tries):
    for _try in range(tries):
        case = town.handling()
        pk = offer(town, case).offer.pk
        took, done = together(
            lambda pk=pk: actions.take_shift(offer_id=pk, by=town.qian, at=town.now),
            lambda c=case: actions.result(
                case_id=c.pk, by=town.zhao, result_text=LONG_ENOUGH, at=town.now, expect=c.last_seq
            ),
        )
        now = Case.objects.get(pk=case.pk)
        if isinstance(done, StepRefused):
            assert (took.cases, now.handler) == (1, town.qian)
            assert done.last.actor == town.qian
        else:
            assert (took.cases, now.handler, now.state) == (0, town.zhao, "feedback")
            assert case.number in took.left[0]
