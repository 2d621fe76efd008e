"""Everything that writes photos: receiving, attaching, removing, making the shown copies, cleaning up."""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.media import keeping, versions
from core.media.models import Photo
from core.media.nudge import nudge
from core.media.queries import for_owner
from core.media.reading import SUFFIXES, Facts, read
from core.media.refusals import (
    AlreadyAttached,
    BrokenPhotos,
    Busy,
    DraftExpired,
    EmptyFile,
    NotYourPhotos,
    PhotoRefused,
    TooManyDrafts,
    TooManyPhotos,
)

__all__ = [
    "PhotoRefused",
    "attach",
    "claim",
    "delete_expired",
    "let_go",
    "make_missing_versions",
    "make_versions",
    "receive",
    "remove",
]

DRAFT_LIFE = timedelta(hours=24)
VISIT_DRAFTS = 12
PERSON_DRAFTS = 60
LEASE = timedelta(minutes=5)
MAX_TRIES = 5
BATCH = 200

log = logging.getLogger(__name__)


def receive(*, owner: str, upload: UploadedFile, at: datetime) -> Photo:
    """Take in one photo as a draft of its owner, good for 24 hours.

    The photo is checked to its last byte before anything is stored; its shown copies are made by a worker
    after the commit.

    Args:
        owner: "person:12" or "visit:<token>", as `core.media.owner.owner_of` gives it.
        upload: the file of the request.
        at: now.

    Returns:
        The draft, with state "uploaded".

    Raises:
        PhotoRefused: one of its kinds (core/media/refusals.py), with a sentence that says what to do.
    """
    if upload.file is None:
        raise EmptyFile
    _check_room(owner, at)
    facts = read(upload.file, upload.size or 0, at=at)
    key = keeping.keep(keeping.new_key(at, SUFFIXES[facts.content_type]), upload)
    try:
        with transaction.atomic():
            _lock_owner(owner)
            _check_room(owner, at)
            photo = _new_draft(owner, facts, key, at)
            transaction.on_commit(partial(nudge, photo.pk), robust=True)
    except BaseException:
        keeping.throw_away([key])
        raise
    return photo


def attach(*, photo_ids: Sequence[uuid.UUID | str], owner: str, to: str, at: datetime, limit: int) -> list[Photo]:
    """Attach an owner's drafts to something: all of them, or none. Runs in the caller's transaction.

    Args:
        photo_ids: which, in the order they are to be shown; a repeated one counts once.
        owner: whose drafts they must be.
        to: what they become part of, "app.model:id".
        at: when; a draft must still be good at this moment.
        limit: how many one may give at once.

    Returns:
        The photos, in the order given.

    Raises:
        TooManyPhotos, NotYourPhotos, AlreadyAttached, DraftExpired, BrokenPhotos: each names the photos.
    """
    wanted = list(dict.fromkeys(_as_uuids(photo_ids)))
    if len(wanted) > limit:
        raise TooManyPhotos(wanted[limit:], limit)
    with transaction.atomic():
        locked = Photo.objects.select_for_update(no_key=True).filter(pk__in=wanted, owner=owner).order_by("pk")
        photos = {photo.pk: photo for photo in locked}
        _refuse_unless_all_good([photos.get(pk) for pk in wanted], wanted, at)
        for position, pk in enumerate(wanted):
            photo = photos[pk]
            photo.attached_to, photo.attached_at, photo.position, photo.expires_at = to, at, position, None
        Photo.objects.bulk_update(photos.values(), ["attached_to", "attached_at", "position", "expires_at"])
    return [photos[pk] for pk in wanted]


def remove(*, photo_id: uuid.UUID | str, owner: str, at: datetime | None = None) -> None:
    """Take back a draft: it is out of sight at once, its files go after the commit. Twice is no error.

    Raises:
        NotYourPhotos: there is no such draft of this owner.
        AlreadyAttached: it is part of something already.
    """
    (pk,) = _as_uuids([photo_id])
    now = at or timezone.now()
    with transaction.atomic():
        photo = Photo.objects.select_for_update(no_key=True).filter(pk=pk, owner=owner).first()
        if photo is None:
            raise NotYourPhotos([pk])
        if not photo.is_draft:
            raise AlreadyAttached([pk])
        photo.expires_at = now
        photo.save(update_fields=["expires_at"])
        transaction.on_commit(partial(_delete_drafts, at=now, only=[pk]), robust=True)


def let_go(*, photo_ids: Iterable[uuid.UUID], at: datetime) -> int:
    """Take attached photos away from what was erased: they become drafts that are over; returns how many.

    Their files go with the next `delete_expired`. Runs in the caller's transaction.
    """
    attached = Photo.objects.filter(pk__in=list(photo_ids)).exclude(attached_to="")
    return attached.update(attached_to="", attached_at=None, expires_at=at)


def claim(*, visit_owner: str, person_owner: str) -> int:
    """Give the drafts of a visit to the person who has just signed in; returns how many."""
    if not visit_owner.startswith("visit:") or not person_owner.startswith("person:"):
        raise ValueError("drafts go from a visit to a person")
    return Photo.objects.filter(owner=visit_owner, attached_to="").update(owner=person_owner)


def make_versions(*, photo_id: uuid.UUID | str, at: datetime | None = None) -> bool:
    """Make the copies that are shown, unless they are there or another worker is at it.

    The work is leased for five minutes, so no lock is held while a picture is decoded; whoever comes
    second throws its own files away. A picture that cannot be decoded, or brought the worker down five
    times, becomes "broken".

    Args:
        photo_id: which.
        at: now, where the caller knows it.

    Returns:
        True where this call made them.
    """
    photo = _lease(Q(pk=photo_id), at or timezone.now())
    return photo is not None and _make(photo, at or timezone.now())


def make_missing_versions(*, limit: int = 20, at: datetime | None = None) -> int:
    """Make the copies of photos that no nudge reached or whose worker died; returns how many were made.

    Args:
        limit: at most so many photos in this call.
        at: now, where the caller knows it.
    """
    now, made = at or timezone.now(), 0
    for _turn in range(limit):
        photo = _lease(Q(), now)
        if photo is None:
            break
        try:
            made += _make(photo, now)
        except (OSError, MemoryError) as error:
            log.warning("no copies of photo %s: %s; it is tried again later", photo.pk, type(error).__name__)
    return made


def delete_expired(*, at: datetime) -> int:
    """Delete drafts that are over, with their files, and files that no photo names; returns how many."""
    deleted = 0
    while True:
        batch = _delete_drafts(at=at)
        deleted += batch
        if batch < BATCH:
            break
    orphans = keeping.delete_orphans(at=at)
    if orphans:
        log.info("%d files that no photo names were deleted", orphans)
    return deleted


def _lock_owner(owner: str) -> None:
    """Let one owner's photos be counted and added one after the other, until the transaction ends."""
    number = int.from_bytes(hashlib.blake2b(f"photo:{owner}".encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _check_room(owner: str, at: datetime) -> None:
    limit = PERSON_DRAFTS if owner.startswith("person:") else VISIT_DRAFTS
    if for_owner(owner, at=at).count() >= limit:
        raise TooManyDrafts(limit)


def _new_draft(owner: str, facts: Facts, key: str, at: datetime) -> Photo:
    return Photo.objects.create(
        owner=owner,
        content_type=facts.content_type,
        byte_size=facts.byte_size,
        width=facts.width,
        height=facts.height,
        sha256=facts.sha256,
        taken_at=facts.taken_at,
        latitude=facts.latitude,
        longitude=facts.longitude,
        created_at=at,
        expires_at=at + DRAFT_LIFE,
        original_key=key,
        versions_due_at=at,
    )


def _as_uuids(photo_ids: Iterable[uuid.UUID | str]) -> list[uuid.UUID]:
    """Read ids as a form sends them; one that is no id at all cannot be anybody's photo."""
    ids = []
    for photo_id in photo_ids:
        try:
            ids.append(photo_id if isinstance(photo_id, uuid.UUID) else uuid.UUID(str(photo_id)))
        except ValueError:
            raise NotYourPhotos([]) from None
    return ids


def _refuse_unless_all_good(found: list[Photo | None], wanted: list[uuid.UUID], at: datetime) -> None:
    missing = [pk for pk, photo in zip(wanted, found, strict=True) if photo is None]
    photos = [photo for photo in found if photo is not None]
    used = [photo.pk for photo in photos if not photo.is_draft]
    expired = [photo.pk for photo in photos if photo.expires_at and photo.expires_at <= at]
    broken = [photo.pk for photo in photos if photo.state == Photo.State.BROKEN]
    if missing:
        raise NotYourPhotos(missing)
    if used:
        raise AlreadyAttached(used)
    if expired:
        raise DraftExpired(expired)
    if broken:
        raise BrokenPhotos(broken)


def _lease(which: Q, at: datetime) -> Photo | None:
    """Take the longest waiting photo for five minutes, passing over those that others hold."""
    with transaction.atomic():
        photo = (
            Photo.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(which, state=Photo.State.UPLOADED, versions_due_at__lte=at)
            .order_by("versions_due_at")
            .first()
        )
        if photo is not None:
            photo.versions_due_at = at + LEASE
            photo.version_tries = F("version_tries") + 1
            photo.save(update_fields=["versions_due_at", "version_tries"])
            photo.refresh_from_db(fields=["version_tries"])
    return photo


def _make(photo: Photo, at: datetime) -> bool:
    if photo.version_tries > MAX_TRIES:
        return _mark_broken(photo)
    try:
        with keeping.private().open(photo.original_key) as original:
            shown, thumb = versions.shown_and_thumb(original, photo.content_type)
    except (FileNotFoundError, Busy):
        return False
    except PhotoRefused:
        return _mark_broken(photo)
    keys = [keeping.keep(keeping.new_key(at, "jpg"), ContentFile(content)) for content in (shown, thumb)]
    won = Photo.objects.filter(pk=photo.pk, state=Photo.State.UPLOADED).update(
        state=Photo.State.READY, shown_key=keys[0], thumb_key=keys[1], versions_due_at=None
    )
    if not won:
        keeping.throw_away(keys)
    return bool(won)


def _mark_broken(photo: Photo) -> bool:
    Photo.objects.filter(pk=photo.pk, state=Photo.State.UPLOADED).update(state=Photo.State.BROKEN, versions_due_at=None)
    return False


def _delete_drafts(*, at: datetime, only: list[uuid.UUID] | None = None) -> int:
    """Delete a batch of drafts that are over: files first, so that a row never goes before its files."""
    with transaction.atomic():
        over = Photo.objects.select_for_update(skip_locked=True).filter(attached_to="", expires_at__lte=at)
        if only is not None:
            over = over.filter(pk__in=only)
        gone = [photo.pk for photo in over.order_by("expires_at")[:BATCH] if _files_deleted(photo)]
        Photo.objects.filter(pk__in=gone).delete()
    return len(gone)


def _files_deleted(photo: Photo) -> bool:
    """Delete the files of a photo; one that the storage will not let go must not keep the others."""
    try:
        keeping.throw_away([photo.original_key, photo.shown_key, photo.thumb_key])
    except OSError as error:
        log.warning("files of photo %s were not deleted: %s; it is tried again", photo.pk, type(error).__name__)
        return False
    return True
