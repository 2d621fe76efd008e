"""The forms of the further turns: triage, transfer, rulings, questions, more time, checks, settlement, merging, urging."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.queries import calendar_for
from grievances import queries, routing, rules
from grievances.forms.report import WordsField
from grievances.forms.step import StepForm
from grievances.models import Case, Tier, Urgency
from grievances.workflow import NextDoor, Suspension

LONG = 500
PICK = {"required": _("请选一个。"), "invalid_choice": _("请从名单里选一个。")}
DAY = {"required": _("请选一个日期。"), "invalid": _("请写成 2026-11-30 这样的日期。")}
EVENING = time(18)


def words_field(
    label: Any, empty: Any, *, help_text: Any = "", required: bool = True, longest: int = LONG
) -> WordsField:
    """A few sentences."""
    return WordsField(
        label=label, required=required, max_length=longest, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": empty,
            "max_length": _("写了 %(show_value)d 个字，最多 %(limit_value)d 个。请删掉一些，写的都还在下面。"),
        },
    )  # fmt: skip


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY
    )


def evening_of(day: date, case: Case) -> datetime:
    """The end of that day's duty hours at the case's place; 18:00 on a day off."""
    spans = calendar_for(case.area).hours_of(day)
    return timezone.make_aware(datetime.combine(day, spans[-1][1] if spans else EVENING))


class TriageForm(StepForm):
    """Category, urgency and tier; past the first dispatch with the reason."""

    category = forms.ChoiceField(label=_("类别"), error_messages=PICK)
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=Urgency.choices, widget=forms.RadioSelect, error_messages=PICK
    )
    tier = forms.ChoiceField(
        label=_("分级"), required=False, choices=[("", _("按类别")), *Tier.choices], widget=forms.RadioSelect,
        help_text=_("小事业主治、大物业办、难事社区商。调高的要写原因。"),
    )  # fmt: skip
    reason = words_field(_("为什么改"), _("请写一句为什么改。"), required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["category"].choices = [
            (main.name, [(sub.code, sub.name) for sub in (*main.subs.all(), main) if sub.is_active])
            for main in queries.main_categories()
        ]
        if not self.is_bound:
            drawn = {
                "category": case.category.code if case.category else "",
                "urgency": case.urgency,
                "tier": case.tier,
            }
            self.initial = {**drawn, **self.initial}
        if case.state == "reported":
            self.fields["reason"].help_text = _("只改类别可以不写。")

    def clean(self) -> dict[str, Any]:
        """A raised tier, and any change after the first dispatch, says why."""
        said: dict[str, Any] = super().clean() or {}
        late = self.case.state != "reported"
        if (late or said.get("tier")) and not said.get("reason", "").strip():
            self.add_error("reason", _("请写一句为什么改。"))
        return said

    def given(self) -> dict[str, Any]:
        """The category as an object."""
        return {**self.cleaned_data, "category": queries.category_by_code(self.cleaned_data["category"])}


class AnswerDirectlyForm(StepForm):
    """The answer, as the resident reads it."""

    result_text = words_field(
        _("答复"), _("请写答复的话。"), help_text=_("这段话会原样给居民看，不再派给别人。"), longest=2000
    )


class HolderForm(StepForm):
    """To whom, and why."""

    holder = forms.ChoiceField(label=_("给谁办"), error_messages=PICK)
    reason = words_field(_("理由（居民能看到）"), _("请写一句为什么。"), longest=200)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        now = routing.holder_of(case)
        current = routing.Proposal(now, 0, "") if now.words else None
        self.fields["holder"].choices = queries.holder_choices(case.area, timezone.now(), current)

    def given(self) -> dict[str, Any]:
        """The holder as an object."""
        return {"holder": routing.from_code(self.cleaned_data["holder"]), "reason": self.cleaned_data["reason"]}


class QuestionForm(StepForm):
    """What the resident is asked."""

    question = words_field(
        _("想问居民什么"), _("请写想问的话。"), help_text=_("会发消息给居民；等回答的时候时限停下，最多五个工作日。")
    )


class ReporterAnswerForm(StepForm):
    """The resident's answer."""

    answer = words_field(_("您的回答"), _("请写一句回答。"))


class ExtensionForm(StepForm):
    """A later date, and why."""

    new = day_field(_("延到哪一天"))
    reason = words_field(_("为什么要延"), _("请写一句为什么要延期，居民能看到。"))

    def given(self) -> dict[str, Any]:
        """The day as the end of its duty hours."""
        return {"new": evening_of(self.cleaned_data["new"], self.case), "reason": self.cleaned_data["reason"]}


class DecideExtensionForm(StepForm):
    """Yes or no, perhaps to another day, and why."""

    granted = forms.ChoiceField(
        label=_("批不批"),
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        widget=forms.RadioSelect,
        error_messages=PICK,
    )
    new = day_field(_("改成别的日期（可不填）"), required=False)
    reason = words_field(_("理由（同意的，居民能看到）"), _("请写一句理由。"))

    def given(self) -> dict[str, Any]:
        """Whether it is granted, and until when where that is not what was asked for."""
        said = self.cleaned_data
        new = evening_of(said["new"], self.case) if said["new"] else None
        return {"granted": said["granted"] == "yes", "new": new, "reason": said["reason"]}


class SuspendForm(StepForm):
    """For which reason and until when it rests; begins with what was asked for."""

    code = forms.ChoiceField(
        label=_("挂账原因"), choices=Suspension.choices, widget=forms.RadioSelect, error_messages=PICK
    )
    until = day_field(_("挂到哪一天"))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        wished = queries.asked_for(case)
        if not self.is_bound and wished.get("until"):
            self.initial = {**self.initial, "code": wished["code"], "until": timezone.localdate(wished["until"])}

    def given(self) -> dict[str, Any]:
        """The day as the end of its duty hours."""
        return {**self.cleaned_data, "until": evening_of(self.cleaned_data["until"], self.case)}


class AskSuspensionForm(SuspendForm):
    """What the holder asks for, in words too."""

    reason = words_field(_("具体说说"), _("请写一句具体在等什么。"))


class ReasonForm(StepForm):
    """Why."""

    reason = words_field(_("理由"), _("请写一句理由。"))


class SettlementForm(StepForm):
    """Why it cannot be solved, and the next door."""

    reason = words_field(
        _("为什么办不了（居民能看到）"), _("请写清楚为什么办不了，居民能看到。"),
        help_text=_("要街道另一个人复核同意才终结，按“没解决”算。"), longest=1000,
    )  # fmt: skip
    door = forms.ChoiceField(
        label=_("居民还可以去哪里"), choices=NextDoor.choices, widget=forms.RadioSelect, error_messages=PICK
    )


class MergeForm(StepForm):
    """The other case: one that looks alike, or any number."""

    alike = forms.ChoiceField(label=_("看起来是同一件事"), required=False, widget=forms.RadioSelect)
    number = forms.CharField(label=_("或者写另一件的编号"), required=False, max_length=30)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        found = queries.alike(case)
        self.fields["alike"].choices = [
            (str(one.pk), f"{one.title} · {one.place_words} · {one.get_state_display()}") for one in found
        ]
        if not found:
            del self.fields["alike"]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        said: dict[str, Any] = super().clean() or {}
        typed = said.get("number", "").strip()
        main = rules.number_id(typed) if typed else int(said.get("alike") or 0) or None
        if main is None:
            self.add_error("number", _("请选一件，或写另一件的编号，比如 LF2611-004213。"))
        return {**said, "main": main}

    def given(self) -> dict[str, Any]:
        """The other case's id."""
        return {"main": self.cleaned_data["main"]}


class UrgeForm(StepForm):
    """What is wanted, and by when an answer is due."""

    words = words_field(_("要求"), _("请写一句要求。"))
    until = day_field(_("哪天以前答复"))

    def given(self) -> dict[str, Any]:
        """The day as the end of its duty hours."""
        return {"words": self.cleaned_data["words"], "until": evening_of(self.cleaned_data["until"], self.case)}


class UrgeAnswerForm(StepForm):
    """The answer to the level above."""

    words = words_field(_("怎么办、办到哪一步了"), _("请写一句答复。"))


class CommentForm(StepForm):
    """A word among staff."""

    words = words_field(_("留言（居民看不到）"), _("请写一句。"))
