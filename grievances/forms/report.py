"""What a resident fills in to report something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.models import Area, Category, Kind, Person, Visibility

LONGEST = 2000
SHORTEST = 4
ADDRESS_LONGEST = 120


class WordsField(forms.CharField):
    """Text as people write it: every letter and emoji; a NUL, which no database keeps, is refused in words."""

    default_error_messages = {
        "null_characters_not_allowed": _("里面有一个看不见的符号，存不下来。请删掉它，或把这一段重新打一遍。")
    }

    def to_python(self, value: Any) -> str:
        """The text with one kind of line end, so that a browser's two do not count twice."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class KindChips(forms.Form):
    """A form whose field ``category`` is drawn as chips: the main categories, each with its subs."""

    category = forms.ChoiceField(
        label=_("哪一类（说不好就不选）"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("请重新选一下类别，或者不选。")},
    )  # fmt: skip

    def __init__(self, *args: Any, categories: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mains = [(main, [sub for sub in main.subs.all() if sub.is_active]) for main in categories]
        self.fields["category"].choices = [("", _("说不好，请社区看着定"))] + [
            (one.code, one.name) for main, subs in self.mains for one in (main, *subs)
        ]

    @property
    def chips(self) -> list[tuple[Category, list[Category], bool]]:
        """The main categories as chips: each with its subs, and whether it or one of them is chosen."""
        chosen = self["category"].value() or ""
        return [(main, subs, chosen in {main.code, *(sub.code for sub in subs)}) for main, subs in self.mains]


class ReportForm(KindChips):
    """The words, the place, and how public; photos travel beside it as ids of drafts.

    ``places`` are the areas that may be chosen (the community, its compounds and grids), ``categories``
    the main ones with their subs, ``others`` the people for whom the writer may report.
    """

    text = WordsField(
        label=_("发生了什么"),
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "id_text_helptext id_text_count"}),
        help_text=_("一两句话就行：在哪里、什么情况、从什么时候开始。"),
        error_messages={"required": _("请写一句话，说说发生了什么。")},
    )
    area = forms.TypedChoiceField(
        label=_("在哪里"), coerce=int,
        error_messages={"required": _("请选一下在哪里。"), "invalid_choice": _("请重新选一下地点。")},
    )  # fmt: skip
    address = WordsField(
        label=_("具体位置（可不填）"), required=False, max_length=ADDRESS_LONGEST, help_text=_("如：3 号楼一单元门口"),
        error_messages={"max_length": _("地点最多 %(limit_value)d 个字，详细的请写在上面。")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("这是"), choices=Kind.choices, initial=Kind.HELP, widget=forms.RadioSelect,
        help_text=_("选“举报”的一律保密，办理的人也看不到是谁。"),
        error_messages={"invalid_choice": _("请重新选一下。"), "required": _("请选一个。")},
    )  # fmt: skip
    visibility = forms.ChoiceField(
        label=_("谁能看到"),
        choices=[
            (Visibility.PUBLIC, _("可以公开，不显示我的名字")),
            (Visibility.NOT_PUBLIC, _("不公开，只有办理的人看到")),
            (Visibility.CONFIDENTIAL, _("保密，办理的人也看不到是谁")),
        ],
        initial=Visibility.NOT_PUBLIC, widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("请重新选一下谁能看到。"), "required": _("请选一下谁能看到。")},
    )  # fmt: skip
    for_person = forms.TypedChoiceField(
        label=_("为谁反映"), required=False, coerce=int, empty_value=None,
        error_messages={"invalid_choice": _("您现在不能替这位居民反映，请重新选。")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, places: list[Area], categories: list[Category], others: list[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, categories=categories, **kwargs)
        self.places = {place.pk: place for place in places}
        self.others = {other.pk: other for other in others}
        self.fields["area"].choices = [(place.pk, _indented(place)) for place in places]
        self.fields["for_person"].choices = [("", _("我自己"))] + [(other.pk, str(other)) for other in others]
        if not others:
            del self.fields["for_person"]

    def clean_text(self) -> str:
        """The words: something, and not a book."""
        text: str = self.cleaned_data["text"]
        if len(text) < SHORTEST:
            raise forms.ValidationError(_("再多写几个字，让人看得明白。"))
        if len(text) > LONGEST:
            raise forms.ValidationError(
                _("写了 %(n)s 个字，最多 %(most)s 个字。请删掉一些，写的都还在下面。"),
                params={"n": len(text), "most": LONGEST},
            )
        return text

    def chosen_area(self) -> Area:
        """The area that was chosen."""
        return self.places[self.cleaned_data["area"]]

    def chosen_reporter(self) -> Person | None:
        """For whom it is reported, or None for the writer."""
        return self.others.get(self.cleaned_data.get("for_person") or 0)


def _indented(place: Area) -> str:
    return {"community": "", "compound": "　", "grid": "　　"}.get(place.kind, "") + place.name
