"""Drawing tags: icons of the sprites that manage.py build_static makes, and links that keep the query.

A built-in library of every template (config/settings/base.py): no {% load %} is needed.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPRITES = {"": "built/sprite.svg", "lists": "built/lists.svg"}


@register.simple_tag
def icon(name: str, label: str = "", sprite: str = "") -> SafeString:
    """Draw one icon of bootstrap-icons: {% icon "camera" %}, or {% icon row.icon sprite="lists" %} for a list's own.

    With a label it is a picture with that name for those who cannot see it; without one it is
    decoration beside words that say the same, and is passed over by screen readers.
    """
    return _icon(name, str(label), sprite)


@lru_cache(maxsize=1000)
def _icon(name: str, label: str, sprite: str) -> SafeString:
    if not name:
        return SafeString("")
    address = f"{static(SPRITES[sprite])}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag(takes_context=True)
def keep_query(context: dict[str, Any], **changes: object) -> str:
    """Give the query string of this page with some keys changed: {% keep_query after=pager.next case=None %}.

    A key whose new value is None or "" is taken out. Without a request in the context only the changes stand.
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
