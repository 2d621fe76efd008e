"""Telling people: outbox rows become messages and deliveries; deliveries are sent once."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from core import outbox
from core.notices import NoticeKind, Recipient, notice_kinds
from core.outbox import OutboxRow, OutboxWork
from core.personal import keep_days, mask_phone
from core.statements import Among, Given, Statement, insert_new
from notifications.gateways.base import Gateway, PermanentRefusal, TryLater
from notifications.models import Delivery, DeliveryAttempt, DemoSms, Message, Person, Placed

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 8
READ_AFTER = timedelta(days=2)
NO_ANSWER = "no answer came"
State, Why = Delivery.State, Delivery.Why


class NotToSend(Exception):
    """A delivery for which there is nothing to send any more; carries why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@outbox.on_every("notices", lambda kind: kind in notice_kinds)
def tell(row: OutboxRow) -> None:
    """Make the messages and deliveries of an outbox row; doing it again adds nothing.

    Urgent texts go out right after the commit, in the process that carried out the row.
    """
    if _expand(row):
        transaction.on_commit(partial(_send_at_once, row.pk), robust=True)


def write_as_delivered(*, row: OutboxRow, at: datetime, subject: Any = None) -> None:
    """Expand a row of the past as if everything had been sent then: nothing goes out.

    ``subject`` is what the row is about, where the caller has it at hand.
    """
    now = timezone.now()
    with transaction.atomic():
        _expand(row, subject)
        Message.objects.filter(row=row).update(at=at, read_at=at if at < now - READ_AFTER else None)
        Delivery.objects.filter(row=row, state=State.WAITING).update(state=State.SENT, sent_at=at, due_at=at)
        OutboxWork.objects.filter(row=row, done_at__isnull=True).update(done_at=at, claimed_until=None)


def send_waiting(*, at: datetime, limit: int = 100, stop: Callable[[], bool] = lambda: False) -> int:
    """Send due deliveries one by one, urgent ones first, until ``limit`` or ``stop()``; returns how many.

    Each is claimed by itself, so that no lease runs out behind a slow gateway.
    """
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    begun, taken = monotonic(), 0
    while taken < limit and not stop():
        moment = at + timedelta(seconds=monotonic() - begun)
        delivery = _claim(moment)
        if delivery is None:
            break
        taken += 1
        _send(delivery, gateway, moment)
    return taken


def send_again(*, delivery: Delivery, at: datetime) -> bool:
    """Let a delivery that went wrong be sent anew, to the number the person has now; False without one."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(of=("self",)).select_related("person").get(pk=delivery.pk)
        phone = locked.person.phone if locked.person is not None else locked.phone
        if locked.state not in (State.FAILED, State.UNKNOWN, State.SKIPPED) or not phone:
            return False
        Delivery.objects.filter(pk=locked.pk).update(
            state=State.WAITING, phone=phone, why="", tries=0, due_at=at, claimed_until=None, last_error=""
        )
    return True


def open_message(*, message: Message, at: datetime) -> Message:
    """Mark a message as read."""
    if message.read_at is None:
        message.read_at = at
        message.save(update_fields=["read_at"])
    return message


def read_all(*, person: Person, at: datetime) -> int:
    """Mark everything in a person's inbox as read; returns how many were not."""
    return Message.objects.filter(person=person, read_at__isnull=True).update(read_at=at)


def erase_old(*, at: datetime, batch: int = 500) -> int:
    """Delete messages and blank numbers that were kept long enough; running again finds nothing more.

    What still waits to be sent keeps its number. At most ``batch`` rows of each table; the next run goes on.
    Returns how many rows were touched.
    """
    done = _delete(Message.objects.filter(at__lt=at - timedelta(days=keep_days(Message, "body"))), batch)
    done += _delete(DemoSms.objects.filter(at__lt=at - timedelta(days=keep_days(DemoSms, "text"))), batch)
    old = Delivery.objects.filter(due_at__lt=at - timedelta(days=keep_days(Delivery, "phone")))
    ids = list(old.exclude(phone="").exclude(state=State.WAITING).values_list("pk", flat=True)[:batch])
    return done + Delivery.objects.filter(pk__in=ids).update(phone="")


@outbox.on("accounts.closed", "notifications")
def forget(row: OutboxRow) -> None:
    """Empty the inbox of somebody who closed their account, and the numbers beside what was sent to them."""
    person_id = row.about_id
    Message.objects.filter(person_id=person_id).delete()
    theirs = Delivery.objects.filter(person_id=person_id).exclude(phone="")
    DemoSms.objects.filter(key__in=theirs.values("key")).delete()
    theirs.filter(state=State.WAITING).update(state=State.SKIPPED, why=Why.NOTHING_LEFT)
    theirs.update(phone="")


def _delete(rows: QuerySet[Any], batch: int) -> int:
    ids = list(rows.values_list("pk", flat=True)[:batch])
    return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0


def _expand(row: OutboxRow, subject: Any = None) -> bool:
    """Make messages and deliveries; returns whether an urgent text waits now."""
    kind = notice_kinds.get(row.kind)
    subject = kind.subject(row) if subject is None else subject
    area_id = subject.area_id if isinstance(subject, Placed) else None
    messages, deliveries = [], []
    for recipient in _each_once(_still_here(kind.to(row, subject))):
        channels = kind.channels.get(recipient.as_role, ("inbox",))
        if "inbox" in channels and recipient.person_id is not None:
            messages.append(_message(row, kind, subject, recipient, recipient.person_id))
        deliveries += [_delivery(row, kind, recipient, channel, area_id) for channel in channels if channel != "inbox"]
    insert_new(messages)
    insert_new(deliveries)
    return kind.urgency == "urgent" and any(delivery.phone for delivery in deliveries)


def _still_here(recipients: list[Recipient]) -> list[Recipient]:
    """Without those who closed their account meanwhile: there is nobody to tell."""
    ids = {recipient.person_id for recipient in recipients if recipient.person_id is not None}
    closed = set(_CLOSED.rows(people=list(ids))) if ids else set()
    return [recipient for recipient in recipients if recipient.person_id not in closed]


_CLOSED = Statement(
    lambda: Person.objects.filter(Among("pk", Given("people")), closed_at__isnull=False).values_list("pk", flat=True)
)


def _each_once(recipients: list[Recipient]) -> Iterator[Recipient]:
    """Each recipient in the first role that names them; a bare number only where it is no named person's."""
    seen: set[str] = set()
    numbers = {recipient.phone for recipient in recipients if recipient.person_id is not None}
    for recipient in recipients:
        if recipient.key in seen or (recipient.person_id is None and recipient.phone in numbers - {""}):
            continue
        seen.add(recipient.key)
        yield recipient


def _message(row: OutboxRow, kind: NoticeKind, subject: object, recipient: Recipient, person_id: int) -> Message:
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        wording = kind.words(row, subject, recipient)
    return Message(
        row=row, person_id=person_id, kind=row.kind, title=wording.title[:200], body=wording.body,
        url=wording.url, at=row.at,
    )  # fmt: skip


def _delivery(row: OutboxRow, kind: NoticeKind, recipient: Recipient, channel: str, area_id: int | None) -> Delivery:
    return Delivery(
        row=row, channel=channel, as_role=recipient.as_role, person_id=recipient.person_id, phone=recipient.phone,
        language=recipient.language or settings.LANGUAGE_CODE, area_id=area_id,
        key=f"{row.pk}:{recipient.key}:{channel}", urgent=kind.urgency == "urgent", due_at=row.at,
        state=State.WAITING if recipient.phone else State.SKIPPED, why="" if recipient.phone else Why.NO_PHONE,
    )  # fmt: skip


def _send_at_once(row_id: int) -> None:
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    now = timezone.now()
    while (delivery := _claim(now, row_id=row_id)) is not None:
        _send(delivery, gateway, now)


def _claim(at: datetime, row_id: int | None = None) -> Delivery | None:
    """Claim the next due delivery (of one row) under a lease; other workers pass it over."""
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=at)
    if row_id is not None:
        due = due.filter(row_id=row_id)
    with transaction.atomic(durable=True):
        found = (
            due.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=at))
            .order_by("-urgent", "due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)
            .first()
        )
        if found is None:
            return None
        Delivery.objects.filter(pk=found).update(claimed_until=at + LEASE, tries=F("tries") + 1)
    return Delivery.objects.select_related("row").get(pk=found)


def _send(delivery: Delivery, gateway: Gateway, at: datetime) -> None:
    """Carry one claimed delivery as far as it gets: sent, later, or not at all."""
    lost = delivery.attempts.filter(ended_at=None, answer="")
    if not gateway.knows_keys and lost.exists():
        _answer_lost(delivery, "the worker ended before the answer came")
        return
    try:
        if delivery.tries > MOST_TRIES:
            raise NotToSend(Why.GAVE_UP)
        text = _text(delivery, at)
    except NotToSend as reason:
        _settle(delivery, State.FAILED, why=reason.why)
        return
    except Exception as error:
        log.exception("the words of delivery %s cannot be made", delivery.pk)
        _later(delivery, at, error)
        return
    _hand_over(delivery, gateway, text, at)


def _hand_over(delivery: Delivery, gateway: Gateway, text: str, at: datetime) -> None:
    digest = salted_hmac("notifications.text", text, algorithm="sha256").hexdigest()
    attempt = DeliveryAttempt.objects.create(delivery=delivery, started_at=timezone.now(), digest=digest)
    try:
        gateway_id = gateway.send(phone=delivery.phone, text=text, key=delivery.key)
    except PermanentRefusal as refusal:
        _end(attempt, f"refused: {_tidy(delivery, refusal)}")
        _settle(delivery, State.FAILED, why=Why.REFUSED, error=_tidy(delivery, refusal))
    except TryLater as error:
        _end(attempt, f"later: {_tidy(delivery, error)}")
        _later(delivery, at, error)
    except Exception as error:
        log.exception("the gateway broke at delivery %s", delivery.pk)
        if not gateway.knows_keys:
            _answer_lost(delivery, _tidy(delivery, error))
            return
        _end(attempt, f"broke: {_tidy(delivery, error)}")
        _later(delivery, at, error)
    else:
        _taken(delivery, attempt, gateway_id)


def _taken(delivery: Delivery, attempt: DeliveryAttempt, gateway_id: str) -> None:
    with transaction.atomic():
        _end(attempt, "taken")
        _settle(delivery, State.SENT, gateway_id=gateway_id)
        kind = notice_kinds.get(delivery.row.kind)
        if kind.sent is not None:
            kind.sent(delivery.row)


def _text(delivery: Delivery, at: datetime) -> str:
    """The words as of now, in the recipient's language; raises NotToSend."""
    kind = notice_kinds.get(delivery.row.kind)
    if kind.life_seconds is not None and at > delivery.row.at + timedelta(seconds=kind.life_seconds):
        raise NotToSend(Why.TOO_LATE)
    recipient = Recipient(
        as_role=delivery.as_role, person_id=delivery.person_id, phone=delivery.phone, language=delivery.language
    )
    # An earlier text may have been taken, and blanked, while its answer was lost: then words has none.
    with translation.override(delivery.language):
        text = kind.words(delivery.row, kind.subject(delivery.row), recipient).sms
    if not text:
        raise NotToSend(Why.NOTHING_LEFT)
    return text


def _end(attempt: DeliveryAttempt, answer: str) -> None:
    attempt.ended_at, attempt.answer = timezone.now(), answer[:300]
    attempt.save(update_fields=["ended_at", "answer"])


def _answer_lost(delivery: Delivery, error: str) -> None:
    with transaction.atomic():
        delivery.attempts.filter(ended_at=None, answer="").update(answer=NO_ANSWER)
        _settle(delivery, State.UNKNOWN, why=Why.LOST, error=error)


def _settle(delivery: Delivery, state: str, *, why: str = "", error: str = "", gateway_id: str = "") -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, why=why, last_error=error[:300], gateway_id=gateway_id[:100], claimed_until=None,
        sent_at=timezone.now() if state == State.SENT else None,
    )  # fmt: skip


def _later(delivery: Delivery, at: datetime, error: Exception) -> None:
    if delivery.tries >= MOST_TRIES:
        _settle(delivery, State.FAILED, why=Why.GAVE_UP, error=_tidy(delivery, error))
        return
    pause = min(timedelta(seconds=2**delivery.tries), LONGEST_PAUSE)
    Delivery.objects.filter(pk=delivery.pk).update(
        claimed_until=None, due_at=at + pause, last_error=_tidy(delivery, error)
    )


def _tidy(delivery: Delivery, error: Exception) -> str:
    """An error in words that are kept: the number in it is masked."""
    words = f"{type(error).__name__}: {error}"
    return (words.replace(delivery.phone, mask_phone(delivery.phone)) if delivery.phone else words)[:300]
