"""What the doctor looks at in core: migrations, effects, timers, broker, history, photos' files, disk."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

import redis
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import outbox, sealing
from core.doctor import Finding, Look, register, some
from core.history import History, Seal, histories
from core.media.models import Photo
from core.outbox import OutboxWork
from core.recounting import recount
from core.timers import Timer

BEHIND = timedelta(minutes=5)
SEAL_HOURS = 3
SAMPLE = 200
NAMED_AT_MOST = 20
LEAST_DISK = 0.10
SCARCE_DISK = 0.03
BROKER_SECONDS = 1.0
PROCESSES = "portal-worker、portal-sweep"


@register("core.migrations", _("数据库结构是最新的"))
def migrations(look: Look) -> Iterator[Finding]:
    """Migrations that were not applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            _("有 %(count)s 个数据库更新还没有做：%(names)s"),
            _("运行 manage.py migrate，再重启各个服务。"),
            {"count": len(plan), "names": some(f"{step.app_label}.{step.name}" for step, _back in plan)},
        )


@register("core.outbox", _("通知等后续都办了"))
def effects(look: Look) -> Iterator[Finding]:
    """Effects that failed again and again, and effects that nobody has begun."""
    stuck = list(outbox.stuck()[:NAMED_AT_MOST])
    if stuck:
        yield Finding(
            _("有 %(count)s 件后续试了多次没有办成，最早的是 %(kind)s（%(error)s）"),
            _("打开“运行 → 短信发送”，看原因，改好后按“再办一次”。"),
            {"count": _at_most(len(stuck)), "kind": stuck[0].row.kind, "error": stuck[0].last_error},
        )
    fresh = OutboxWork.objects.filter(done_at__isnull=True, tries__lt=outbox.STUCK_AFTER)
    oldest = fresh.filter(due_at__lt=look.at - BEHIND).order_by("due_at").values_list("due_at", flat=True).first()
    if oldest is not None:
        yield _late(_("后续没有人办：最早的一件等了 %(minutes)s 分钟"), oldest, look.at)


@register("core.timers", _("到时间的步骤都走了"))
def clocks(look: Look) -> Iterator[Finding]:
    """Steps of the clock that are late, and steps that fail."""
    failing = Timer.objects.filter(due_at__lt=look.at + timedelta(hours=1), tries__gte=outbox.STUCK_AFTER)
    first = failing.order_by("due_at", "id").first()
    if first is not None:
        yield Finding(
            _("按时间该走的步骤走不成：%(step)s（%(label)s:%(subject)s，%(error)s）"),
            _("把服务日志里这一步的错误交给维护人员；改好后系统自己会再走。"),
            {"step": first.step, "label": first.label, "subject": first.subject_id, "error": first.last_error},
        )
    late = Timer.objects.filter(due_at__lt=look.at - BEHIND, tries__lt=outbox.STUCK_AFTER)
    oldest = late.order_by("due_at").values_list("due_at", flat=True).first()
    if oldest is not None:
        yield _late(_("按时间该走的步骤晚了：最早的一个晚了 %(minutes)s 分钟"), oldest, look.at)


@register("core.broker", _("Valkey（任务队列和缓存）有回答"))
def broker(look: Look) -> Iterator[Finding]:
    """The broker does not answer, or would throw away what does not fit."""
    limits = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    client = redis.Redis.from_url(settings.REDIS_URL, retry=None, **limits)
    try:
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "")
    except (redis.exceptions.RedisError, OSError) as error:
        yield Finding(
            _("Valkey 没有回答（%(error)s）。上报照常能存，通知会慢几秒"),
            _("看 systemctl status valkey-server（或 redis-server）；恢复后不用做别的，积下的会自己办完。"),
            {"error": type(error).__name__},
        )
        return
    finally:
        client.close()
    if policy != "noeviction":
        yield Finding(
            _("Valkey 的 maxmemory-policy 是 %(policy)s，内存满时会丢任务"),
            _("在 Valkey 的配置里写 maxmemory-policy noeviction，再重启它。"),
            {"policy": policy},
            "watch",
        )


@register("core.seals", _("历史每晚都封存了"))
def seals(look: Look) -> Iterator[Finding]:
    """Histories whose seal of the last nights is missing."""
    due = look.at - timedelta(hours=SEAL_HOURS)
    day = sealing.last_due_day(due)
    until = timezone.localtime(due).replace(hour=0, minute=0, second=0, microsecond=0)
    if _installed_at() >= until:
        return
    sealed = dict(Seal.objects.filter(day__gte=day).values_list("table", "day"))
    missing = [
        model._meta.db_table
        for model in histories()
        if model._meta.db_table not in sealed and _began_before(model, until)
    ]
    if missing:
        yield Finding(
            _("%(day)s 的历史没有封存：%(tables)s"),
            _("看 portal-beat 和 portal-worker 在不在运行；补封运行 manage.py seal_history。"),
            {"day": day.isoformat(), "tables": some(missing)},
        )


@register("core.history", _("历史没有缺，也没有被改"), slow=True, sampled=True)
def history(look: Look) -> Iterator[Finding]:
    """Chains, texts and last rows of the newest and of some older subjects; of all of them with ``full``."""
    for model in histories():
        subjects = None if look.full else sealing.sample(model, SAMPLE)
        faults = list(zip(range(NAMED_AT_MOST), sealing.faults(model, subjects), strict=False))
        if faults:
            _number, fault = faults[0]
            yield Finding(
                _("%(table)s 的历史有 %(count)s 处不对，第一处：%(subject)s，%(words)s"),
                _("不要改数据。运行 manage.py verify_history 看全部，再和最近一次备份对照（见 docs/operations.md）。"),
                {
                    "table": fault.table, "count": _at_most(len(faults)),
                    "subject": fault.subject_id or "-", "words": fault.words,
                },
            )  # fmt: skip


@register("core.photos", _("照片的文件都在"), slow=True, sampled=True)
def photos(look: Look) -> Iterator[Finding]:
    """Photos whose original is not in the storage: the newest, and some older ones (all with ``full``)."""
    kept = Photo.objects.exclude(attached_to="").values_list("original_key", flat=True)
    keys = kept.iterator(2000) if look.full else chain(kept.order_by("-attached_at")[:SAMPLE], kept[:SAMPLE])
    storage = storages["private"]
    missing = list(dict.fromkeys(key for key in keys if not storage.exists(key)))
    if missing:
        yield Finding(
            _("有 %(count)s 张照片的文件不在了，例如 %(names)s"),
            _("从备份里把 media 文件夹恢复回来（只补缺的，不覆盖）。"),
            {"count": len(missing), "names": some(missing)},
        )


@register("core.figures", _("各项数字和明细对得上"), slow=True)
def figures_hold(look: Look) -> Iterator[Finding]:
    """Sums of the boards that are not what their subjects say."""
    found = recount(mend=False)
    if found.count:
        yield Finding(
            _("有 %(count)s 个数字和明细对不上，例如 %(first)s"),
            _("运行 manage.py recount 改正；过几天又对不上，把它说的交给维护人员。"),
            {"count": found.count, "first": found.shown[0]},
        )


@register("core.disk", _("磁盘还有地方"))
def disk(look: Look) -> Iterator[Finding]:
    """Little room left where photos and built files lie."""
    usage = shutil.disk_usage(settings.VAR_DIR)
    free = usage.free / usage.total
    if free < LEAST_DISK:
        yield Finding(
            _("磁盘只剩 %(free)s%%，照片快存不下了"),
            _("清掉旧备份和旧日志，或者加一块磁盘。"),
            {"free": round(free * 100, 1)},
            "wrong" if free < SCARCE_DISK else "watch",
        )


def _late(words: object, oldest: datetime, now: datetime) -> Finding:
    minutes = int((now - oldest).total_seconds() // 60)
    todo = _("看 %(processes)s 在不在运行（systemctl status），再看它们的日志。")
    return Finding(words, todo, {"minutes": minutes, "processes": PROCESSES})  # type: ignore[arg-type]


def _at_most(count: int) -> str:
    return f"{count}+" if count >= NAMED_AT_MOST else str(count)


def _installed_at() -> datetime:
    """When this database got its first tables; what was loaded into it may be older."""
    first = MigrationRecorder.Migration.objects.order_by("applied").values_list("applied", flat=True).first()
    return first or timezone.now()


def _began_before(model: type[History], moment: datetime) -> bool:
    first = model._default_manager.order_by("pk").values_list("recorded_at", flat=True).first()
    return first is not None and first < moment
