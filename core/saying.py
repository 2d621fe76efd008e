"""Moments and deadlines as people say them. Pure: ``now`` is passed in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

_WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
_NEAR = {0: _("今天"), -1: _("昨天"), 1: _("明天"), 2: _("后天"), -2: _("前天")}


class Say(Protocol):
    """A way to put a moment into words, seen from ``now``."""

    def __call__(self, moment: datetime, /, *, now: datetime) -> str: ...


def listed_words(words: Iterable[object]) -> str:
    """Several words as one list, with the comma of the reader's language."""
    return pgettext("between the words of a list", "、").join(str(word) for word in words)


def weekday_words(moment: datetime) -> str:
    """The weekday, e.g. 周五."""
    return str(_WEEKDAYS[moment.weekday()])


def when_words(moment: datetime, *, now: datetime) -> str:
    """今天 14:05 · 昨天 17:20 · 周五 08:14 (the week around now) · 11月3日 09:00 · 2025年11月3日."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    return f"{_day(local, today)} {local:%H:%M}"


def day_words(moment: datetime) -> str:
    """A day in full: 2025年11月3日."""
    local = timezone.localtime(moment)
    return pgettext("date", "%(y)s年%(m)s月%(d)s日") % {"y": local.year, "m": local.month, "d": local.day}


def full_words(moment: datetime) -> str:
    """A moment in full, for the title of a shorter saying: 2025年11月3日 周一 09:00."""
    local = timezone.localtime(moment)
    parts = {"y": local.year, "m": local.month, "d": local.day}
    date = pgettext("date", "%(y)s年%(m)s月%(d)s日") % parts
    return f"{date} {weekday_words(local)} {local:%H:%M}"


def due_words(due: datetime, *, now: datetime) -> str:
    """今天 18:00 前 · 明天 10:00 前 · 周三 17:30 前."""
    return pgettext("deadline", "%(when)s 前") % {"when": when_words(due, now=now)}


def left_words(due: datetime, *, now: datetime) -> str:
    """剩 38 分钟 · 剩 3 小时 · 剩 2 天 · 已超 2 小时."""
    gap = due - now
    if gap >= timedelta(0):
        return gettext("剩 %(length)s") % {"length": length_words(gap)}
    return gettext("已超 %(length)s") % {"length": length_words(-gap)}


def length_words(length: timedelta) -> str:
    """38 分钟 · 3 小时 · 1 天 3 小时 · 12 天: the largest unit, and hours beside a few days."""
    minutes = max(int(length.total_seconds() // 60), 1)
    days, hours = minutes // 1440, minutes // 60
    if days:
        rest = hours - days * 24
        words = ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
        return f"{words} {_hours(rest)}" if days < 3 and rest else words
    return _hours(hours) if hours else ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}


def _hours(hours: int) -> str:
    return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}


def _day(local: datetime, today: datetime) -> str:
    gap = (local.date() - today.date()).days
    if gap in _NEAR:
        return str(_NEAR[gap])
    if -6 <= gap <= 6:
        return weekday_words(local)
    parts = {"y": local.year, "m": local.month, "d": local.day}
    if local.year == today.year:
        return pgettext("date", "%(m)s月%(d)s日") % parts
    return pgettext("date", "%(y)s年%(m)s月%(d)s日") % parts
