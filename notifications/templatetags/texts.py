"""Filters for the texts of notices."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core import outbox

register = template.Library()

LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


@register.filter
def links(text: str) -> SafeString:
    """Make the addresses in a plain text clickable; Chinese may stand right before and after them.

    (``urlize`` wants blanks around an address.)
    """
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(".,;:!?)'")
        parts += [
            conditional_escape(text[end : found.start()]),
            format_html('<a class="link" href="{0}">{0}</a>', address),
        ]
        end = found.start() + len(address)
    return mark_safe("".join([*parts, conditional_escape(text[end:])]))


@register.filter
def event_words(kind: str) -> str:
    """The name of an outbox kind, e.g. 派单; the kind itself where nobody registers it any more."""
    return str(outbox.kinds.get(kind)) if kind in outbox.kinds else kind
