"""What staff fill in: a report taken in for somebody, and a find put right on the spot."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.report import KindChips, ReportForm, WordsField
from grievances.models import Area, Source, Urgency

SOURCES = [
    (source.value, source.label)
    for source in (
        Source.COUNTER, Source.PHONE, Source.HOTLINE, Source.WECHAT, Source.BOX, Source.VISIT, Source.PATROL,
    )
]  # fmt: skip
LONGEST_FIND = 300


class IntakeForm(ReportForm):
    """As a resident fills it in, with how it came, who called, and a note of the call."""

    source = forms.ChoiceField(
        label=_("怎么来的"), choices=SOURCES, initial=Source.COUNTER, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。"), "invalid_choice": _("请重新选一下。")},
    )  # fmt: skip
    caller_name = WordsField(label=_("来人（来电）姓名"), required=False, max_length=40)
    caller_phone = forms.CharField(
        label=_("手机号"), required=False, max_length=20, help_text=_("结果和评价的短信发到这个号码。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    unnamed = forms.BooleanField(label=_("不留姓名（收不到结果，也不能评价）"), required=False)
    call_note = WordsField(
        label=_("录入时记一句（居民看不到）"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=Urgency.choices, initial=Urgency.NORMAL, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。"), "invalid_choice": _("请重新选一下。")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A name and a mobile number, or neither said and ticked so."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("unnamed") or said.get("source") == Source.PATROL:
            return {**said, "unnamed": True, "caller_name": "", "caller_phone": ""}
        if not said.get("caller_name", "").strip():
            self.add_error("caller_name", _("请写姓名；不愿留的，勾选“不留姓名”。"))
        if not said.get("caller_phone", "").strip():
            self.add_error("caller_phone", _("请写 11 位手机号；不愿留的，勾选“不留姓名”。"))
        return said


class PatrolForm(KindChips):
    """One line, the grid, perhaps the kind; the two photos travel beside it as ids of drafts."""

    text = WordsField(
        label=_("看到什么，怎么办的"), max_length=LONGEST_FIND, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("请写一句看到什么、怎么办的。"),
            "max_length": _("写了 %(show_value)d 个字，最多 %(limit_value)d 个。请删掉一些，写的都还在下面。"),
        },
    )  # fmt: skip
    area = forms.TypedChoiceField(
        label=_("在哪里"), coerce=int,
        error_messages={"required": _("请选一下在哪里。"), "invalid_choice": _("请重新选一下地点。")},
    )  # fmt: skip
    address = WordsField(label=_("具体位置（可不填）"), required=False, max_length=120)

    def __init__(self, *args: Any, places: list[Area], categories: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, categories=categories, **kwargs)
        self.places = {place.pk: place for place in places}
        self.fields["area"].choices = [(place.pk, place.name) for place in places]

    def chosen_area(self) -> Area:
        """The area that was chosen."""
        return self.places[self.cleaned_data["area"]]
