"""What the reporter adds to a case, and who may see it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.report import LONGEST, WordsField
from grievances.forms.step import StepForm
from grievances.models import Visibility

WISHES = [
    (Visibility.PUBLIC, _("可以公开，不显示我的名字")),
    (Visibility.NOT_PUBLIC, _("不公开，只有办理的人看到")),
]


class AddForm(StepForm):
    """Words or photos, at least one of them."""

    photo_fields = ("photos",)
    added = WordsField(
        label=_("补充几句"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("有新情况、更准确的位置，写在这里，办理的人马上看到。"),
        error_messages={
            "max_length": _("写了 %(show_value)d 个字，最多 %(limit_value)d 个。请删掉一些，写的都还在下面。")
        },
    )  # fmt: skip


class WishForm(StepForm):
    """Public or not; a confidential case has no such choice."""

    visibility = forms.ChoiceField(
        label=_("谁能看到"), choices=WISHES, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。"), "invalid_choice": _("请重新选一下谁能看到。")},
    )  # fmt: skip
