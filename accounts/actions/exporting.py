"""The copy of one's data: asked for, made by a worker part by part, kept a week, downloaded by that person."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import packing, queries, rules
from accounts.actions import limits
from accounts.models import AccountEvent, DataExport, Person
from core import outbox
from core.refusals import Refused

log = logging.getLogger(__name__)
State = DataExport.State

LEASE = timedelta(minutes=15)
MOST_TRIES = 3
BATCH = 200
FOLDER = "exports"


class NotThere(Refused):
    """The copy is somebody else's, or there is none of this name."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("这里没有您的资料副本。"))


class TooLate(Refused):
    """The copy was kept a week and is deleted."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("这份副本已经过了 7 天，按约定删除了。可以再要一份新的。"))


def ask_export(*, person: Person, at: datetime) -> DataExport:
    """Ask for a copy of one's data; one that is being made already is the answer to a second press.

    Args:
        person: whose data, and who asks.
        at: now.

    Raises:
        TooOften: more than three on one day.
    """
    waiting = queries.waiting_export(person)
    if waiting is not None:
        return waiting
    try:
        with transaction.atomic():
            limits.spend(f"export:{person.pk}", limit=rules.EXPORTS_PER_DAY, window=rules.DAY, at=at)
            export = DataExport.objects.create(
                person=person, asked_at=at, language=person.language or rules.CITY_LANGUAGE
            )
            AccountEvent.objects.create(person=person, what=AccountEvent.What.EXPORT, by=person, at=at)
    except IntegrityError:
        return DataExport.objects.get(person=person, state=State.WAITING)
    return export


def make_exports(*, at: datetime, limit: int = 5) -> int:
    """Make copies that were asked for, oldest first; returns how many were begun.

    Each is claimed under a lease: where a worker dies, another one begins anew.
    """
    begun = 0
    while begun < limit and (export := _claim(at)) is not None:
        begun += 1
        try:
            _make(export, at)
        except Exception:
            log.exception("the copy %s could not be made", export.pk)
            failed = State.FAILED if export.tries >= MOST_TRIES else State.WAITING
            DataExport.objects.filter(pk=export.pk, state=State.WAITING).update(
                state=failed, claimed_until=at + timedelta(minutes=export.tries)
            )
    return begun


def take_export(*, person: Person, export_id: UUID, at: datetime) -> tuple[DataExport, "File[bytes]"]:
    """Hand a copy to the person it belongs to, and write down that they took it.

    Args:
        person: who asks for it.
        export_id: which (UUID).
        at: now.

    Returns:
        The copy and its open file.

    Raises:
        NotThere: it is another person's, was never made, or is not ready.
        TooLate: it is older than seven days.
    """
    export = DataExport.objects.filter(pk=export_id, person=person).first()
    if export is None or export.state in (State.WAITING, State.FAILED):
        raise NotThere
    if not export.is_open(at):
        raise TooLate
    try:
        file = storages["private"].open(export.file_key)
    except FileNotFoundError:
        raise TooLate from None
    AccountEvent.objects.create(person=person, what=AccountEvent.What.DOWNLOAD, by=person, at=at)
    return export, file


def forget_exports(*, at: datetime) -> int:
    """Delete the files of copies whose week is over; returns how many."""
    due = DataExport.objects.filter(~Q(file_key=""), expires_at__lte=at).order_by("expires_at")[:BATCH]
    return sum(_delete(export) for export in due)


def throw_away_exports(*, person: Person) -> int:
    """Delete every copy of a person's data and stop what is being made; returns how many files went."""
    DataExport.objects.filter(person=person, state=State.WAITING).update(state=State.GONE)
    return sum(_delete(export) for export in DataExport.objects.filter(~Q(file_key=""), person=person))


def _delete(export: DataExport) -> int:
    """Delete the file after the row says so has been committed: never a row that promises a file that is gone."""
    key = export.file_key
    gone = DataExport.objects.filter(pk=export.pk, file_key=key).update(state=State.GONE, file_key="", byte_size=0)
    transaction.on_commit(lambda: storages["private"].delete(key))
    return gone


def _claim(at: datetime) -> DataExport | None:
    with transaction.atomic():
        export = (
            DataExport.objects.filter(state=State.WAITING)
            .filter(Q(claimed_until=None) | Q(claimed_until__lte=at))
            .order_by("asked_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("person")
            .first()
        )
        if export is not None:
            DataExport.objects.filter(pk=export.pk).update(
                claimed_until=at + LEASE, tries=F("tries") + 1, done_parts=0, all_parts=packing.parts()
            )
            export.tries += 1
    return export


def _make(export: DataExport, at: datetime) -> None:
    key = f"{FOLDER}/{export.pk.hex}.zip"
    store = storages["private"]
    with translation.override(export.language), packing.pack(export.person, at=at, tick=_ticker(export)) as packed:
        store.delete(key)
        kept = store.save(key, File(packed.file))
    with transaction.atomic():
        still = DataExport.objects.select_for_update(no_key=True).filter(pk=export.pk, state=State.WAITING).first()
        if still is None:
            transaction.on_commit(lambda: store.delete(kept))
            return
        still.state, still.file_key, still.byte_size = State.READY, kept, packed.size
        still.ready_at, still.expires_at, still.claimed_until = at, at + rules.EXPORT_LIFE, None
        still.save()
        outbox.put(
            "accounts.export_ready", about=f"accounts.person:{still.person_id}",
            key=f"accounts:export_ready:{still.pk}", ids={"export_id": str(still.pk)}, at=at,
        )  # fmt: skip


def _ticker(export: DataExport) -> Callable[[], None]:
    """Counts one part as done, at once visible to the person who waits."""

    def tick() -> None:
        DataExport.objects.filter(pk=export.pk).update(done_parts=F("done_parts") + 1)

    return tick
