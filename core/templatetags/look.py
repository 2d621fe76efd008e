"""Tags of the look: icons from the sprite that the build gathers."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite; ``name`` is one of bootstrap-icons, ``extra`` a further class."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        extra,
        static("built/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def keep_query(context: dict, **changes: object) -> str:
    """The query string of this page with ``changes`` made (None takes a key out)."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"
