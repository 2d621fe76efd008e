"""A standard text as a place sets it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from grievances import queries
from grievances.models import Category, StandardText

PICK = {"required": _("请选一个。"), "invalid_choice": _("请从名单里选一个。")}


class TextForm(forms.Form):
    """For which step and category, a name, and the words with placeholders."""

    step = forms.ChoiceField(label=_("用在哪一步"), choices=StandardText.ForStep.choices, error_messages=PICK)
    category = forms.ChoiceField(label=_("类别"), required=False, error_messages=PICK)
    name = forms.CharField(label=_("名称"), max_length=30, error_messages={"required": _("请写个名称，选的时候看它。")})
    body = forms.CharField(
        label=_("内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=format_lazy(
            _("可以用这些占位：{names}，用的时候自动填上。"), names=" ".join(f"{{{name}}}" for name in queries.KNOWN_PLACEHOLDERS)
        ),
        error_messages={"required": _("请写内容。")},
    )  # fmt: skip
    order = forms.IntegerField(
        label=_("排第几"), min_value=0, max_value=999, initial=0, help_text=_("小的排在前面。"),
        error_messages={"required": _("请填一个数。"), "invalid": _("请填整数。")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("各类别都用"))] + [
            (main.name, [(sub.code, sub.name) for sub in (main, *main.subs.all()) if sub.is_active])
            for main in queries.main_categories()
        ]

    def clean_category(self) -> Category | None:
        """The category as an object; None is every category."""
        return queries.category_by_code(self.cleaned_data["category"])


def drawn_from_text(text: StandardText) -> dict[str, Any]:
    """What the form shows of a text that is there."""
    return {"step": text.step, "category": text.category.code if text.category else "", "name": text.name,
            "body": text.body, "order": text.order}  # fmt: skip
