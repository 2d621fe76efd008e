"""The reporter's writes: a report comes in, is taken back, is left."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.queries import may_act_for
from communities.modules import is_on
from core.history import History
from core.once import Key
from core.workflow import Actor
from grievances import queries, routing
from grievances.actions.base import attach, end, flow, set_clocks, start_clocks, take, take_off_wall
from grievances.actions.dispatching import dispatch
from grievances.actions.merging import lock_with_merged, set_free
from grievances.actions.pausing import end_pause
from grievances.models import Area, Case, CasePhoto, Category, Kind, Person, Source, Urgency, Visibility
from grievances.rules import NotForThem, ReportingOff
from grievances.workflow import Wall

TITLE_LENGTH = 40


def report(
    *, by: Person, area: Area, text: str, at: datetime, reporter: Person | None = None, kind: str = Kind.HELP,
    source: str = Source.RESIDENT, visibility: str = Visibility.NOT_PUBLIC, category: Category | None = None,
    address: str = "", point: tuple[float, float] | None = None, photo_ids: Sequence[str] = (), owner: str = "",
    once: Key | None = None, recorded_at: datetime | None = None,
) -> Case:  # fmt: skip
    """Take in a report and start both clocks; a rule that says "at once" dispatches it in the same go.

    ``by`` is who writes, ``reporter`` for whom (default: themselves); ``point`` is (lat, lng) in WGS-84;
    ``owner`` owns the draft photos ``photo_ids``. An offence (举报) is always confidential. Raises
    NotForThem, AlreadyDone, the refusals of media.attach and of the table.
    """
    whose = reporter or by
    if whose != by and not may_act_for(by, whose, at):
        raise NotForThem
    if not is_on("grievances", area):
        raise ReportingOff(area.name)
    case = new_case(
        area=area, text=text, at=at, kind=kind, source=source if whose == by else Source.PROXY, category=category,
        visibility=visibility, reporter=whose, proxy=by if whose != by else None, address=address, point=point,
    )  # fmt: skip

    def then(saved: Case, row: History) -> None:
        attach(saved, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        start_clocks(saved)

    # Without a category nothing is dispatched at once, and the step's own transaction is enough.
    with transaction.atomic() if category is not None else nullcontext():
        case = flow.begin(
            "report", case, actor=Actor.of(by, whose if whose != by else None), at=at, recorded_at=recorded_at,
            once=once, address=queries.address_of, texts={"text": text}, then=then, kind=case.kind, source=case.source,
            area=area.pk, category=category.code if category else "", photos=len(photo_ids),
        )  # fmt: skip
        return dispatch_at_once(case=case, at=at, recorded_at=recorded_at)


def new_case(
    *, area: Area, text: str, at: datetime, kind: str, source: str, category: Category | None, visibility: str,
    reporter: Person | None, proxy: Person | None = None, address: str = "", urgency: str = Urgency.NORMAL,
    point: tuple[float, float] | None = None,
) -> Case:  # fmt: skip
    """A case that is not saved yet, with its place and both deadlines. An offence (举报) is always confidential."""
    case = Case(
        kind=kind, source=source, category=category, title=title_of(text), reporter=reporter, proxy=proxy,
        visibility=Visibility.CONFIDENTIAL if kind == Kind.OFFENCE else visibility, address=address, urgency=urgency,
        reported_at=at,
    )  # fmt: skip
    case.wall = Wall.WAITS if case.visibility == Visibility.PUBLIC else Wall.NEVER
    case.lat, case.lng = point or (None, None)
    case.place_at(area)
    set_clocks(case)
    return case


def dispatch_at_once(*, case: Case, at: datetime, recorded_at: datetime | None) -> Case:
    """Dispatch a new case where its category was chosen and the rule that fits says "at once"."""
    if case.category is None:
        return case
    proposal = routing.propose_for(case, at=at)
    if not proposal.at_once:
        return case
    return dispatch(
        case_id=case.pk, by=None, holder=proposal.holder, why=proposal.why, rule_id=proposal.rule_id,
        rule_version=proposal.version, inputs=proposal.inputs, at=at, recorded_at=recorded_at, empty=proposal.empty,
    )  # fmt: skip


def title_of(text: str) -> str:
    """The first line or sentence of a report, short enough for a list."""
    first = text.strip().splitlines()[0].strip() if text.strip() else ""
    for stop in "。！？!?；;":
        first = first.split(stop)[0] or first
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def withdraw(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The reporter takes the request back; what happened stays on record. What was merged into it goes on alone."""

    def then(case: Case, row: History) -> None:
        end_pause(case=case, at=at)
        end(case, at)
        take_off_wall(case, Wall.NEVER)

    with transaction.atomic():
        joined = lock_with_merged(case_id)
        withdrawn = take("withdraw", case_id, by, at, then=then, **options)
        set_free(joined, at=at, recorded_at=options.get("recorded_at"))
    return withdrawn


def leave(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The reporter of a safety case follows it no longer; the work on it goes on."""

    def then(case: Case, row: History) -> None:
        case.reporter_left = True

    return take("leave", case_id, by, at, then=then, **options)
