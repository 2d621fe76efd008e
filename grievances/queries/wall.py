"""The public wall as everybody reads it, and what waits for staff to release."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.http import Http404

from communities import roles
from communities.roles import Role
from core.media.models import Photo
from grievances import masking
from grievances.models import Area, Case, CaseHistory, CasePhoto, Follow, Person, Visibility, WallItem
from grievances.queries.seeing import PLACE_COLUMN
from grievances.queries.shown import StepView, result_of, steps_of
from grievances.queries.work import desk_places
from grievances.workflow import ON_WALL, OPEN, RESULT_STEPS, STANDING, WAITING_FOR_WALL, State

ITEM = ("compound", "community", "area", "case__category__parent", "case__holder_organisation")
STANDS = {"open": OPEN, "solved": frozenset({State.CLOSED})}
TITLE_LONGEST = 60
RESULT_STANDS = frozenset({State.FEEDBACK, State.CLOSED})


@dataclass
class Draft:
    """What the release form is filled with: the words with the automatic masking, or as they were released."""

    title: str = ""
    text: str = ""
    result_text: str = ""
    photos: list[int] = field(default_factory=list)


def wall() -> QuerySet[WallItem]:
    """Everything on the wall. Besides being released, it must stand and its sender must still be here and agree."""
    shown = Q(case__visibility=Visibility.PUBLIC, case__wall__in=ON_WALL, case__state__in=STANDING)
    return WallItem.objects.filter(shown, case__reporter__closed_at=None).select_related(*ITEM)


def wall_of(community: Area, *, stands: str = "", main: int | None = None) -> QuerySet[WallItem]:
    """The wall of one community: all of it, or what is open or solved, or one main category."""
    items = wall().filter(community=community)
    if stands in STANDS:
        items = items.filter(case__state__in=STANDS[stands])
    if main is not None:
        items = items.filter(Q(case__category_id=main) | Q(case__category__parent_id=main))
    return items


def wall_followed(asker: Person) -> QuerySet[WallItem]:
    """What the asker follows and is still on the wall."""
    return wall().filter(case__in=Follow.objects.filter(person=asker).values("case"))


def wall_item(case_id: int) -> WallItem:
    """One case on the wall; raises Http404 for one that is not there."""
    item = wall().filter(case_id=case_id).first()
    if item is None:
        raise Http404
    return item


def wall_photos(case_ids: Collection[int]) -> dict[int, list[CasePhoto]]:
    """The photos that a person released, by case, in one query; only those whose stripped copies are made."""
    found: dict[int, list[CasePhoto]] = {}
    shots = CasePhoto.objects.filter(case__in=case_ids, on_wall=True, photo__state=Photo.State.READY)
    for shot in shots.select_related("photo").order_by("case_id", "pk"):
        found.setdefault(shot.case_id, []).append(shot)
    return found


def wall_photo(case_id: int, photo_id: str) -> CasePhoto:
    """One released photo of a case on the wall; raises Http404 for any other."""
    item = wall_item(case_id)
    shot = next((shot for shot in wall_photos([item.case_id]).get(case_id, ()) if str(shot.photo_id) == photo_id), None)
    if shot is None:
        raise Http404
    return shot


def follows(asker: Person, case_ids: Collection[int]) -> set[int]:
    """Those of the cases that the asker follows."""
    return set(Follow.objects.filter(person=asker, case__in=case_ids).values_list("case_id", flat=True))


def followers_of(case: Case) -> list[Person]:
    """Who follows a case that is on the wall, for its notices only."""
    if case.wall not in ON_WALL or case.visibility != Visibility.PUBLIC:
        return []
    rows = Follow.objects.filter(case=case, person__closed_at=None).select_related("person")
    return [row.person for row in rows.order_by("pk")]


def public_title(case: Case) -> str:
    """The title of a case as it stands on the wall, "" where it does not."""
    return WallItem.objects.filter(case=case).values_list("title", flat=True).first() or ""


def waiting_for_wall(asker: Person) -> QuerySet[Case]:
    """Cases whose sender agreed and that wait for the asker's release, or whose newer result does."""
    places = {place.pk: place for place in desk_places(asker)}
    places |= {place.pk: place for place in roles.areas_where(asker, {Role.COMMUNITY_HEAD})}
    waiting = Case.objects.filter(wall__in=WAITING_FOR_WALL, visibility=Visibility.PUBLIC, state__in=STANDING)
    waiting = waiting.filter(reporter__closed_at=None)
    waiting = waiting
    if any(place.kind == "city" for place in places.values()):
        return waiting
    scope = Q(pk__in=[])
    for place in places.values():
        scope |= Q(**{PLACE_COLUMN[place.kind]: place})
    return waiting.filter(scope)


def newest_result_seq(case: Case) -> int:
    """The history row of the result that stands, 0 where none does."""
    if case.state not in RESULT_STANDS:
        return 0
    newest = case.history.filter(step__in=RESULT_STEPS).order_by("-seq").values_list("seq", flat=True).first()
    return newest or 0


def unreleased_result(case_id: int) -> int:
    """The history row of a result that stands and is not on the wall yet, 0 where there is none."""
    case = Case.objects.get(pk=case_id)
    shown = WallItem.objects.filter(case=case).values_list("result_seq", flat=True).first() or 0
    newest = newest_result_seq(case)
    return newest if newest > shown else 0


def release_was(row_id: int | None) -> tuple[bool, bool]:
    """Whether a release (its history row) was the case's first since it was taken down, and brought a new result."""
    row = CaseHistory.objects.filter(pk=row_id).first() if row_id is not None else None
    if row is None:
        return False, False
    earlier = CaseHistory.objects.filter(
        subject=row.subject_id, seq__lt=row.seq, step__in=("release", "unrelease", "wish")
    )
    before = earlier.order_by("-seq").values_list("step", flat=True).first()
    return before != "release", bool(row.given.get("news"))


def names_concerned(case: Case) -> list[str]:
    """The names of the people of a case, which do not go on the wall."""
    people = Person.objects.filter(
        pk__in=[pk for pk in (case.reporter_id, case.proxy_id, case.handler_id, case.holder_person_id) if pk]
    )
    return sorted({name for name in people.values_list("name", flat=True) if name})


def draft_for_wall(case: Case) -> Draft:
    """What the release form begins with: as released where it is on the wall, else the words with the masking."""
    names, views = names_concerned(case), steps_of(case)
    steps = {view.row.step: view for view in views}
    item = WallItem.objects.filter(case=case).first()
    draft = Draft(photos=[shot.pk for view in views for shot in view.photos if shot.on_wall])
    if item is not None:
        draft.title, draft.text, draft.result_text = item.title, item.text, item.result_text
    elif "report" in steps:
        draft.title = masking.mask(case.title, names=names)[:TITLE_LONGEST]
        draft.text = masking.mask(str(steps["report"].texts.get("text", "")), names=names)
    newest = newest_result_seq(case)
    if newest and newest > (item.result_seq if item else 0):
        draft.result_text = masking.mask(_result_words(views), names=names)
    return draft


def _result_words(views: list[StepView]) -> str:
    newest = result_of(views)
    return str(newest.texts.get("result_text", "")) if newest is not None else ""
