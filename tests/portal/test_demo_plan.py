"""The plan of the demo's two thousand cases, looked at without a database."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from communities.models import Role
from core.worktime import CITY, Calendar
from grievances.workflow import STANDING, State
from portal.demo.cases import REQUESTS
from portal.demo.people import STAFF
from portal.demo.plan import AFTER, FIRST, TOTAL, Planned, Planner, ending
from portal.demo.roster import FIRST_PHONE, roster
from portal.demo.wording import phrases

STARTED = datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
CATALOGUE = Path(__file__).parents[2] / "grievances" / "catalogue.csv"
BY_STAFF = frozenset(
    {"dispatch", "dispatch_body", "accept", "contact", "give_back", "result", "result_again", "reject", "release"}
)


def categories() -> dict[str, SimpleNamespace]:
    """The sub categories of the catalogue, as the planner needs them."""
    with CATALOGUE.open(encoding="utf-8", newline="") as lines:
        return {
            row["name"]: SimpleNamespace(
                contact_hours=int(row["contact_hours"]), done_hours=int(row["done_hours"]),
                is_safety=row["is_safety"] == "1",
            )
            for row in csv.DictReader(lines)
            if "-" in row["code"]
        }  # fmt: skip


def planner(started: datetime = STARTED) -> Planner:
    return Planner(started, Calendar(), categories())


@pytest.fixture(scope="module")
def plan() -> list[Planned]:
    whole = planner()
    return [whole.planned(number) for number in range(TOTAL)]


def test_a_number_tells_the_same_case_in_every_process(plan):
    other = planner()
    assert [other.planned(number) for number in (1999, 60, 777, 3)] == [plan[n] for n in (1999, 60, 777, 3)]


def test_every_state_appears_and_most_are_closed(plan):
    states = Counter(ending(planned, STARTED) for planned in plan)
    assert set(states) == set(State.values)
    assert 0.75 < states[State.CLOSED] / TOTAL < 0.92
    first = Counter(ending(planned, STARTED) for planned in plan[:FIRST])
    assert set(first) == set(State.values)


def test_the_endings_have_believable_shares(plan):
    made = plan[len(REQUESTS) :]
    rated = [planned for planned in made if "rate" in planned.verbs]
    assert 0.65 < len(rated) / len(made) < 0.85
    stars = Counter(planned.request.stars for planned in rated)
    assert (stars[5] + stars[4]) / len(rated) > 0.8
    assert set(stars) == {1, 2, 3, 4, 5}
    assert 0.03 < sum("reopen" in planned.verbs for planned in made) / len(made) < 0.1
    assert 0.02 < sum("give_back" in planned.verbs for planned in made) / len(made) < 0.08
    kinds = Counter(planned.request.visibility for planned in made)
    assert 0.6 < kinds["public"] / len(made) < 0.75
    assert 10 < kinds["confidential"] < 100


def test_part_of_what_may_be_public_is_on_the_wall(plan):
    shown = [planned for planned in plan if "release" in planned.verbs]
    assert {planned.request.visibility for planned in shown} == {"public"}
    assert {ending(planned, STARTED) for planned in shown} <= STANDING
    assert any(ending(planned, STARTED) != State.CLOSED for planned in shown)
    assert 0.2 < len(shown) / TOTAL < 0.4


def test_nothing_lies_ahead_and_steps_follow_each_other(plan):
    for planned in plan:
        moments = [planned.at, *(at for _verb, at in planned.steps)]
        assert moments == sorted(moments), planned
        assert moments[-1] < STARTED, planned
        assert planned.at > STARTED - timedelta(days=183)


def test_staff_work_in_working_hours_and_residents_sleep_at_night(plan):
    calendar = Calendar()
    for planned in plan[len(REQUESTS) :]:
        assert 7 <= planned.at.astimezone(CITY).hour < 23
        for verb, at in planned.steps:
            if verb in BY_STAFF:
                assert calendar.is_open(at - timedelta(seconds=1)) or calendar.is_open(at), (planned, verb)
            else:
                assert 7 <= at.astimezone(CITY).hour < 23, (planned, verb)


def test_more_is_reported_on_weekdays(plan):
    days = Counter(planned.at.astimezone(CITY).weekday() for planned in plan[len(REQUESTS) :])
    assert min(days[day] for day in range(5)) > max(days[5], days[6])


def test_the_texts_differ_and_fit_their_fields(plan):
    texts = Counter(planned.request.text for planned in plan)
    assert len(texts) > 0.85 * TOTAL
    assert max(texts.values()) < 8
    for planned in plan[len(REQUESTS) :]:
        assert "{" not in planned.request.text + planned.request.result
        assert len(planned.request.result) >= 10


def test_every_sub_category_has_its_sentences():
    assert {said.name for said in phrases()} == set(categories())


def test_no_number_can_be_dialled_and_no_resident_is_named(plan):
    assert str(FIRST_PHONE).startswith("154")
    assert all(body.phone.startswith("0357-0000") for body in roster().bodies)
    thanked = {staff.name for staff in STAFF}
    named = {living.name for living in roster().residents} | {staff.name for staff in roster().staff} - thanked
    said = "\n".join(
        f"{planned.request.text}{planned.request.result}{planned.request.praised}" for planned in plan
        if planned.request.visibility == "public"
    )  # fmt: skip
    assert [name for name in named if len(name) > 2 and name in said] == []
    assert re.findall(r"1[3-9]\d{9}|0\d{2,3}-\d{7}", said) == []


def test_everybody_is_there():
    whole = roster()
    assert 290 <= whole.size <= 330
    assert 165 <= len(whole.residents) <= 190
    granted = {staff.role for staff in whole.staff} | {Role.ORG_LEAD, Role.ORG_STAFF, Role.SECRETARY, Role.RESIDENT}
    assert granted == set(Role.values)
    districts = {staff.place for staff in whole.staff if staff.role == Role.DISTRICT_OFFICIAL}
    assert len(districts) == 17
    names = [living.name for living in whole.residents] + [staff.name for staff in whole.staff]
    assert len(set(names)) == len(names)
    assert set(AFTER.values()) <= set(State.values)
