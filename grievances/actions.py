"""Every write of the grievance loop: one function per verb, one transaction each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.queries import may_act_for
from accounts.rules import openings
from core import outbox, timers
from core.history import History, erase_texts
from core.media import actions as media
from core.once import Key
from core.workflow import Actor, Workflow
from grievances import queries, routing, rules
from grievances.clocks import clocks_for
from grievances.models import (
    Area,
    Case,
    CaseHistory,
    CaseHolder,
    CasePhoto,
    Category,
    DispatchRule,
    Kind,
    Person,
    Rating,
    Source,
    Visibility,
)
from grievances.rules import NotForThem, NothingThere, PhotosMissing, TextTooShort
from grievances.workflow import ANSWER_DAYS, STEPS, Outcome

flow: Workflow[Case] = Workflow(Case, STEPS, history=CaseHistory, relations=rules.relations)
LABEL = "grievances.case"
TITLE_LENGTH = 40
MOST_PHOTOS = 9
KEPT_AFTER_CLOSING = timedelta(days=1095)
for _step in STEPS:
    for _kind in _step.puts:
        outbox.kinds.register(_kind, _step.label)
outbox.kinds.register("grievances.role_empty", _("岗位没有人"))


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
    clocks = clocks_for(area, category, at)
    case = Case(
        kind=kind, source=source if whose == by else Source.PROXY, category=category, title=title_of(text),
        visibility=Visibility.CONFIDENTIAL if kind == Kind.OFFENCE else visibility, reporter=whose,
        proxy=by if whose != by else None, address=address, reported_at=at, contact_due=clocks.contact_due,
        due_at=clocks.due_at,
    )  # fmt: skip
    case.lat, case.lng = point or (None, None)
    case.place_at(area)

    def then(saved: Case, row: History) -> None:
        _attach(saved, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        timers.put(LABEL, saved.pk, "mark_overdue", clocks.due_at)

    with transaction.atomic():
        case = flow.begin(
            "report", case, actor=Actor.of(by, whose if whose != by else None), at=at, recorded_at=recorded_at,
            once=once, address=queries.address_of, texts={"text": text}, then=then, kind=case.kind, source=case.source,
            area=area.pk, category=category.code if category else "", photos=len(photo_ids),
        )  # fmt: skip
        proposal = routing.propose(area, category)
        if category is not None and proposal.at_once:
            case = dispatch(
                case_id=case.pk, by=None, holder=proposal.holder, why=proposal.why, rule_id=proposal.rule_id,
                at=at, recorded_at=recorded_at, empty=proposal.empty,
            )  # fmt: skip
    return case


def title_of(text: str) -> str:
    """The first line or sentence of a report, short enough for a list."""
    first = text.strip().splitlines()[0].strip() if text.strip() else ""
    for stop in "。！？!?；;":
        first = first.split(stop)[0] or first
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def dispatch(
    *, case_id: int, by: Person | None, holder: routing.Holder, why: str, at: datetime, rule_id: int | None = None,
    category: Category | None = None, empty: routing.Holder | None = None, expect: int | None = None,
    once: Key | None = None, recorded_at: datetime | None = None,
) -> Case:  # fmt: skip
    """Give the case to a holder; ``by`` None is a rule. ``why`` is the reason as the resident may read it."""
    holder_now = routing.with_somebody(holder, holder.area) if holder.role and holder.area else holder

    def then(case: Case, row: History) -> None:
        if category is not None and category.pk != case.category_id:
            case.category = category
            _set_clocks(case)
        _hand_over(case, holder_now)
        _start_clocks(case)
        missing = empty or (holder if holder_now != holder else None)
        if missing is not None:
            outbox.put(
                "grievances.role_empty", about=f"{LABEL}:{case.pk}", key=f"grievances.role_empty:{case.pk}:{row.seq}",
                ids={"seq": row.seq, "row": row.pk, "missing": missing.code}, at=row.recorded_at,
            )  # fmt: skip

    return flow.take(
        "dispatch", case_id, actor=Actor.of(by) if by is not None else Actor.system(), at=at, expect=expect,
        once=once, recorded_at=recorded_at, address=reverse("case", args=[case_id]), texts={"why": why}, then=then,
        holder=holder_now.code, rule=rule_id, category=category.code if category else "",
    )  # fmt: skip


def accept(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The holder takes the case in hand; from now on it is this person's."""

    def then(case: Case, row: History) -> None:
        case.handler = by
        CaseHolder.objects.get_or_create(case=case, person=by)

    return _take("accept", case_id, by, at, then=then, **options)


def contact(*, case_id: int, by: Person, how: str, line: str, at: datetime, **options: Any) -> Case:
    """Write down the first contact with the resident: how (phone, visit, message) and one line."""

    def then(case: Case, row: History) -> None:
        if case.contacted_at is None:
            case.contacted_at, case.contact_in_time = at, _in_time(at, case.contact_due)
            timers.withdraw(LABEL, case.pk, "warn_contact")

    return _take("contact", case_id, by, at, then=then, texts={"line": line}, how=how, **options)


def give_back(*, case_id: int, by: Person, reason: str, proposed: str, at: datetime, **options: Any) -> Case:
    """Return a wrong dispatch (退单) with the reason and who should have it; the clock runs on."""

    def then(case: Case, row: History) -> None:
        case.returned += 1
        case.handler = None
        timers.withdraw(LABEL, case.pk, "warn_contact", "warn_due")

    return _take("return", case_id, by, at, then=then, texts={"reason": reason, "proposed": proposed}, **options)


def result(
    *, case_id: int, by: Person, result_text: str, at: datetime, before: Sequence[str] = (), after: Sequence[str] = (),
    owner: str = "", **options: Any,
) -> Case:  # fmt: skip
    """Report the work as done: text and photos as the category says. On time or late is stored now.

    Raises TextTooShort or PhotosMissing besides the table's refusals.
    """

    def then(case: Case, row: History) -> None:
        _judge_evidence(case, result_text, len(before), len(after))
        _attach(case, row, before, owner, CasePhoto.Slot.BEFORE, at)
        _attach(case, row, after, owner, CasePhoto.Slot.AFTER, at)
        case.result_at, case.result_in_time = at, _in_time(at, case.due_at)
        if case.contacted_at is None and _in_time(at, case.contact_due):
            case.contact_in_time = True
        timers.withdraw(LABEL, case.pk)
        timers.put(LABEL, case.pk, "close_unrated", at + ANSWER_DAYS)

    return _take("result", case_id, by, at, then=then, texts={"result_text": result_text}, **options)


def rate(
    *, case_id: int, actor: Actor, contacted: bool, stars: int, words: str = "", at: datetime, **options: Any
) -> Case:
    """The resident says that it is solved: contacted or not, 1 to 5 stars, words. Closes the case."""

    def then(case: Case, row: History) -> None:
        _close(case, Outcome.SOLVED, at)
        _keep_rating(case, row, actor, contacted=contacted, solved=True, stars=stars)
        timers.withdraw(LABEL, case.pk)

    return flow.take(
        "rate", case_id, actor=actor, at=at, then=then, texts={"words": words}, contacted="yes" if contacted else "no",
        solved="yes", stars=stars, **options,
    )  # fmt: skip


def reopen(
    *, case_id: int, actor: Actor, reason: str, at: datetime, contacted: bool | None = None, photo_ids: Sequence[str] = (),
    owner: str = "", **options: Any,
) -> Case:  # fmt: skip
    """The resident says that it is not solved: back to the same holder, the second time one level up."""

    def then(case: Case, row: History) -> None:
        _keep_rating(case, row, actor, contacted=bool(contacted), solved=False, stars=None)
        _attach(case, row, photo_ids, owner, CasePhoto.Slot.REPORT, at)
        case.reopened += 1
        case.outcome, case.closed_at, case.result_in_time = "", None, None
        if case.reopened > 1:
            _hand_over(case, routing.level_above(case.area))
        timers.withdraw(LABEL, case.pk)
        _start_clocks(case)

    given: dict[str, Any] = {} if contacted is None else {"contacted": "yes" if contacted else "no"}
    return flow.take(
        "reopen", case_id, actor=actor, at=at, then=then, texts={"reason": reason}, solved="no", **given, **options
    )


def reject(*, case_id: int, by: Person, code: str, where_instead: str, at: datetime, **options: Any) -> Case:
    """Not for this platform: with the reason's code and where the resident should go instead."""

    def then(case: Case, row: History) -> None:
        case.closed_at = at
        timers.withdraw(LABEL, case.pk)

    return _take("reject", case_id, by, at, then=then, texts={"where_instead": where_instead}, code=code, **options)


def withdraw(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The reporter takes the request back; what happened stays on record."""

    def then(case: Case, row: History) -> None:
        case.closed_at = at
        timers.withdraw(LABEL, case.pk)

    return _take("withdraw", case_id, by, at, then=then, **options)


def leave(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """The reporter of a safety case follows it no longer; the work on it goes on."""

    def then(case: Case, row: History) -> None:
        case.reporter_left = True

    return _take("leave", case_id, by, at, then=then, **options)


def load_categories(*, rows: Sequence[dict[str, str]], overwrite: bool = False) -> int:
    """Take in the catalogue's rows (mains before their subs); returns how many were new.

    A category that is there keeps what an administrator set, unless ``overwrite``.
    """
    made = 0
    for order, row in enumerate(rows):
        values: dict[str, Any] = {name: row[name] for name in ("name", "icon", "tier", "handler")}
        numbers = ("contact_hours", "done_hours", "photos_before", "photos_after", "least_text")
        values |= {name: int(row[name]) for name in numbers}
        values |= {"is_safety": row["is_safety"] == "1", "order": order}
        values["parent"] = Category.objects.get(code=row["parent"]) if row["parent"] else None
        _category, is_new = Category.objects.update_or_create(
            code=row["code"], defaults=values if overwrite else {}, create_defaults=values
        )
        made += is_new
    return made


def add_rule(
    *, area: Area, category: Category | None, role: str = "", organisation_kind: str = "", at_once: bool = False,
    order: int = 100,
) -> DispatchRule:  # fmt: skip
    """Add a dispatch rule at an area, aimed at a role or at the nearest organisation of a kind."""
    return DispatchRule.objects.create(
        area=area, category=category, role=role, organisation_kind=organisation_kind, at_once=at_once, order=order
    )


def erase_old(*, at: datetime, limit: int = 500) -> int:
    """Erase the words of cases that ended three years ago: texts of their steps, title, address and point.

    The history still verifies. Returns how many cases were erased; call again until it says 0.
    """
    ended = Case.objects.filter(closed_at__lt=at - KEPT_AFTER_CLOSING, erased_at__isnull=True).order_by(
        "closed_at", "pk"
    )
    with transaction.atomic():
        cases = list(ended.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
        for given in CaseHistory.objects.filter(subject__in=cases).values_list("texts", flat=True):
            erase_texts(given.values(), at=at)
        ids = [case.pk for case in cases]
        Case.objects.filter(pk__in=ids).update(title="", address="", lat=None, lng=None, erased_at=at)
    return len(cases)


def take_due_step(case_id: int, step: str, at: datetime, recorded_at: datetime | None = None) -> None:
    """A timer came due: take its step as SYSTEM (warnings, overdue, closing without a rating)."""

    def then(case: Case, row: History) -> None:
        if step == "mark_overdue":
            case.is_late = True
        if step == "close_unrated":
            _close(case, Outcome.NOT_RATED, at)
        if step == "warn_contact":
            case.contact_in_time = False

    flow.take(step, case_id, actor=Actor.system(), at=at, recorded_at=recorded_at, then=then)


timers.takers.register(LABEL, take_due_step)
openings.register(LABEL, rules.may_open_reporter)


def _take(step: str, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    return flow.take(step, case_id, actor=Actor.of(by), at=at, **options)


def _in_time(at: datetime, due: datetime | None) -> bool:
    return due is None or at <= due


def _close(case: Case, outcome: str, at: datetime) -> None:
    case.outcome, case.closed_at = outcome, at


def _keep_rating(case: Case, row: History, actor: Actor, *, contacted: bool, solved: bool, stars: int | None) -> None:
    Rating.objects.create(
        case=case, seq=row.seq, contacted=contacted, solved=solved, stars=stars, at=row.at, by_link=bool(actor.link)
    )


def _hand_over(case: Case, holder: routing.Holder) -> None:
    case.holder_person, case.holder_organisation = holder.person, holder.organisation
    case.holder_role, case.holder_area = holder.role, holder.area
    case.handler = None
    if holder.person is not None:
        CaseHolder.objects.get_or_create(case=case, person=holder.person)
    if holder.organisation is not None:
        CaseHolder.objects.get_or_create(case=case, organisation=holder.organisation)


def _set_clocks(case: Case) -> None:
    clocks = clocks_for(case.area, case.category, case.reported_at)
    case.contact_due, case.due_at = clocks.contact_due, clocks.due_at


def _start_clocks(case: Case) -> None:
    clocks = clocks_for(case.area, case.category, case.reported_at)
    if case.contacted_at is None and case.contact_due is not None:
        timers.put(LABEL, case.pk, "warn_contact", case.contact_due)
    if not case.is_late:
        timers.put(LABEL, case.pk, "warn_due", clocks.warn_at)
        timers.put(LABEL, case.pk, "mark_overdue", case.due_at)


def _judge_evidence(case: Case, text: str, before: int, after: int) -> None:
    category = case.category
    if category is None:
        return
    if len(text.strip()) < category.least_text:
        raise TextTooShort(category.least_text)
    if before < category.photos_before or after < category.photos_after:
        raise PhotosMissing(category.photos_before, category.photos_after)


def _attach(case: Case, row: History, photo_ids: Sequence[str], owner: str, slot: str, at: datetime) -> None:
    if not photo_ids:
        return
    if not owner:
        raise NothingThere
    photos = media.attach(photo_ids=photo_ids, owner=owner, to=f"{LABEL}:{case.pk}", at=at, limit=MOST_PHOTOS)
    CasePhoto.objects.bulk_create(CasePhoto(case=case, photo=photo, slot=slot, seq=row.seq) for photo in photos)
