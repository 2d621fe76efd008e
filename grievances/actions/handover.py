"""A person leaves: their open cases and the rules that name them go to those who take over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from communities import roles
from communities.rules import named_work
from core.history import History
from core.refusals import Refused
from core.workflow import Actor
from grievances import queries, routing
from grievances.actions.base import flow
from grievances.actions.rules import retarget_rules
from grievances.models import Case, CaseHolder, DispatchRule, Person
from grievances.rules import CannotTake, NotInHands


@dataclass
class Handed:
    """What a hand-over did: how many cases and rules went over, and the sentences of those that did not."""

    cases: int = 0
    rules: int = 0
    refused: list[str] = field(default_factory=list)


def hand_over_case(
    *, case_id: int, leaving: Person, to: Person, reason: str, by: Person, at: datetime
) -> Case:  # fmt: skip
    """Give one open case of ``leaving`` to ``to``: the state stays, the clock runs on, the history says it.

    ``to`` must act for the organisation that holds the case, or work in its community or above it.
    Raises CannotTake, NotInHands, and the refusals of the table of steps.
    """
    found = Case.objects.select_related("area", "holder_area", "holder_organisation").get(pk=case_id)
    if leaving.pk not in (found.handler_id, found.holder_person_id):
        raise NotInHands
    judge_taker(case=found, to=to, leaving=leaving, at=at)

    def then(case: Case, row: History) -> None:
        hand_on(case=case, leaving=leaving, to=to)

    return flow.take(
        "hand_over", case_id, actor=Actor.of(by), at=at, expect=found.last_seq, then=then,
        texts={"reason": reason}, to=f"person:{to.pk}", holder=holder_after(case=found, leaving=leaving, to=to),
    )  # fmt: skip


def holder_after(*, case: Case, leaving: Person, to: Person) -> str:
    """The code of the holder once ``to`` stands where ``leaving`` stood."""
    person = to if case.holder_person_id == leaving.pk else None
    return routing.Holder(person, case.holder_organisation, case.holder_role, case.holder_area).code


def hand_on(*, case: Case, leaving: Person, to: Person) -> None:
    """Put ``to`` wherever the case names ``leaving``; the organisation or the role that holds it stays."""
    if case.handler_id == leaving.pk:
        case.handler = to
    if case.holder_person_id == leaving.pk:
        case.holder_person = to
    CaseHolder.objects.get_or_create(case=case, person=to)


def hand_over_all(
    *, leaving: Person, cases: Mapping[int, Person], rules: Mapping[int, Person], reason: str, by: Person, at: datetime
) -> Handed:
    """Hand over the chosen cases and rules, by id to whom; each in a transaction of its own.

    What somebody else moved meanwhile is left and told; pressing again goes on with what is left.
    """
    handed = Handed()
    for case_id, to in sorted(cases.items(), key=lambda pair: pair[0]):
        try:
            hand_over_case(case_id=case_id, leaving=leaving, to=to, reason=reason, by=by, at=at)
        except Refused as why:
            handed.refused.append(why.sentence())
        else:
            handed.cases += 1
    for rule in queries.rules_naming(leaving).filter(pk__in=list(rules)):
        try:
            _retarget(rule, rules[rule.pk], by, at)
        except Refused as why:
            handed.refused.append(why.sentence())
        else:
            handed.rules += 1
    return handed


def _retarget(rule: DispatchRule, to: Person, by: Person, at: datetime) -> None:
    if not roles.works_for(to, rule.area, at):
        raise CannotTake(str(to))
    retarget_rules(rules=[rule], to=to, by=by, at=at)


def judge_taker(*, case: Case, to: Person, leaving: Person, at: datetime) -> None:
    """``to`` acts for the organisation that holds the case, or works for its place. Raises CannotTake."""
    fits = roles.works_for(to, case.area, at)
    if case.holder_organisation_id is not None:
        fits = case.holder_organisation_id in roles.organisations_of(to, at)
    if not fits or to.pk == leaving.pk:
        raise CannotTake(str(to))


named_work.register("grievances", queries.named_words)
