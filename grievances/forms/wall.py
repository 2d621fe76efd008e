"""What staff release for the public wall, and what a reader of the wall filters by."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances import masking
from grievances.forms.report import LONGEST, WordsField
from grievances.models import CasePhoto, Category
from grievances.queries.wall import TITLE_LONGEST
from grievances.rules import StillNamed

STANDS = [("", _("全部")), ("open", _("正在办")), ("solved", _("已办结"))]
TOO_LONG = _("写了 %(show_value)d 个字，最多 %(limit_value)d 个，写的都还在。")


class ReleaseForm(forms.Form):
    """The public words, and a tick for each photo; nothing is ticked by itself.

    ``shots`` are the photos of the case, ``names`` those that must not stand in the words.
    """

    public_title = WordsField(
        label=_("公开的标题"), max_length=TITLE_LONGEST,
        error_messages={"required": _("请写一个标题。"), "max_length": TOO_LONG},
    )  # fmt: skip
    public_text = WordsField(
        label=_("公开的内容"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("只写到小区和楼号；名字、电话、证件号、车牌、单元和门牌都不要有。"),
        error_messages={"required": _("请写几句发生了什么。"), "max_length": TOO_LONG},
    )  # fmt: skip
    public_result = WordsField(
        label=_("公开的处理结果（还没有就不填）"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    photos = forms.TypedMultipleChoiceField(
        label=_("公开的照片"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("有一张照片不是这件事的，请重新勾选。")},
    )  # fmt: skip

    def __init__(self, *args: Any, shots: Sequence[CasePhoto], names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.fields["photos"].choices = [(shot.pk, shot.get_slot_display()) for shot in shots]

    def clean(self) -> dict[str, Any]:
        """What still says who somebody is, or where they live, is named at its field."""
        said = super().clean() or self.cleaned_data
        for name in ("public_title", "public_text", "public_result"):
            found = masking.left_in(said.get(name, ""), names=self.names)
            if found:
                self.add_error(name, StillNamed(found).sentence())
        return said

    @property
    def ticked(self) -> set[int]:
        """The photos that are ticked now."""
        return {int(value) for value in self["photos"].value() or [] if str(value).isdecimal()}


class WallFilterForm(forms.Form):
    """Open or solved, and a main category; anything unreadable counts as not chosen."""

    stands = forms.ChoiceField(choices=STANDS, required=False)
    main = forms.TypedChoiceField(label=_("类别"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, mains: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["main"].choices = [("", _("各类别"))] + [(main.pk, main.name) for main in mains]

    def wanted(self) -> dict[str, Any]:
        """What was chosen, by name; empty choices left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
