"""Filters of a page, kept under a name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import Person, SavedView
from core import once as keys
from core.refusals import Refused


class NameTaken(Refused):
    """The person has another view of this name on this page."""

    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(_("您已经有一个“%(name)s”了，请换个名字。") % {"name": name})


class TooManyViews(Refused):
    """The person keeps as many views of this page as one can find one's way in."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("一页最多存 %(n)d 个筛选，请先删掉一个不用的。") % {"n": rules.VIEWS_PER_PAGE})


def save_view(
    *, person: Person, page: str, name: str, query: str, at: datetime, once: keys.Key | None = None, address: str = ""
) -> SavedView:
    """Keep the filters ``query`` (an encoded query string) of a page under a name.

    Raises NameTaken, TooManyViews, AlreadyDone.
    """
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        keys.spend(once, address)
        mine = SavedView.objects.filter(person=person, page=page)
        _free(person, page, name)
        if mine.count() >= rules.VIEWS_PER_PAGE:
            raise TooManyViews
        return SavedView.objects.create(person=person, page=page, name=name, query=query, created_at=at)


def rename_view(*, person: Person, view_id: int, name: str) -> SavedView:
    """Give one's own view another name; raises NameTaken, SavedView.DoesNotExist."""
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        view = SavedView.objects.get(pk=view_id, person=person)
        if name != view.name:
            _free(person, view.page, name)
            view.name = name
            view.save(update_fields=["name"])
        return view


def delete_view(*, person: Person, view_id: int) -> None:
    """Keep one's own view no longer; deleting it twice is no error."""
    SavedView.objects.filter(pk=view_id, person=person).delete()


def throw_away_views(*, person: Person) -> None:
    """Delete everything the person saved: their account is closed."""
    SavedView.objects.filter(person=person).delete()


def _free(person: Person, page: str, name: str) -> None:
    if SavedView.objects.filter(person=person, page=page, name=name).exists():
        raise NameTaken(name)
