"""Filters that put times as people say them, and that mask names and numbers.

A built-in library of every template (config/settings/base.py): no {% load %} is needed.
"""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core import personal, saying

register = template.Library()

# From here on a badge warns: half a working day is enough to still go there.
SOON = dt.timedelta(hours=4)


@register.filter(is_safe=True)
def when_words(moment: dt.datetime | None) -> str:
    """Draw a moment: <time> reads 今天 14:05, says the full date on hover and the exact one to machines."""
    return _time(moment, saying.when_words)


@register.filter(is_safe=True)
def due_words(due: dt.datetime | None) -> str:
    """Draw a promise: 今天 18:00 前."""
    return _time(due, saying.due_words)


@register.filter(is_safe=True)
def left_words(due: dt.datetime | None) -> str:
    """Draw how long is left or how far it is over: 剩 3 小时, 已超 2 天."""
    return _time(due, saying.left_words)


@register.filter
def due_sort(due: dt.datetime | None, warn: dt.datetime | str | None = None) -> str:
    """Say how near a deadline is: "late" past it, "soon" from the moment ``warn`` on, else ""; "" also without one.

    Where nobody worked out when to warn, the last four hours warn.
    """
    if due is None:
        return ""
    now = timezone.now()
    if now > due:
        return "late"
    from_then = warn if isinstance(warn, dt.datetime) else due - SOON
    return "soon" if now >= from_then else ""


@register.filter
def length_words(start: dt.datetime | None, end: dt.datetime | None = None) -> str:
    """Say how long it took from the start to the end (now, where none is given): 1 天 3 小时."""
    return saying.length_words((end or timezone.now()) - start) if start else ""


@register.filter
def mask_phone(phone: str | None) -> str:
    """Show 138****2046 for a telephone number."""
    return personal.mask_phone(phone) if phone else ""


@register.filter
def mask_name(name: str | None) -> str:
    """Show 李** for a name."""
    return personal.mask_name(name) if name else ""


def _time(moment: dt.datetime | None, say: saying.Say) -> str:
    if moment is None:
        return ""
    exact = _exact(moment, get_language(), timezone.get_current_timezone_name())
    return format_html("<time {}>{}</time>", exact, say(moment, now=timezone.now()))


@lru_cache(maxsize=10_000)
def _exact(moment: dt.datetime, _language: str | None, _zone: str) -> SafeString:
    """What of a moment's words does not change while time passes; the same in every row and on every page."""
    local = timezone.localtime(moment)
    return format_html('datetime="{}" title="{}"', local.isoformat(timespec="minutes"), saying.full_words(moment))


@register.filter
def listed(words: Iterable[object]) -> str:
    """Words as a list in a sentence: A、B、C."""
    return saying.listed_words(words)


@register.filter(is_safe=True)
def last_day(end: dt.datetime) -> str:
    """The last whole day before a moment that is not included: 2026-11-30."""
    return f"{timezone.localdate(end - dt.timedelta(seconds=1)):%Y-%m-%d}"
