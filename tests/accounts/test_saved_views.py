"""Filters kept under a name: one's own, at most twenty of a page, renamed and deleted."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import actions, queries
from accounts.actions.saving import NameTaken, TooManyViews, throw_away_views
from accounts.models import SavedView

pytestmark = pytest.mark.django_db


def keep(person, name="电梯，已超时", query="state=late&main=3", page="home"):
    return actions.save_view(person=person, page=page, name=name, query=query, at=timezone.now())


@pytest.fixture
def signed(client, cast):
    client.force_login(cast["sun"].user)
    return client


def test_a_name_is_one_persons_and_one_pages(cast):
    keep(cast["sun"])
    with pytest.raises(NameTaken):
        keep(cast["sun"])
    keep(cast["sun"], page="me")
    keep(cast["zhou"])
    assert [view.name for view in queries.saved_views(cast["sun"], "home")] == ["电梯，已超时"]


def test_twenty_are_enough(cast):
    for number in range(20):
        keep(cast["sun"], name=f"第 {number} 个")
    with pytest.raises(TooManyViews):
        keep(cast["sun"], name="再一个")
    keep(cast["sun"], name="再一个", page="me")


def test_a_new_name_and_its_end(cast):
    view, other = keep(cast["sun"]), keep(cast["sun"], name="噪声")
    assert actions.rename_view(person=cast["sun"], view_id=view.pk, name="电梯").name == "电梯"
    with pytest.raises(NameTaken):
        actions.rename_view(person=cast["sun"], view_id=other.pk, name="电梯")
    with pytest.raises(SavedView.DoesNotExist):
        actions.rename_view(person=cast["zhou"], view_id=view.pk, name="我的")
    actions.delete_view(person=cast["zhou"], view_id=view.pk)
    assert SavedView.objects.filter(pk=view.pk).exists()
    for _press in range(2):
        actions.delete_view(person=cast["sun"], view_id=view.pk)
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_closed_account_leaves_none(cast):
    keep(cast["sun"])
    throw_away_views(person=cast["sun"])
    assert not SavedView.objects.exists()


def test_only_filters_are_kept():
    assert queries.plain_query("state=late&case=4&after=x&turn=merge&q=&kind=help") == "state=late&kind=help"


def test_the_page_keeps_renames_and_deletes(signed, cast):
    sent = {"page": "home", "query": "state=late&case=4", "name": "超时的", "once": str(uuid4())}
    for _press in range(2):
        answer = signed.post(reverse("view_save"), sent)
        assert answer["Location"] == f"{reverse('home')}?state=late"
    view = SavedView.objects.get()
    again = signed.post(reverse("view_save"), sent | {"once": str(uuid4())})
    assert again.status_code == 422
    assert "超时的" in again.content.decode()
    signed.post(reverse("view_change", args=[view.pk]), {"name": "晚了的"})
    view.refresh_from_db()
    assert view.name == "晚了的"
    signed.post(reverse("view_delete", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_somebody_elses_view_and_a_page_that_is_not_there_are_not_found(signed, cast):
    view = keep(cast["zhou"])
    assert signed.get(reverse("view_change", args=[view.pk])).status_code == 404
    assert signed.post(reverse("view_delete", args=[view.pk])).status_code == 404
    assert signed.get(reverse("view_save"), {"page": "https://example.org"}).status_code == 404
    assert signed.get(reverse("view_save"), {"page": "case"}).status_code == 404
