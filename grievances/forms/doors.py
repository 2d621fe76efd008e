"""A door: its words and numbers, and the categories that end there."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from grievances.forms.rules import category_choices
from grievances.models import Door

NEEDED = _("这一项要写。")


class DoorForm(forms.Form):
    """What residents read, and where they are led."""

    name = forms.CharField(label=_("名称"), max_length=20, error_messages={"required": NEEDED})
    matter = forms.CharField(label=_("什么事到这里"), max_length=60, error_messages={"required": NEEDED})
    words = forms.CharField(
        label=_("告诉居民怎么做"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": NEEDED},
    )  # fmt: skip
    phone = forms.RegexField(
        label=_("电话"), regex=r"^[0-9][0-9 -]{2,19}$", required=False,
        error_messages={"invalid": _("电话只写数字、空格和短横线。")},
    )  # fmt: skip
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    categories = forms.TypedMultipleChoiceField(
        label=_("选了这些类别的，都请到这里"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("一般不用选。选上以后，这些类别不再在这里上报。"),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("给居民看"), required=False)

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = category_choices(first=_now("不选"), mains=True)[1:]
        if door.is_danger:
            del self.fields["is_active"]

    def values(self) -> dict[str, Any]:
        """What the action takes; a door for danger is always shown."""
        said = {name: self.cleaned_data[name] for name in ("name", "matter", "words", "phone", "address")}
        return said | {"is_active": self.cleaned_data.get("is_active", "is_active" not in self.fields)}
