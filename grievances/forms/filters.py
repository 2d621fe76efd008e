"""The desk's filters; they live in the URL."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.models import Category, Kind, Source

STATES = [
    ("", _("待派单")),
    ("returned", _("退单")),
    ("sent", _("待签收")),
    ("doing", _("处理中")),
    ("late", _("已超时")),
    ("feedback", _("待评价")),
    ("all", _("全部")),
]


class FilterForm(forms.Form):
    """State, kind, source, main category and words; anything unreadable counts as not chosen."""

    state = forms.ChoiceField(choices=STATES, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=[("", _("各类型")), *Kind.choices], required=False)
    source = forms.ChoiceField(label=_("来源"), choices=[("", _("各来源")), *Source.choices], required=False)
    main = forms.ChoiceField(label=_("类别"), required=False)
    q = forms.CharField(label=_("编号或标题"), required=False, max_length=60)

    def __init__(self, *args: Any, mains: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["main"].choices = [("", _("各类别"))] + [(str(main.pk), main.name) for main in mains]

    def wanted(self) -> dict[str, str]:
        """What was chosen, by name; empty choices left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
