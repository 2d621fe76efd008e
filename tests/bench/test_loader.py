"""The generated city holds every check that the real one holds."""

from collections import Counter

import pytest
from django.utils import timezone

from bench.loader import load
from core import doctor
from core.history import StepText
from core.recounting import recount
from core.sealing import faults
from core.timers import Timer
from grievances.models import Case, CaseHistory, CaseHolder
from tests.grievances.town import build

STATES = ("reported", "dispatched", "handling", "returned", "waiting", "suspended", "feedback", "closed", "rejected")


@pytest.fixture
def town(db):
    made = build(timezone.now())
    for state in STATES:
        made.in_state(state)
    return made


def test_three_hundred_cases_stand_every_check(town):
    before = {result.check.key: result.level for result in doctor.examine(doctor.Look(timezone.now()), slow=True)}

    assert load(300) == 300

    assert Case.objects.count() == len(STATES) + 300
    assert list(faults(CaseHistory)) == []
    assert recount(mend=False).count == 0
    after = {result.check.key: result.level for result in doctor.examine(doctor.Look(timezone.now()), slow=True)}
    assert {key: level for key, level in after.items() if level != before[key]} == {}


def test_a_copy_shares_nothing_with_its_pattern(town):
    load(40)
    owners = Counter(pk for row in CaseHistory.objects.all() for pk in row.texts.values())

    assert max(owners.values()) == 1
    assert StepText.objects.values("salt").distinct().count() == StepText.objects.count()
    assert Case.objects.values("last_hash").distinct().count() == Case.objects.count()


@pytest.mark.parametrize(
    ("state", "model", "key"), [("closed", CaseHolder, "case_id"), ("dispatched", Timer, "subject_id")]
)
def test_a_copy_brings_what_belongs_to_its_case(town, state, model, key):
    pattern = Case.objects.get(state=state)
    wanted = model.objects.filter(**{key: pattern.pk}).count()
    load(180)
    case = Case.objects.filter(state=state).order_by("-pk").first()

    assert case.pk != pattern.pk
    assert model.objects.filter(**{key: case.pk}).count() == wanted > 0


def test_new_cases_follow_after_the_copies(town):
    load(20)
    last = Case.objects.order_by("-pk").first().pk

    assert town.report().pk > last
    assert recount(mend=False).count == 0


def test_without_a_pattern_it_says_so(db):
    with pytest.raises(ValueError, match="no closed case"):
        load(1)
