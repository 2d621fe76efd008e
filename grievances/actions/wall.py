"""The public wall: a staff member releases a case in words of its own, changes or takes it down; people follow it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core import outbox
from core.history import History
from grievances import masking, queries
from grievances.actions.base import take, take_off_wall
from grievances.models import Case, CaseHistory, CasePhoto, Follow, Person, Visibility, WallItem
from grievances.rules import NothingThere, StillNamed
from grievances.workflow import STANDING, Wall


def release(
    *, case_id: int, by: Person, public_title: str, public_text: str, at: datetime, public_result: str = "",
    photos: Collection[int] = (), **options: Any,
) -> Case:  # fmt: skip
    """Put a case on the wall, or change what stands there: the words as given, and only these photos.

    ``photos`` are ids of CasePhotos of this case. Raises StillNamed where the words still hold numbers,
    doors or names of the people concerned, NothingThere for photos of another case, and the refusals of
    the table.
    """
    news = queries.unreleased_result(case_id) if public_result.strip() else 0

    def then(case: Case, row: History) -> None:
        _judge_words(case, public_title, public_text, public_result)
        _release_photos(case, photos)
        _show(case, public_title, public_text, public_result, at)
        case.wall = Wall.SHOWN

    words = {"public_title": public_title, "public_text": public_text, "public_result": public_result}
    return take("release", case_id, by, at, then=then, texts=words, photos=sorted(photos), news=news, **options)


def unrelease(*, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """Take a case down from the wall, or decide that one that waits is not shown; words and photos stay in it."""

    def then(case: Case, row: History) -> None:
        take_off_wall(case, Wall.HELD)

    return take("unrelease", case_id, by, at, then=then, **options)


def change_wish(*, case_id: int, by: Person, visibility: str, at: datetime, **options: Any) -> Case:
    """The reporter agrees to show the case to everybody, or no longer: then it leaves the wall in the same moment."""
    wish = visibility if visibility in (Visibility.PUBLIC, Visibility.NOT_PUBLIC) else ""

    def then(case: Case, row: History) -> None:
        if case.visibility == wish:
            return
        case.visibility = wish
        if wish == Visibility.PUBLIC:
            case.wall = Wall.WAITS
        else:
            take_off_wall(case, Wall.NEVER)

    return take("wish", case_id, by, at, then=then, visibility=wish, **options)


def leave_wall(*, person: Person, at: datetime) -> int:
    """Somebody closes their account: their reports are not public any more, and they follow nothing.

    Returns how many reports became not public.
    """
    Follow.objects.filter(person=person).delete()
    mine = Case.objects.filter(reporter=person, visibility=Visibility.PUBLIC, reporter_left=False, state__in=STANDING)
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    for case_id in ids:
        last = CaseHistory.objects.filter(subject=case_id).order_by("-seq").values_list("at", flat=True).first()
        change_wish(case_id=case_id, by=person, visibility=Visibility.NOT_PUBLIC, at=max(at, last or at))
    return len(ids)


@outbox.on("accounts.closed", "grievances.wall")
def leave_wall_with_account(row: outbox.OutboxRow) -> None:
    """An account was closed: whoever had it is on the wall no more. Twice does nothing more."""
    person = Person.objects.filter(pk=row.about_id).first()
    if person is not None:
        leave_wall(person=person, at=row.at)


def follow(*, case_id: int, by: Person, at: datetime) -> None:
    """Hear from now on how a case on the wall goes on; raises Http404 where it is not on the wall."""
    item = queries.wall_item(case_id)
    Follow.objects.get_or_create(person=by, case_id=item.case_id, defaults={"since": at})


def unfollow(*, case_id: int, by: Person) -> None:
    """Hear no more of it."""
    Follow.objects.filter(person=by, case_id=case_id).delete()


def _judge_words(case: Case, *texts: str) -> None:
    names = queries.names_concerned(case)
    found = [what for text in texts for what in masking.left_in(text, names=names)]
    if found:
        raise StillNamed(list(dict.fromkeys(found)))


def _release_photos(case: Case, wanted: Collection[int]) -> None:
    chosen = CasePhoto.objects.filter(case=case, pk__in=wanted)
    if chosen.count() != len(set(wanted)):
        raise NothingThere
    CasePhoto.objects.filter(case=case, on_wall=True).exclude(pk__in=wanted).update(on_wall=False)
    chosen.update(on_wall=True)


def _show(case: Case, title: str, text: str, result_text: str, at: datetime) -> None:
    """The item as released. It keeps its place in the list, unless it brings a result that was not there."""
    item = WallItem.objects.filter(case=case).first() or WallItem(case=case, shown_at=at)
    seq = queries.newest_result_seq(case) if result_text.strip() else 0
    if seq > item.result_seq:
        item.shown_at = at
    item.title, item.text, item.result_text, item.result_seq = title.strip(), text.strip(), result_text.strip(), seq
    item.area_id, item.district_id, item.street_id = case.area_id, case.district_id, case.street_id
    item.community_id, item.compound_id = case.community_id, case.compound_id
    item.save()
