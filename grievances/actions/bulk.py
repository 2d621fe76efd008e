"""One step on a selection of cases: each in a transaction of its own, judged by the table like a single one."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from core.once import AlreadyDone, Key
from core.refusals import Refused
from grievances import queries, routing
from grievances.actions.dispatching import dispatch, reject, triage
from grievances.models import Case, Category, Person
from grievances.workflow import State


@dataclass
class Bulk:
    """What became of a selection: the cases that took the step, and the others each with the reason."""

    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


class NotOffered(Refused):
    """The chosen holder does not serve the place of this case."""

    def __init__(self, holder: routing.Holder) -> None:
        super().__init__(_("%(who)s不管这个地方，这件请单独派。") % {"who": holder.words})


def dispatch_as_proposed(*, case_ids: Collection[int], by: Person, at: datetime, once: Key | None = None) -> Bulk:
    """Give each case to the holder that its own rule proposes."""

    def step(case: Case, key: Key | None) -> None:
        back = _newest_return(case) if case.state == State.RETURNED else None
        proposal = queries.proposal_for(case, back)
        dispatch(
            case_id=case.pk, by=by, holder=proposal.holder, why=proposal.why[:200], at=at, rule_id=proposal.rule_id,
            rule_version=proposal.version, inputs=proposal.inputs,
            category=case.category, empty=proposal.empty, expect=case.last_seq, once=key,
        )  # fmt: skip

    return _each(case_ids, by, once, step)


def dispatch_all(
    *, case_ids: Collection[int], by: Person, holder: routing.Holder, why: str, at: datetime, once: Key | None = None
) -> Bulk:
    """Give every case to one holder, for one reason; those of places that the holder does not serve are refused."""
    offered: dict[int, list[routing.Holder]] = {}

    def step(case: Case, key: Key | None) -> None:
        if case.area_id not in offered:
            offered[case.area_id] = routing.possible_holders(case.area)
        if holder not in offered[case.area_id]:
            raise NotOffered(holder)
        dispatch(
            case_id=case.pk, by=by, holder=holder, why=why, at=at, category=case.category, expect=case.last_seq,
            once=key,
        )  # fmt: skip

    return _each(case_ids, by, once, step)


def recategorise_all(
    *, case_ids: Collection[int], by: Person, category: Category, reason: str, at: datetime, once: Key | None = None
) -> Bulk:
    """Give every case one category; urgency and a raised tier stay, the deadlines are worked out anew."""

    def step(case: Case, key: Key | None) -> None:
        triage(
            case_id=case.pk, by=by, category=category, urgency=case.urgency, tier=case.tier, reason=reason, at=at,
            expect=case.last_seq, once=key,
        )  # fmt: skip

    return _each(case_ids, by, once, step)


def reject_all(
    *, case_ids: Collection[int], by: Person, code: str, where_instead: str, at: datetime, once: Key | None = None
) -> Bulk:
    """Tell every reporter that it is not for this platform, with the same words where to go."""

    def step(case: Case, key: Key | None) -> None:
        reject(
            case_id=case.pk, by=by, code=code, where_instead=where_instead, at=at, expect=case.last_seq, once=key
        )  # fmt: skip

    return _each(case_ids, by, once, step)


def _each(case_ids: Collection[int], by: Person, once: Key | None, step: Callable[[Case, Key | None], None]) -> Bulk:
    """Take the step on each case of the selection; a repeated form finds what it did before and does it no more."""
    result = Bulk()
    for case in queries.selected(by, case_ids):
        key = Key(once.owner, uuid.uuid5(once.key, str(case.pk))) if once is not None else None
        try:
            step(case, key)
        except AlreadyDone:
            result.done.append(case)
        except Refused as why:
            result.refused.append((case, why.sentence()))
        else:
            result.done.append(case)
    return result


def _newest_return(case: Case) -> queries.StepView | None:
    return next((view for view in reversed(queries.steps_of(case)) if view.row.step == "return"), None)
