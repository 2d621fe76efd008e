"""Erasing on schedule what accounts hold: what each table declared, in small batches (个人信息保护法 art. 47)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actions.exporting import forget_exports
from accounts.models import AccountEvent, ActingFor, Device, Invitation, OpeningLog, SignInCode
from core.personal import keep_days

BATCH = 500


def erase_old(*, at: datetime, batch: int = BATCH) -> int:
    """Blank or delete what was kept long enough; running again finds nothing more.

    Args:
        at: now.
        batch: at most how many rows of each table; the next run goes on.

    Returns:
        How many rows were blanked or deleted.
    """
    done = _delete(SignInCode.objects.filter(created_at__lt=_before(SignInCode, "phone", at)), batch)
    done += _delete(_used_up(at), batch)
    logged = Device.objects.filter(event__isnull=False, ended_at__lt=_before(Device, "network", at))
    done += _delete(logged, batch)
    done += _blank(OpeningLog.objects.filter(at__lt=_before(OpeningLog, "reason", at)), "reason", batch)
    done += _blank(AccountEvent.objects.filter(at__lt=_before(AccountEvent, "reason", at)), "reason", batch)
    lost = Q(at__lt=at - timedelta(days=7))
    done += _blank(AccountEvent.objects.filter(lost), "sendable", batch)
    done += _blank(_ended(at), "what_for", batch)
    return done + forget_exports(at=at)


def _before(model: type[Model], field: str, at: datetime) -> datetime:
    return at - timedelta(days=keep_days(model, field))


def _used_up(at: datetime) -> QuerySet[Invitation]:
    """Links whose year is over since they were used, taken back or ran out."""
    since = _before(Invitation, "token_hash", at)
    over = Invitation.objects.annotate(over=Coalesce("used_at", "withdrawn_at", "expires_at"))
    return over.filter(created_at__lt=since, over__lt=since)


def _ended(at: datetime) -> QuerySet[ActingFor]:
    """Acting for somebody that ended, or was taken back, long enough ago."""
    since = _before(ActingFor, "what_for", at)
    return ActingFor.objects.filter(Q(valid_until__lt=since) | Q(consent__withdrawn_at__lt=since), valid_from__lt=since)


def _delete(rows: QuerySet[Any], batch: int) -> int:
    ids = list(rows.order_by(F("created_at")).values_list("pk", flat=True)[:batch])
    return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0


def _blank(rows: QuerySet[Any], field: str, batch: int) -> int:
    ids = list(rows.exclude(**{field: ""}).values_list("pk", flat=True)[:batch])
    return rows.model._default_manager.filter(pk__in=ids).update(**{field: ""}) if ids else 0
