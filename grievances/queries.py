"""Every read of the grievance loop; each takes the asker."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Least
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from communities import roles
from communities.roles import Role
from core.history import StepText, texts_of
from core.workflow import Actor
from grievances import rules
from grievances.links import LinkExpired
from grievances.models import Area, Case, CaseHistory, CaseHolder, CasePhoto, Category, Person, Rating
from grievances.routing import Holder
from grievances.workflow import OPEN, WAITING_FOR_DISPATCH, WORKING, How, NotHere, Outcome, Relation, State

ROW = ("category", "category__parent", "community", "compound", "area", "holder_person", "holder_organisation",
       "holder_area", "handler")  # fmt: skip
LISTED = ("category", "community", "compound", "area")
PLACE_COLUMN = {"district": "district", "street": "street", "community": "community", "compound": "compound",
                "grid": "area"}  # fmt: skip

NEXT_DUE = models.Case(When(contacted_at=None, then=Least("contact_due", "due_at")), default=F("due_at"))
NEXT_IS_CONTACT = models.Case(
    When(contacted_at=None, contact_due__lt=F("due_at"), then=Value(True)),
    default=Value(False),
    output_field=models.BooleanField(),
)
DESK_STATES = {
    "": Q(state__in=WAITING_FOR_DISPATCH),
    "returned": Q(state=State.RETURNED),
    "sent": Q(state=State.DISPATCHED),
    "doing": Q(state=State.HANDLING),
    "late": Q(is_late=True, state__in=[*WAITING_FOR_DISPATCH, *WORKING]),
    "feedback": Q(state=State.FEEDBACK),
    "all": Q(),
}

STEP_WORDS = {
    "report": _l("居民上报"), "dispatch": _l("派单"), "accept": _l("签收，开始办"), "contact": _l("联系反映人"),
    "return": _l("退单，等重新派"), "result": _l("办结，结果已告诉居民"), "rate": _l("居民说解决了"),
    "reopen": _l("居民说没解决，重新办理"), "close_unrated": _l("七天没有评价，按未评价办结"),
    "reject": _l("不予受理"), "withdraw": _l("居民撤回"), "leave": _l("反映人不再跟进"),
    "warn_contact": _l("到了首次联系的时限"), "warn_due": _l("时限已过四分之三"), "mark_overdue": _l("超过了承诺时间"),
}  # fmt: skip


@dataclass(frozen=True)
class StepView:
    """One history row with its texts, as a page shows it."""

    row: CaseHistory
    texts: dict[str, StepText]
    photos: list[CasePhoto]

    @property
    def label(self) -> str:
        """The step in plain words, as staff read it."""
        return str(STEP_WORDS.get(self.row.step, self.row.step))

    @property
    def detail(self) -> str:
        """What was chosen with the step: how one was reached, why a request is not taken in."""
        given = self.row.given
        if self.row.step == "contact" and given.get("how") in How:
            return str(How(given["how"]).label)
        if self.row.step == "reject" and given.get("code") in NotHere:
            return str(NotHere(given["code"]).label)
        return _("规则 %(rule)s") % {"rule": given["rule"]} if given.get("rule") else ""

    @property
    def who(self) -> str:
        """Who took it: a name with the role for staff, nothing for the reporter and the clock."""
        if self.row.actor is None or self.row.role in (Relation.REPORTER, Relation.PROXY, Relation.LINK_HOLDER):
            return ""
        return self.row.actor.name

    @property
    def shown_texts(self) -> list[str]:
        """The texts of the step, except those that stand elsewhere on the page."""
        return [
            _("（已按期删除）") if text.erased_at else text.body
            for name, text in self.texts.items()
            if name not in ("text", "result_text")
        ]


def visible_to(asker: Person) -> QuerySet[Case]:
    """Every case the asker may see: a union of index ranges, none of them over the whole table."""
    parts: list[QuerySet[Case]] = [
        Case.objects.filter(reporter=asker),
        Case.objects.filter(proxy=asker),
        Case.objects.filter(handler=asker),
        Case.objects.filter(pk__in=CaseHolder.objects.filter(person=asker).values("case"))
        .exclude(~Q(holder_person=asker), visibility="confidential"),
        *_role_held(asker),
        *(_under(area, confidential=False) for area in roles.areas_where(asker, rules.SEES_CASES)),
        *(_under(area, confidential=True) for area in roles.areas_where(asker, rules.SEES_CONFIDENTIAL)),
    ]  # fmt: skip
    organisations = roles.organisations_of(asker)
    if organisations:
        once = CaseHolder.objects.filter(organisation_id__in=organisations).values("case")
        parts.append(Case.objects.filter(holder_organisation_id__in=organisations))
        parts.append(Case.objects.filter(pk__in=once).exclude(visibility="confidential"))
    ids = parts[0].order_by().values("pk").union(*(part.order_by().values("pk") for part in parts[1:]))
    return Case.objects.filter(pk__in=ids)


def _under(area: Area, *, confidential: bool) -> QuerySet[Case]:
    cases = Case.objects.filter(visibility="confidential") if confidential else Case.objects.exclude(
        visibility="confidential"
    )  # fmt: skip
    return cases if area.kind == "city" else cases.filter(**{PLACE_COLUMN[area.kind]: area})


def _role_held(asker: Person) -> Iterable[QuerySet[Case]]:
    for grant in roles.grants_of(asker):
        if grant.area is not None:
            held = Case.objects.exclude(holder_role="").filter(holder_role__in=roles.meant_by(grant.role))
            yield held.filter(
                holder_area__tree_id=grant.area.tree_id,
                holder_area__lft__gte=grant.area.lft,
                holder_area__rght__lte=grant.area.rght,
            )


def get_for(asker: Person, pk: int) -> Case:
    """The case, with its place and holder; raises Http404 when the asker may not see it."""
    case = Case.objects.select_related(*ROW, "reporter", "proxy").filter(pk=pk).first()
    if case is None or not rules.may_see(asker, case):
        raise Http404
    return case


def get_by_link(pk: int, guest: Actor) -> Case:
    """The case of a rating link; raises LinkExpired when a newer result has replaced the one it names."""
    case = Case.objects.select_related(*ROW).filter(pk=pk).first()
    if case is None:
        raise Http404
    newest = case.history.filter(step="result").order_by("-seq").values_list("seq", flat=True).first()
    if guest.link != f"rate:{newest}":
        raise LinkExpired
    return case


def reported_by(asker: Person) -> QuerySet[Case]:
    """The asker's own reports and those they sent for others."""
    mine = Case.objects.filter(reporter=asker, reporter_left=False).order_by().values("pk")
    for_others = Case.objects.filter(proxy=asker, reporter_left=False).order_by().values("pk")
    return Case.objects.filter(pk__in=mine.union(for_others)).select_related(*ROW)


def get_reported(asker: Person, pk: int) -> Case:
    """A case the asker reported or sent for somebody; raises Http404 for any other."""
    case = reported_by(asker).filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def waiting_for(asker: Person) -> QuerySet[Case]:
    """The asker's reports with a result that waits for their rating."""
    return reported_by(asker).filter(state=State.FEEDBACK).order_by("result_at", "pk")


def held_by(asker: Person) -> QuerySet[Case]:
    """Open work in the asker's hands (待办): to accept or being handled, nearest deadline first.

    ``next_due`` is that deadline: the first contact's until somebody called, then the completion's.
    """
    parts = [
        Case.objects.filter(holder_person=asker, state__in=WORKING),
        Case.objects.filter(handler=asker, state__in=WORKING),
        *(part.filter(state__in=WORKING) for part in _role_held(asker)),
    ]
    organisations = roles.organisations_of(asker)
    if organisations:
        parts.append(Case.objects.filter(holder_organisation_id__in=organisations, state__in=WORKING))
    ids = parts[0].order_by().values("pk").union(*(part.order_by().values("pk") for part in parts[1:]))
    held = Case.objects.filter(pk__in=ids).select_related(*LISTED, "holder_area")
    return held.annotate(next_due=NEXT_DUE, next_is_contact=NEXT_IS_CONTACT).order_by("next_due", "pk")


def queue_counts(held: QuerySet[Case], at: datetime) -> dict[str, int]:
    """How much of the work in somebody's hands is late, to accept, being handled, and all of it."""
    return held.order_by().aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(next_due__lt=at)),
        new=Count("pk", filter=Q(state=State.DISPATCHED)),
        doing=Count("pk", filter=Q(state=State.HANDLING)),
    )


def desk_of(asker: Person) -> QuerySet[Case]:
    """Every case of the places the asker dispatches for, without order."""
    places, scope = desk_places(asker), Q(pk__in=[])
    if any(place.kind == "city" for place in places):
        return Case.objects.select_related(*LISTED)
    for place in places:
        scope |= Q(**{PLACE_COLUMN[place.kind]: place})
    return Case.objects.filter(scope).select_related(*LISTED)


def desk_places(asker: Person) -> list[Area]:
    """The areas the asker dispatches for, and those where they stand in because nobody does."""
    held = [(grant.role, grant.area) for grant in roles.grants_of(asker) if grant.area is not None]
    found = {area.pk: area for role, area in held if Role.DISPATCHER in roles.meant_by(role)}
    for role, area in held:
        if role in rules.STAND_INS and area.pk not in found and rules.stands_in(asker, area):
            found[area.pk] = area
    return list(found.values())


def filtered(cases: QuerySet[Case], wanted: dict[str, str]) -> QuerySet[Case]:
    """The cases that the desk's filters ask for; without a state, those that wait for dispatch."""
    cases = cases.filter(DESK_STATES[wanted.get("state", "")])
    for name in ("kind", "source"):
        if name in wanted:
            cases = cases.filter(**{name: wanted[name]})
    if "main" in wanted:
        cases = cases.filter(Q(category_id=wanted["main"]) | Q(category__parent_id=wanted["main"]))
    return cases.filter(title__icontains=wanted["q"]) if "q" in wanted else cases


def desk_counts(cases: QuerySet[Case]) -> dict[str, int]:
    """How many of a desk's cases stand under each chip that stays small."""
    counted = {name: Count("pk", filter=DESK_STATES[name]) for name in ("returned", "sent", "late", "doing")}
    waiting = Count("pk", filter=DESK_STATES[""])
    return cases.filter(state__in=OPEN).order_by().aggregate(waiting=waiting, **counted)


def to_dispatch(asker: Person) -> QuerySet[Case]:
    """What waits for the asker's dispatching: new reports and returns."""
    return desk_of(asker).filter(state__in=WAITING_FOR_DISPATCH).order_by("due_at", "pk")


def to_dispatch_count(asker: Person) -> int:
    """How many cases wait for the asker's dispatching."""
    return to_dispatch(asker).count()


def steps_of(case: Case) -> list[StepView]:
    """The history of a case, oldest first, with texts and photos: four queries however long."""
    rows = list(case.history.select_related("actor", "acted_for").order_by("seq"))
    texts = texts_of(rows)
    photos: dict[int, list[CasePhoto]] = {}
    for shot in photos_of(case):
        photos.setdefault(shot.seq, []).append(shot)
    return [
        StepView(row, {name: texts[pk] for name, pk in row.texts.items() if pk in texts}, photos.get(row.seq, []))
        for row in rows
    ]


def newest_result(case: Case) -> StepView | None:
    """The newest result of a case, with its words and photos."""
    return next((step for step in reversed(steps_of(case)) if step.row.step == "result"), None)


def photos_of(case: Case) -> list[CasePhoto]:
    """The photos of a case, in the order they came."""
    return list(case.photos.select_related("photo").order_by("pk"))


def photo_for(asker: Person | None, case_id: int, photo_id: str) -> CasePhoto:
    """One photo of a case the asker may see; raises Http404."""
    shot = CasePhoto.objects.select_related("photo", "case").filter(case_id=case_id, photo_id=photo_id).first()
    if shot is None or asker is None:
        raise Http404
    get_for(asker, shot.case_id)
    return shot


def rating_of(case: Case) -> Rating | None:
    """The newest answer of the resident."""
    return case.ratings.order_by("-seq").first()


def is_late_answer(case: Case) -> bool:
    """Whether the case was closed without a rating (a late one may replace that)."""
    return case.outcome == Outcome.NOT_RATED


def main_categories() -> QuerySet[Category]:
    """The main categories, with their subs."""
    return Category.objects.filter(parent=None, is_active=True).prefetch_related("subs")


def category_by_code(code: str) -> Category | None:
    """The active category with this code."""
    return Category.objects.filter(code=code, is_active=True).select_related("parent").first()


def category_by_name(name: str) -> Category | None:
    """The active sub category with this name."""
    return Category.objects.filter(name=name, is_active=True).select_related("parent").order_by("-parent", "pk").first()


def main_category_by_name(name: str) -> Category | None:
    """The active main category with this name."""
    return Category.objects.filter(name=name, parent=None, is_active=True).first()


def people_holding(case: Case) -> list[Person]:
    """The people in whose hands the case is now: who accepted it, else everybody of the holder."""
    if case.handler is not None:
        return [case.handler]
    if case.holder_person is not None:
        return [case.holder_person]
    if case.holder_organisation is not None:
        return roles.people_of(case.holder_organisation)
    if case.holder_area is not None:
        return roles.holders_of(case.holder_role, case.holder_area).people
    return []


def somebody_holding(case_id: int) -> Person | None:
    """The first person who can take the holder's next step."""
    return next(iter(people_holding(Case.objects.select_related(*ROW).get(pk=case_id))), None)


def grid_holder(grid: Area) -> Holder:
    """The grid workers of a grid, as a holder."""
    return Holder(role=Role.GRID_WORKER, area=grid)


def holder_words(case: Case) -> str:
    """The holder as people read it: who accepted it, the organisation, or the place and its role."""
    if case.holder_organisation is not None:
        return case.holder_organisation.name
    if case.holder_person is not None:
        return str(case.holder_person)
    if case.holder_area is not None:
        place = case.holder_area.name
        return place if case.holder_role == Role.GRID_WORKER else f"{place}{Role(case.holder_role).label}"
    return ""


def address_of(case: Case) -> str:
    """Where a case is shown."""
    return reverse("case", args=[case.pk])


def for_notice(row: Any) -> Case:
    """The case that an outbox row is about."""
    return Case.objects.select_related(*ROW, "reporter", "proxy").get(pk=row.about_id)


def actor_of_row(row_id: int | None) -> int | None:
    """The person who took the step of a history row, or None (the clock, a link, no row)."""
    if row_id is None:
        return None
    return CaseHistory.objects.filter(pk=row_id).values_list("actor_id", flat=True).first()
