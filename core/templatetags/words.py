"""Filters that write moments, deadlines and masked values as people read them."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import personal, saying

register = template.Library()


@register.filter
def when_words(moment: datetime | None) -> SafeString | str:
    """今天 14:05, with the full moment on hover."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    words = saying.when_words(moment, now=timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M}", words)


@register.filter
def due_words(due: datetime | None) -> str:
    """今天 18:00 前."""
    return saying.due_words(due, now=timezone.now()) if due else ""


@register.filter
def left_words(due: datetime | None) -> str:
    """剩 3 小时, or 已超 2 小时."""
    return saying.left_words(due, now=timezone.now()) if due else ""


@register.filter
def due_sort(due: datetime | None) -> str:
    """The badge's modifier: "late" past the deadline, "soon" within four hours, else ""."""
    if not due:
        return ""
    left = (due - timezone.now()).total_seconds()
    return "late" if left < 0 else "soon" if left < 4 * 3600 else ""


@register.filter
def length_words(start: datetime | None, end: datetime | None = None) -> str:
    """How long it took from ``start`` to ``end`` (default: now)."""
    return saying.length_words((end or timezone.now()) - start) if start else ""


@register.filter
def mask_phone(phone: str) -> str:
    """138****2046."""
    return personal.mask_phone(phone or "")


@register.filter
def mask_name(name: str) -> str:
    """李**."""
    return personal.mask_name(name or "")
