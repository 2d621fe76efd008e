"""What staff write down: a report taken in for somebody, and a find that is put right on the spot (即采即办)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions import register_person
from communities.modules import is_on
from core.history import History
from core.once import Key
from core.workflow import Actor
from grievances import queries, routing
from grievances.actions.base import attach, close, flow, hand_over, start_clocks
from grievances.actions.reporting import dispatch_at_once, new_case
from grievances.models import Area, Case, CaseHolder, CasePhoto, Category, Kind, Person, Source, Urgency, Visibility
from grievances.rules import CallerMissing, PhotosMissing, ReportingOff
from grievances.workflow import Outcome

NOBODY = "nobody"


def report_for(
    *, by: Person, area: Area, text: str, source: str, at: datetime, caller_name: str = "", caller_phone: str = "",
    unnamed: bool = False, call_note: str = "", kind: str = Kind.HELP, visibility: str = Visibility.NOT_PUBLIC,
    urgency: str = Urgency.NORMAL, category: Category | None = None, address: str = "", photo_ids: Sequence[str] = (),
    owner: str = "", once: Key | None = None, recorded_at: datetime | None = None,
) -> Case:  # fmt: skip
    """Take in a report for somebody at the counter, on the phone, in a group …, with how they came and a note.

    The caller becomes its reporter, known by their phone from now on; who wants no name (``unnamed``), and a
    find of a patrol, has none. Raises CallerMissing, BadPhone, ReportingOff and the refusals of the table.
    """
    if not unnamed and not (caller_name.strip() and caller_phone.strip()):
        raise CallerMissing
    if not is_on("grievances", area):
        raise ReportingOff(area.name)

    def then(saved: Case, row: History) -> None:
        attach(saved, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        start_clocks(saved)

    with transaction.atomic():
        caller = None if unnamed else register_person(name=caller_name, phone=caller_phone, at=at)
        case = new_case(
            area=area, text=text, at=at, kind=kind, source=source, category=category, visibility=visibility, reporter=caller,
            address=address, urgency=urgency,
        )  # fmt: skip
        case = flow.begin(
            "report_for", case, actor=Actor.of(by, caller), at=at, recorded_at=recorded_at, once=once,
            address=queries.address_of, texts={"text": text, "call_note": call_note}, then=then, kind=case.kind,
            source=source, caller=f"person:{caller.pk}" if caller is not None else NOBODY, area=area.pk,
            category=category.code if category else "", urgency=urgency, photos=len(photo_ids),
        )  # fmt: skip
        return dispatch_at_once(case=case, at=at, recorded_at=recorded_at)


def patrol_done(
    *, by: Person, area: Area, text: str, before: Sequence[str], after: Sequence[str], owner: str, at: datetime,
    category: Category | None = None, address: str = "", once: Key | None = None, recorded_at: datetime | None = None,
) -> Case:  # fmt: skip
    """A find that is put right on the spot, in one go: what, where, a photo before and one after.

    Closed at once as self-handled; counted apart and in no rate. Raises PhotosMissing and the table's refusals.
    """
    if not before or not after:
        raise PhotosMissing(1, 1)
    case = new_case(
        area=area, text=text, at=at, kind=Kind.HELP, source=Source.PATROL, category=category, visibility=Visibility.NOT_PUBLIC,
        reporter=None, address=address,
    )  # fmt: skip

    def then(saved: Case, row: History) -> None:
        attach(saved, row, before, owner, CasePhoto.Slot.BEFORE, at)
        attach(saved, row, after, owner, CasePhoto.Slot.AFTER, at)
        hand_over(saved, routing.Holder(person=by))
        saved.handler, saved.result_at = by, at
        CaseHolder.objects.get_or_create(case=saved, person=by)
        close(saved, Outcome.SELF_HANDLED, at)

    with transaction.atomic():
        case.outcome = Outcome.SELF_HANDLED
        return flow.begin(
            "patrol_done", case, actor=Actor.of(by), at=at, recorded_at=recorded_at, once=once,
            address=queries.address_of, texts={"text": text}, then=then, area=area.pk,
            category=category.code if category else "", before=len(before), after=len(after),
        )  # fmt: skip
