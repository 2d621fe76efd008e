"""Telling people: outbox rows become messages and deliveries; deliveries are sent once."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from core import outbox
from core.notices import NoticeKind, Recipient, notice_kinds
from core.outbox import OutboxRow, OutboxWork
from notifications.gateways.base import Gateway, PermanentRefusal, TryLater
from notifications.models import Delivery, DeliveryAttempt, Message, Person
from notifications.queries import TROUBLE

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 8
READ_AFTER = timedelta(days=2)
State = Delivery.State


@outbox.on_every("notices", lambda kind: kind in notice_kinds)
def expand(row: OutboxRow) -> None:
    """Make the messages and deliveries of an outbox row; doing it again adds nothing."""
    kind = notice_kinds.get(row.kind)
    subject = kind.subject(row)
    messages, deliveries = [], []
    for recipient in _each_once(kind.to(row, subject)):
        channels = kind.channels.get(recipient.as_role, ("inbox",))
        if "inbox" in channels and recipient.person_id is not None:
            messages.append(_message(row, kind, subject, recipient))
        deliveries += [_delivery(row, kind, recipient, channel) for channel in channels if channel != "inbox"]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def write_as_delivered(*, row: OutboxRow, at: datetime) -> None:
    """Expand a row of the past as if everything had been sent then: nothing goes out."""
    now = timezone.now()
    with transaction.atomic():
        expand(row)
        Message.objects.filter(row=row).update(at=at, read_at=at if at < now - READ_AFTER else None)
        Delivery.objects.filter(row=row, state=State.WAITING).update(state=State.SENT, sent_at=at, due_at=at)
        OutboxWork.objects.filter(row=row, done_at__isnull=True).update(done_at=at, claimed_until=None)


def send_waiting(*, at: datetime, limit: int = 100) -> int:
    """Claim due deliveries, urgent ones first, and hand each to its gateway; returns how many were claimed."""
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    claimed = _claim(at=at, limit=limit)
    for delivery in claimed:
        _send(delivery, gateway, at)
    return len(claimed)


def send_again(*, delivery_id: int, at: datetime) -> None:
    """Let a failed or unknown delivery be sent anew."""
    Delivery.objects.filter(pk=delivery_id, state__in=TROUBLE).update(
        state=State.WAITING, tries=0, due_at=at, claimed_until=None, last_error=""
    )


def open_message(*, message: Message, at: datetime) -> Message:
    """Mark a message as read."""
    if message.read_at is None:
        message.read_at = at
        message.save(update_fields=["read_at"])
    return message


def read_all(*, person: Person, at: datetime) -> int:
    """Mark everything in a person's inbox as read; returns how many were not."""
    return Message.objects.filter(person=person, read_at__isnull=True).update(read_at=at)


def _each_once(recipients: list[Recipient]) -> Iterator[Recipient]:
    seen: set[str] = set()
    for recipient in recipients:
        if recipient.key not in seen:
            seen.add(recipient.key)
            yield recipient


def _message(row: OutboxRow, kind: NoticeKind, subject: object, recipient: Recipient) -> Message:
    with translation.override(recipient.language):
        wording = kind.words(row, subject, recipient)
    return Message(
        row=row, person_id=recipient.person_id, kind=row.kind, title=wording.title[:200], body=wording.body,
        url=wording.url, at=row.at,
    )  # fmt: skip


def _delivery(row: OutboxRow, kind: NoticeKind, recipient: Recipient, channel: str) -> Delivery:
    return Delivery(
        row=row, channel=channel, as_role=recipient.as_role, person_id=recipient.person_id, phone=recipient.phone,
        language=recipient.language, key=f"{row.pk}:{recipient.key}:{channel}", urgent=kind.urgency == "urgent",
        state=State.WAITING if recipient.phone else State.SKIPPED, due_at=row.at,
    )  # fmt: skip


def _claim(*, at: datetime, limit: int) -> list[Delivery]:
    with transaction.atomic(durable=True):
        due = (
            Delivery.objects.filter(state=State.WAITING, due_at__lte=at)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
            .order_by("-urgent", "due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:limit]
        )
        ids = list(due)
        Delivery.objects.filter(pk__in=ids).update(claimed_until=at + LEASE, tries=F("tries") + 1)
    found = Delivery.objects.filter(pk__in=ids).select_related("row").order_by("-urgent", "due_at", "id")
    return list(found)


def _send(delivery: Delivery, gateway: Gateway, at: datetime) -> None:
    kind = notice_kinds.get(delivery.row.kind)
    if not gateway.knows_keys and delivery.attempts.filter(ended_at=None).exists():
        _settle(delivery, State.UNKNOWN, error="the answer of an earlier attempt was lost")
        return
    if kind.life_seconds is not None and at > delivery.row.at + timedelta(seconds=kind.life_seconds):
        _settle(delivery, State.FAILED, error="too late to be of use")
        return
    attempt = DeliveryAttempt.objects.create(delivery=delivery, started_at=timezone.now())
    try:
        text = _text(delivery, kind)
        answer = gateway.send(phone=delivery.phone, text=text, key=delivery.key)
    except PermanentRefusal as refusal:
        _end(attempt, f"refused: {refusal}")
        _settle(delivery, State.FAILED, error=str(refusal))
    except Exception as error:
        log.log(logging.INFO if isinstance(error, TryLater) else logging.ERROR, "delivery %s: %s", delivery.pk, error)
        _end(attempt, f"later: {type(error).__name__}")
        _later(delivery, at, f"{type(error).__name__}: {error}")
    else:
        with transaction.atomic():
            _end(attempt, answer)
            _settle(delivery, State.SENT)
            if kind.sent is not None:
                kind.sent(delivery.row)


def _text(delivery: Delivery, kind: NoticeKind) -> str:
    recipient = Recipient(
        as_role=delivery.as_role, person_id=delivery.person_id, phone=delivery.phone, language=delivery.language
    )
    with translation.override(delivery.language):
        text = kind.words(delivery.row, kind.subject(delivery.row), recipient).sms
    if not text:
        raise PermanentRefusal("there is nothing left to send")
    return text


def _end(attempt: DeliveryAttempt, answer: str) -> None:
    attempt.ended_at, attempt.answer = timezone.now(), answer[:300]
    attempt.save(update_fields=["ended_at", "answer"])


def _settle(delivery: Delivery, state: str, *, error: str = "") -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, claimed_until=None, last_error=error[:300], sent_at=timezone.now() if state == State.SENT else None
    )


def _later(delivery: Delivery, at: datetime, error: str) -> None:
    if delivery.tries >= MOST_TRIES:
        _settle(delivery, State.FAILED, error=error)
        return
    pause = min(timedelta(seconds=2 ** min(delivery.tries, 12)), LONGEST_PAUSE)
    Delivery.objects.filter(pk=delivery.pk).update(claimed_until=None, due_at=at + pause, last_error=error[:300])
