"""Once: a form's key makes a second sending of the same form answer with the first one's result."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.refusals import Refused

KEPT = timedelta(days=30)
_SPEND = """
INSERT INTO core_oncekey (owner, key, address, created_at) VALUES (%s, %s, %s, %s) ON CONFLICT (owner, key) DO NOTHING
"""


class OnceKey(models.Model):
    """A form key that was spent: whose, which, and where its result stands."""

    owner = models.CharField(max_length=80)
    key = models.UUIDField()
    address = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="once_owner_key")]


class AlreadyDone(Refused):
    """This form was sent before; ``address`` is where its result stands."""

    def __init__(self, address: str) -> None:
        super().__init__(_("这份内容已经收到过一次，没有重复提交。"))
        self.address = address


@dataclass(frozen=True)
class Key:
    """A form key together with its owner ("person:12", or "visit:…" for a visitor)."""

    owner: str
    key: uuid.UUID


def fresh_key() -> str:
    """A new key to draw into a form."""
    return str(uuid.uuid4())


def from_request(request: HttpRequest, owner: str) -> Key | None:
    """The key that a form sent (POST field or Idempotency-Key header), or None when there is none."""
    sent = request.POST.get("once") or request.headers.get("Idempotency-Key", "")
    try:
        return Key(owner, uuid.UUID(sent))
    except ValueError:
        return None


def check(key: Key | None) -> None:
    """Raise AlreadyDone when the key was spent."""
    if key is None:
        return
    spent = OnceKey.objects.filter(owner=key.owner, key=key.key).first()
    if spent is not None:
        raise AlreadyDone(spent.address)


def spend(key: Key | None, address: str) -> None:
    """Spend the key inside the running transaction.

    Two requests with one key at the same moment: the second waits for the first one's commit,
    then raises AlreadyDone, so its whole transaction is taken back.
    """
    if key is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [key.owner, key.key, address, timezone.now()])
        if cursor.rowcount:
            return
    raise AlreadyDone(OnceKey.objects.get(owner=key.owner, key=key.key).address)


def forget_old(*, at: datetime) -> int:
    """Delete keys older than 30 days; returns how many."""
    return OnceKey.objects.filter(created_at__lt=at - KEPT).delete()[0]
