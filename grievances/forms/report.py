"""What a resident fills in to report something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.models import Area, Category, Kind, Visibility

LONGEST = 2000
SHORTEST = 4


class ReportForm(forms.Form):
    """The words, the place, and how public; photos travel beside it as ids of drafts.

    ``places`` are the areas that may be chosen (the community, its compounds and grids), ``categories``
    the main ones with their subs.
    """

    text = forms.CharField(
        label=_("发生了什么"),
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "id_text_count"}),
        help_text=_("一两句话就行：在哪里、什么情况、从什么时候开始。"),
        error_messages={"required": _("请写一句话，说说发生了什么。")},
        strip=True,
    )
    kind = forms.ChoiceField(label=_("想要"), choices=Kind.choices, initial=Kind.HELP, widget=forms.RadioSelect)
    area = forms.TypedChoiceField(
        label=_("在哪里"), coerce=int, error_messages={"invalid_choice": _("请重新选一下地点。")}
    )
    address = forms.CharField(label=_("具体位置（可不填）"), required=False, max_length=120,
                              help_text=_("如：3 号楼一单元门口"))  # fmt: skip
    category = forms.ChoiceField(label=_("哪一类（可不选）"), required=False)
    visibility = forms.ChoiceField(
        label=_("谁能看到"),
        choices=[
            (Visibility.PUBLIC, _("可以公开，不显示我的名字")),
            (Visibility.NOT_PUBLIC, _("不公开，只有办理的人看到")),
            (Visibility.CONFIDENTIAL, _("保密，办理的人也看不到是谁")),
        ],
        initial=Visibility.NOT_PUBLIC,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, places: list[Area], categories: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.pk: place for place in places}
        self.fields["area"].choices = [(place.pk, _indented(place)) for place in places]
        self.fields["category"].choices = [("", _("说不好，请社区看着定"))] + [
            (main.name, [(sub.code, sub.name) for sub in main.subs.all() if sub.is_active]) for main in categories
        ]

    def clean_text(self) -> str:
        """The words: something, not a book, and nothing that a database cannot keep."""
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if len(text) < SHORTEST:
            raise forms.ValidationError(_("再多写几个字，让人看得明白。"))
        if len(text) > LONGEST:
            raise forms.ValidationError(
                _("写了 %(n)s 个字，最多 %(most)s 个字。请删掉一些，内容都还在。"),
                params={"n": len(text), "most": LONGEST},
            )
        return text

    def chosen_area(self) -> Area:
        """The area that was chosen."""
        return self.places[self.cleaned_data["area"]]


def _indented(place: Area) -> str:
    return {"community": "", "compound": "　", "grid": "　　"}.get(place.kind, "") + place.name
