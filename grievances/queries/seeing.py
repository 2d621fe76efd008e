"""Which cases somebody may see, and one of them for an asker."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from communities import roles
from communities.rules import shadow_of
from core.statements import Given, Statement
from core.workflow import Actor
from grievances import rules
from grievances.links import LinkExpired
from grievances.models import Area, Case, CaseHolder, CasePhoto, Person
from grievances.workflow import TOLD_BY

ROW = ("holder_person", "handler")

PLACE_COLUMN = {"district": "district", "street": "street", "community": "community", "compound": "compound",
                "grid": "area"}  # fmt: skip


CASE = Statement(lambda: Case.objects.select_related(*ROW, "reporter", "proxy").filter(pk=Given("pk")))
"""One case by its id, with the people it names; who asks decides whether it may be seen."""


def visible_to(asker: Person) -> QuerySet[Case]:
    """Every case the asker may see: a union of index ranges, none of them over the whole table."""
    parts: list[QuerySet[Case]] = [
        Case.objects.filter(reporter=asker),
        Case.objects.filter(proxy=asker),
        Case.objects.filter(handler=asker),
        Case.objects.filter(pk__in=CaseHolder.objects.filter(person=asker).values("case"))
        .exclude(~Q(holder_person=asker), visibility="confidential"),
        *role_held(asker),
        *(part for person in roles.absent_for(asker) for part in _held_by(person)),
        *(under(area, confidential=False) for area in roles.areas_where(asker, rules.SEES_CASES)),
        *(under(area, confidential=True) for area in roles.areas_where(asker, rules.SEES_CONFIDENTIAL)),
    ]  # fmt: skip
    organisations = roles.organisations_of(asker)
    if organisations:
        once = CaseHolder.objects.filter(organisation_id__in=organisations).values("case")
        parts.append(Case.objects.filter(holder_organisation_id__in=organisations))
        parts.append(Case.objects.filter(pk__in=once).exclude(visibility="confidential"))
    ids = parts[0].order_by().values("pk").union(*(part.order_by().values("pk") for part in parts[1:]))
    return open_to(asker, Case.objects.filter(pk__in=ids))


def _held_by(person: Person) -> Iterable[QuerySet[Case]]:
    """What is in the hands of somebody for whom the asker stands in."""
    yield Case.objects.filter(holder_person=person)
    yield Case.objects.filter(handler=person)
    yield from role_held(person)
    organisations = roles.organisations_of(person)
    if organisations:
        yield Case.objects.filter(holder_organisation_id__in=organisations)


def open_to(asker: Person, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases without confidential ones, for somebody who only looks at the portal as a role."""
    return cases if shadow_of(asker) is None else cases.exclude(visibility="confidential")


def under(area: Area, *, confidential: bool) -> QuerySet[Case]:
    """The cases of a place and all below it; confidential ones apart from the others."""
    cases = Case.objects.filter(visibility="confidential") if confidential else Case.objects.exclude(
        visibility="confidential"
    )  # fmt: skip
    return cases if area.kind == "city" else cases.filter(**{PLACE_COLUMN[area.kind]: area})


def role_held(asker: Person) -> Iterable[QuerySet[Case]]:
    """Cases held by a role that the asker has there, one range per grant."""
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
    case = CASE.first(pk=pk)
    if case is None or not rules.may_see(asker, case):
        raise Http404
    return case


def get_by_link(pk: int, guest: Actor) -> Case:
    """The case of a rating link; raises LinkExpired when a newer result has replaced the one it names."""
    case = Case.objects.select_related(*ROW).filter(pk=pk).first()
    if case is None:
        raise Http404
    newest = case.history.filter(step__in=TOLD_BY).order_by("-seq").values_list("seq", flat=True).first()
    if guest.link != f"rate:{newest}":
        raise LinkExpired
    return case


def photo_for(asker: Person | None, case_id: int, photo_id: str) -> CasePhoto:
    """One photo of a case the asker may see; raises Http404."""
    shot = CasePhoto.objects.select_related("photo", "case").filter(case_id=case_id, photo_id=photo_id).first()
    if shot is None or asker is None:
        raise Http404
    get_for(asker, shot.case_id)
    return shot


def open_count(area: Area, most: int = 9999) -> int:
    """How many cases of a place and all below it are not closed, counted up to ``most``: one range of an index."""
    inside = Case.objects.filter(closed_at=None)
    if area.kind != "city":
        inside = inside.filter(**{PLACE_COLUMN[area.kind]: area})
    return inside.order_by()[:most].count()
