"""History: append-only rows, chained by hash, with erasable free text; and the nightly seal.

A row's hash covers its fields, the hash of the row before it, and the digest (hash of salt and
body) of each of its texts. A text can therefore be erased on schedule and the chain still verifies.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import statements
from core.statements import Among, Given, Statement

GENESIS = b"\x00" * 32


class StepText(models.Model):
    """Free text of a step. Erasing blanks body and salt; the digest stays, so the chain holds."""

    body = models.TextField(blank=True)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "core"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(body=""), name="steptext_erased_is_blank"
            )
        ]

    def __str__(self) -> str:
        return self.body

    @classmethod
    def write(cls, body: str) -> "StepText":
        """Store ``body`` with a fresh salt and its digest."""
        salt = secrets.token_bytes(16)
        text = cls(body=body, salt=salt, digest=digest_of(salt, body))
        statements.insert(text)
        return text

    def intact(self) -> bool:
        """Whether the body is the one that was written, or was erased by schedule."""
        if self.erased_at is not None:
            return self.body == ""
        return digest_of(bytes(self.salt), self.body) == bytes(self.digest)


def digest_of(salt: bytes, body: str) -> bytes:
    """SHA-256 over salt and body."""
    return hashlib.sha256(salt + body.encode()).digest()


def erase_texts(ids: Collection[int], *, at: datetime) -> int:
    """Blank body and salt of these texts (个人信息保护法 art. 47); returns how many had something left."""
    texts = StepText.objects.filter(pk__in=ids, erased_at__isnull=True)
    return texts.update(body="", salt=b"", erased_at=at)


class HasHistory(models.Model):
    """A subject with a state and a history: it keeps the number and hash of its last row."""

    state = models.CharField(max_length=24)
    state_before_pause = models.CharField(max_length=24, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    last_hash = models.BinaryField(max_length=32, default=GENESIS)

    class Meta:
        abstract = True


class History(models.Model):
    """One step that was taken. The concrete class adds ``subject`` and ``actor`` foreign keys."""

    part = models.CharField(max_length=24, blank=True)
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    actor_kind = models.CharField(max_length=10)
    role = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    given = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    texts = models.JSONField(default=dict)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    subject_id: int
    actor_id: int | None
    actor: Any
    acted_for_id: int | None
    HISTORY: ClassVar[bool] = True

    class Meta:
        abstract = True

    def digest(self, text_digests: Mapping[str, bytes]) -> bytes:
        """The hash this row must carry, given the digests of its texts by name."""
        body = {
            "subject": self.subject_id,
            "part": self.part,
            "seq": self.seq,
            "step": self.step,
            "from": self.from_state,
            "to": self.to_state,
            "actor": self.actor_id,
            "kind": self.actor_kind,
            "for": self.acted_for_id,
            "role": self.role,
            "at": stamp(self.at),
            "recorded": stamp(self.recorded_at),
            "given": json.loads(json.dumps(self.given, cls=DjangoJSONEncoder)),
            "texts": {name: bytes(text_digests[name]).hex() for name in sorted(self.texts)},
        }
        plain = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(bytes(self.prev_hash) + plain.encode()).digest()


def stamp(moment: datetime) -> str:
    """A moment as the hash sees it: UTC, to the microsecond that the database keeps."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def histories() -> list[type[History]]:
    """Every history table of the installed apps."""
    return [model for model in apps.get_models() if issubclass(model, History)]


def append_only_sql(table: str) -> tuple[str, str]:
    """Forward and backward SQL of the trigger that refuses UPDATE, DELETE and TRUNCATE on ``table``."""
    forward = f"""
    CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
    """
    return forward, f"DROP TRIGGER {table}_append_only ON {table};"


def texts_of(rows: list[Any]) -> dict[int, StepText]:
    """The texts of these history rows, by id, in one query."""
    ids = {pk for row in rows for pk in row.texts.values()}
    return {text.pk: text for text in _TEXTS.rows(ids=list(ids))} if ids else {}


_TEXTS = Statement(lambda: StepText.objects.filter(Among("pk", Given("ids"))))


class Seal(models.Model):
    """What one history table held at the end of a day, chained onto the seal before: a missing row shows."""

    table = models.CharField(max_length=80)
    day = models.DateField()
    last_row = models.BigIntegerField()
    rows = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(fields=["table", "day"], name="seal_table_day")]
