"""The holder's writes: accept, contact, return, result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from communities.queries import calendar_for
from core import timers
from core.history import History
from grievances.actions.base import CLOCK_STEPS, LABEL, attach, clear_ask, count_as_contact, in_time, take, told
from grievances.actions.timing import watch_untaken
from grievances.models import Case, CaseHolder, CasePhoto, Person, Urgency
from grievances.rules import PhotosMissing, TextTooShort
from grievances.workflow import RULING_HOURS, Reached


def accept(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The holder takes the case in hand; from now on it is this person's."""

    def then(case: Case, row: History) -> None:
        case.handler = by
        CaseHolder.objects.get_or_create(case=case, person=by)
        if case.urgency == Urgency.URGENT:
            timers.withdraw(LABEL, case.pk, "alarm")

    return take("accept", case_id, by, at, then=then, **options)


def contact(*, case_id: int, by: Person, how: str, line: str, at: datetime, reached: str = "", **options: Any) -> Case:
    """Write down a contact with the resident: how (phone, visit, message) and one line.

    The first one stops the clock of first response. A call that nobody answered (``reached``) is written down too,
    but it is no contact.
    """
    missed = reached not in ("", Reached.YES)
    given = {"reached": reached} if reached else {}

    def then(case: Case, row: History) -> None:
        if not missed:
            count_as_contact(case, at)

    return take("contact", case_id, by, at, then=then, texts={"line": line}, how=how, **given, **options)


def give_back(*, case_id: int, by: Person, reason: str, proposed: str, at: datetime, **options: Any) -> Case:
    """Return a wrong dispatch (退单) with the reason and who should have it; the clock runs on."""

    def then(case: Case, row: History) -> None:
        case.returned += 1
        case.handler = None
        clear_ask(case)
        watch_untaken(case, since=at)
        timers.put(LABEL, case.pk, "warn_ruling", calendar_for(case.area).add(at, RULING_HOURS * 60))

    return take("return", case_id, by, at, then=then, texts={"reason": reason, "proposed": proposed}, **options)


def result(
    *, case_id: int, by: Person, result_text: str, at: datetime, before: Sequence[str] = (), after: Sequence[str] = (),
    owner: str = "", **options: Any,
) -> Case:  # fmt: skip
    """Report the work as done: text and photos as the category says. On time or late is stored now.

    Where the category asks for it, somebody else checks it before the resident reads it. Raises TextTooShort or PhotosMissing besides the table's refusals.
    """

    def then(case: Case, row: History) -> None:
        _judge_evidence(case, result_text, len(before), len(after))
        attach(case, row, before, owner, CasePhoto.Slot.BEFORE, at)
        attach(case, row, after, owner, CasePhoto.Slot.AFTER, at)
        case.result_at, case.result_in_time = at, in_time(at, case.due_at)
        clear_ask(case)
        if case.contacted_at is None and in_time(at, case.contact_due):
            case.contact_in_time = True
        timers.withdraw(LABEL, case.pk, *CLOCK_STEPS)
        if row.step == "result":
            told(case, at)

    checked = Case.objects.filter(pk=case_id, category__needs_check=True).exists()
    return take(
        "result_to_check" if checked else "result",
        case_id,
        by,
        at,
        then=then,
        texts={"result_text": result_text},
        **options,
    )


def _judge_evidence(case: Case, text: str, before: int, after: int) -> None:
    category = case.category
    if category is None:
        return
    if len(text.strip()) < category.least_text:
        raise TextTooShort(category.least_text)
    if before < category.photos_before or after < category.photos_after:
        raise PhotosMissing(category.photos_before, category.photos_after)
