"""Drafts are used, taken back, handed over and forgotten."""

import contextlib
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core.media import actions, keeping
from core.media.actions import attach, claim, delete_expired, make_versions, receive, remove
from core.media.models import Photo
from core.media.queries import draft_of, for_owner, for_subject
from core.media.refusals import (
    AlreadyAttached,
    BrokenPhotos,
    CannotAttach,
    DraftExpired,
    NotYourPhotos,
    TooManyDrafts,
    TooManyPhotos,
)
from tests.core.media.pictures import encoded, scene, sent

LI, WANG, VISIT = "person:1", "person:2", "visit:abc"
CASE = "grievances.case:12"
SMALL = encoded(scene((40, 30)))


@pytest.fixture
def draft(db, files, now):
    def make(owner=LI, at=now):
        return receive(owner=owner, upload=sent(SMALL), at=at)

    return make


def give(photos, now, *, owner=LI, to=CASE, limit=9):
    return attach(photo_ids=[photo.pk for photo in photos], owner=owner, to=to, at=now, limit=limit)


def test_photos_become_part_of_something_in_the_order_given(draft, now):
    one, two, three = draft(), draft(), draft()

    attached = give([three, one, two, three], now)

    assert attached == [three, one, two]
    assert list(for_subject(CASE)) == [three, one, two]
    assert not for_owner(LI, at=now).exists()
    assert all(photo.attached_at == now and photo.expires_at is None for photo in for_subject(CASE))


def test_later_photos_come_behind_earlier_ones(draft, now):
    before, after = draft(), draft()
    give([before], now)
    give([after], now + timedelta(hours=1))
    assert list(for_subject(CASE)) == [before, after]


def test_ids_may_come_as_a_form_sends_them(draft, now):
    photo = draft()
    assert attach(photo_ids=[str(photo.pk)], owner=LI, to=CASE, at=now, limit=9) == [photo]


@pytest.mark.parametrize("sent_id", ["", "12", "x" * 500, "../../etc/passwd"])
def test_what_is_no_id_is_nobodys_photo(sent_id, draft, now):
    with pytest.raises(NotYourPhotos):
        attach(photo_ids=[draft().pk, sent_id], owner=LI, to=CASE, at=now, limit=9)
    assert not for_subject(CASE).exists()


def test_another_ones_photo_is_as_good_as_not_there(draft, now):
    mine, theirs = draft(), draft(WANG)
    with pytest.raises(NotYourPhotos) as refused:
        give([mine, theirs], now)
    assert refused.value.photo_ids == [theirs.pk]
    missing = uuid.uuid4()
    with pytest.raises(NotYourPhotos) as refused:
        attach(photo_ids=[missing], owner=LI, to=CASE, at=now, limit=9)
    assert refused.value.photo_ids == [missing]
    assert not for_subject(CASE).exists()


def test_a_photo_is_used_once(draft, now):
    photo = draft()
    give([photo], now)
    with pytest.raises(AlreadyAttached) as refused:
        give([photo], now, to="grievances.case:13")
    assert refused.value.photo_ids == [photo.pk]


def test_a_draft_of_yesterday_is_refused_and_named(draft, now):
    old, fresh = draft(at=now - timedelta(hours=24)), draft()
    with pytest.raises(DraftExpired) as refused:
        give([old, fresh], now)
    assert refused.value.photo_ids == [old.pk]
    assert "24" in refused.value.sentence()


def test_the_tenth_photo_is_refused_and_the_nine_stay(draft, now):
    photos = [draft() for _turn in range(10)]
    with pytest.raises(TooManyPhotos) as refused:
        give(photos, now)
    assert refused.value.photo_ids == [photos[9].pk]
    assert "9" in refused.value.sentence()
    assert for_owner(LI, at=now).count() == 10
    assert len(give(photos[:9], now)) == 9


def test_a_photo_that_cannot_be_shown_is_refused(draft, now):
    photo = draft()
    Photo.objects.update(state=Photo.State.BROKEN)
    with pytest.raises(BrokenPhotos) as refused:
        give([photo], now)
    assert refused.value.photo_ids == [photo.pk]


def test_every_refusal_has_a_sentence():
    for kind in CannotAttach.__subclasses__():
        refusal = kind([], 9) if kind is TooManyPhotos else kind([])
        assert "请" in refusal.sentence()


def test_a_transaction_that_fails_leaves_the_photos_drafts(draft, now):
    photo = draft()

    def fails():
        with transaction.atomic():
            give([photo], now)
            raise RuntimeError("the case was not written")

    with pytest.raises(RuntimeError):
        fails()
    assert list(for_owner(LI, at=now)) == [photo]


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_cannot_use_one_photo(files, now):
    photo = receive(owner=LI, upload=sent(SMALL), at=now)
    start, results = threading.Barrier(2), []

    def use(number):
        start.wait()
        try:
            give([photo], now, to=f"grievances.case:{number}")
            results.append(number)
        except AlreadyAttached:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results))[1] == "refused"
    assert Photo.objects.get().attached_to in ("grievances.case:1", "grievances.case:2")


@pytest.mark.django_db(transaction=True)
def test_photos_chosen_together_do_not_slip_past_the_limit(files, now, monkeypatch):
    for _turn in range(actions.VISIT_DRAFTS - 1):
        receive(owner=VISIT, upload=sent(SMALL), at=now)
    real, both_are_in = actions._new_draft, threading.Barrier(2)

    def waits_for_the_other(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            both_are_in.wait(timeout=0.5)
        return real(*args)

    def send():
        with contextlib.suppress(TooManyDrafts), contextlib.closing(connection):
            receive(owner=VISIT, upload=sent(SMALL), at=now)

    monkeypatch.setattr(actions, "_new_draft", waits_for_the_other)
    threads = [threading.Thread(target=send) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Photo.objects.count() == actions.VISIT_DRAFTS


def test_a_draft_taken_back_is_gone_with_its_file(draft, now, stored, django_capture_on_commit_callbacks):
    photo = draft()
    with django_capture_on_commit_callbacks(execute=True):
        remove(photo_id=photo.pk, owner=LI, at=now)
        assert draft_of(LI, photo.pk, at=now) is None
    assert stored() == []
    assert not Photo.objects.exists()


def test_only_the_owner_takes_a_draft_back(draft, now):
    photo = draft()
    with pytest.raises(NotYourPhotos):
        remove(photo_id=photo.pk, owner=WANG, at=now)
    assert list(for_owner(LI, at=now)) == [photo]


def test_a_used_photo_is_not_taken_back(draft, now):
    photo = draft()
    give([photo], now)
    with pytest.raises(AlreadyAttached):
        remove(photo_id=photo.pk, owner=LI, at=now)


def test_drafts_follow_a_visitor_who_signs_in(draft, now):
    mine, theirs = draft(VISIT), draft("visit:other")
    assert claim(visit_owner=VISIT, person_owner=LI) == 1
    assert list(for_owner(LI, at=now)) == [mine]
    assert list(for_owner("visit:other", at=now)) == [theirs]


@pytest.mark.parametrize(("visit", "person"), [(LI, WANG), (VISIT, "visit:b"), ("", LI)])
def test_drafts_of_a_person_are_never_claimed(visit, person, draft):
    draft(LI)
    with pytest.raises(ValueError, match="visit"):
        claim(visit_owner=visit, person_owner=person)


def test_drafts_go_after_a_day_with_all_their_files(draft, now, stored):
    old, fresh, used = draft(at=now - timedelta(hours=24)), draft(), draft(at=now - timedelta(hours=23))
    make_versions(photo_id=old.pk, at=now)
    give([used], now)

    assert delete_expired(at=now) == 1

    assert set(Photo.objects.all()) == {fresh, used}
    assert len(stored()) == 2
    assert delete_expired(at=now) == 0


def test_a_file_that_cannot_be_deleted_does_not_keep_the_others(draft, now, stored, monkeypatch):
    stuck, other = draft(at=now - timedelta(hours=25)), draft(at=now - timedelta(hours=25))
    real = keeping.throw_away

    def refuses(keys):
        if stuck.original_key in keys:
            raise PermissionError("read-only")
        real(keys)

    monkeypatch.setattr(keeping, "throw_away", refuses)
    assert delete_expired(at=now) == 1
    assert stored() == [stuck.original_key]
    assert list(Photo.objects.all()) == [stuck]
    assert other.original_key not in stored()


def test_files_that_no_photo_names_go_and_others_stay(draft, now, stored, files, monkeypatch):
    kept = draft()
    make_versions(photo_id=kept.pk, at=now)
    give([Photo.objects.get()], now)
    with transaction.atomic():
        lost = draft(at=now)
        transaction.set_rollback(True)
    assert lost.original_key in stored()
    later = now + timedelta(days=2)
    monkeypatch.setattr(keeping.private().__class__, "get_modified_time", lambda _self, _key: now)

    assert keeping.delete_orphans(at=now + timedelta(days=1)) == 0, "the folder of a day may still grow"
    assert keeping.delete_orphans(at=later) == 1

    kept.refresh_from_db()
    assert set(stored()) == {kept.original_key, kept.shown_key, kept.thumb_key}
    assert keeping.delete_orphans(at=later) == 0


def test_a_file_that_is_still_young_is_left_alone_and_looked_at_again(draft, now, stored, monkeypatch):
    key = keeping.new_key(now, "jpg")
    keeping.keep(key, sent(SMALL))
    later = now + timedelta(days=2)
    store = keeping.private().__class__
    monkeypatch.setattr(store, "get_modified_time", lambda _self, _key: later - timedelta(minutes=5))
    assert keeping.delete_orphans(at=later) == 0
    assert stored() == [key]
    assert keeping.delete_orphans(at=later + timedelta(days=1)) == 1
    assert stored() == []
