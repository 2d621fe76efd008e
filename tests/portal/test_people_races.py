"""Two administrators at one moment, on the real database."""

import pytest
from django.utils import timezone

from communities import actions
from communities.models import RoleGrant
from communities.rules import AlreadyEnded, AlreadyGranted, StillNamed
from core.workflow import StepRefused
from grievances import actions as work
from grievances.rules import NotInHands
from tests.communities import make
from tests.grievances.test_races import together
from tests.grievances.town import BEGINNING, newcomer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(town):
    """A second administrator of the city."""
    who = newcomer("另一位", 13812349009)
    make.grant(who, "city_admin", town.areas["临汾市"], at=BEGINNING)
    return who


def refusals(answers):
    return sorted(type(answer).__name__ for answer in answers if isinstance(answer, Exception))


def test_two_administrators_end_each_other_and_one_stays(town, other):
    pairs = [(town.qin, other), (other, town.qin)]
    answers = together(
        *(
            lambda by=by, whose=whose: actions.revoke_role(
                grant_id=whose.role_grants.get().pk, by=by, at=timezone.now()
            )
            for by, whose in pairs
        )
    )
    left = RoleGrant.objects.filter(role="city_admin", valid_until=None)
    assert left.count() == 1
    assert refusals(answers) in (["LastAdmin"], ["NotAllowed"])


def test_two_end_one_role_and_it_ends_once(town, other):
    grant = town.sun.role_grants.get()
    answers = together(
        *(lambda by=by: actions.revoke_role(grant_id=grant.pk, by=by, at=timezone.now()) for by in (town.qin, other))
    )
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [AlreadyEnded]


def test_two_give_one_role_and_it_is_given_once(town, other):
    answers = together(
        *(
            lambda by=by, minutes=minutes: actions.grant_role(
                person=town.zhao, role="grid_worker", area=town.next_grid, by=by, at=town.at(minutes=minutes)
            )
            for minutes, by in enumerate((town.qin, other))
        )
    )
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [AlreadyGranted]


def test_the_last_two_roles_ended_at_once_leave_no_work_behind(town, other):
    make.grant(town.zhao, "grid_worker", town.next_grid, at=BEGINNING)
    town.handling()
    grants = list(town.zhao.role_grants.all())
    answers = together(
        *(
            lambda by=by, pk=grant.pk: actions.revoke_role(grant_id=pk, by=by, at=timezone.now())
            for by, grant in zip((town.qin, other), grants, strict=True)
        )
    )
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [StillNamed]


def test_two_hand_one_case_over_and_one_of_them_did(town, other):
    case = town.handling()
    answers = together(
        *(
            lambda by=by, to=to: work.hand_over_case(
                case_id=case.pk, leaving=town.zhao, to=to, reason="调走了", by=by, at=timezone.now()
            )
            for by, to in ((town.qin, town.qian), (other, town.sun))
        )
    )
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], StepRefused | NotInHands)
    assert case.history.filter(step="hand_over").count() == 1
