"""Moments and deadlines as people say them: 今天 14:05, 周三 17:30 前, 已超 2 小时.

Pure functions: the caller gives both the moment and "now" (aware datetimes of any zone), the words come in
the language that is active and in the local time of the portal (settings.TIME_ZONE).
"""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
# A weekday's name alone is clear only within six days on either side: on the seventh the same name returns.
CLEAR_DAYS = 6

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def when_words(moment: dt.datetime, *, now: dt.datetime) -> str:
    """Say when something was or will be: 今天 14:05, 昨天 17:20, 周五 08:14, 11月3日 09:00, 2024年11月3日 09:00.

    `moment` and `now` are aware datetimes; the day is the local one, so 00:10 is never called 昨天 by mistake.
    """
    local = timezone.localtime(moment)
    return gettext("%(day)s %(time)s") % {"day": day_words(moment, now=now), "time": local.strftime("%H:%M")}


def due_words(due: dt.datetime, *, now: dt.datetime) -> str:
    """Say until when something is promised: 今天 18:00 前, 明天 10:00 前, 周三 17:30 前."""
    return gettext("%(moment)s 前") % {"moment": when_words(due, now=now)}


def left_words(due: dt.datetime, *, now: dt.datetime) -> str:
    """Say how much time is left or how far it is over: 剩 3 小时, 剩 38 分钟, 已超 2 小时, 已超 2 天.

    Whole units only, always rounded down: nobody is promised more time than there is.
    """
    if due >= now:
        return _left(due - now)
    return _over(now - due)


def day_words(moment: dt.datetime, *, now: dt.datetime) -> str:
    """Say the local day of a moment: 今天, 昨天, 明天, 周五, 11月3日, 2024年11月3日."""
    day, today = timezone.localtime(moment).date(), timezone.localtime(now).date()
    distance = (day - today).days
    near = {0: gettext("今天"), -1: gettext("昨天"), 1: gettext("明天")}
    if distance in near:
        return near[distance]
    if abs(distance) <= CLEAR_DAYS:
        return str(WEEKDAYS[day.weekday()])
    if day.year == today.year:
        return gettext("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
    return gettext("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def full_words(moment: dt.datetime) -> str:
    """Say a moment in full, for the title of a shorter saying: 2025年11月3日 周一 09:00."""
    local = timezone.localtime(moment)
    return gettext("%(year)s年%(month)s月%(day)s日 %(weekday)s %(time)s") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
        "weekday": WEEKDAYS[local.weekday()],
        "time": local.strftime("%H:%M"),
    }


def _left(span: dt.timedelta) -> str:
    if span < MINUTE:
        return gettext("不到 1 分钟")
    if span < HOUR:
        return _counted(span // MINUTE, ngettext("剩 %(n)s 分钟", "剩 %(n)s 分钟", span // MINUTE))
    if span < DAY:
        return _counted(span // HOUR, ngettext("剩 %(n)s 小时", "剩 %(n)s 小时", span // HOUR))
    return _counted(span // DAY, ngettext("剩 %(n)s 天", "剩 %(n)s 天", span // DAY))


def _over(span: dt.timedelta) -> str:
    if span < MINUTE:
        return gettext("刚到时间")
    if span < HOUR:
        return _counted(span // MINUTE, ngettext("已超 %(n)s 分钟", "已超 %(n)s 分钟", span // MINUTE))
    if span < DAY:
        return _counted(span // HOUR, ngettext("已超 %(n)s 小时", "已超 %(n)s 小时", span // HOUR))
    return _counted(span // DAY, ngettext("已超 %(n)s 天", "已超 %(n)s 天", span // DAY))


def _counted(count: int, words: str) -> str:
    return words % {"n": count}
