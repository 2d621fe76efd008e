"""Drawing tags: icons of the one sprite that manage.py build_static makes.

A built-in library of every template (config/settings/base.py): no {% load %} is needed.
"""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPRITE = "built/sprite.svg"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw one icon of bootstrap-icons: {% icon "camera" %}.

    With a label it is a picture with that name for those who cannot see it; without one it is
    decoration beside words that say the same, and is passed over by screen readers.
    """
    if not name:
        return SafeString("")
    address = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)
