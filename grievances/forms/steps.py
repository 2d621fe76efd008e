"""One form per step that staff and residents take on a case page, and the action it leads to."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances import actions, queries, routing
from grievances.models import Case

HOW = [("phone", _("打电话")), ("visit", _("上门")), ("message", _("发消息"))]
REJECT = [("not_ours", _("不归本平台管")), ("court", _("已进入诉讼或仲裁")), ("unclear", _("说不清楚，无法办理")),
          ("repeat", _("同一件事已办结"))]  # fmt: skip
LONG = 500
RESULT_LONGEST = 2000


class StepForm(forms.Form):
    """The form of one step: ``take`` calls the action with what was given."""

    photo_fields: Sequence[str] = ()

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def given(self) -> dict[str, Any]:
        """What the action gets besides who and when."""
        return dict(self.cleaned_data)

    def take(self, action: Callable[..., Case], **call: Any) -> Case:
        """Call the action."""
        return action(case_id=self.case.pk, **call, **self.given())


class PlainForm(StepForm):
    """A step that needs nothing but the press."""


class ContactForm(StepForm):
    """How the resident was reached, and one line."""

    how = forms.ChoiceField(label=_("怎么联系的"), choices=HOW, initial="phone", widget=forms.RadioSelect)
    line = forms.CharField(label=_("说了什么，一句话"), max_length=200)


class ReturnForm(StepForm):
    """Why it does not belong here, and where it does."""

    reason = forms.CharField(label=_("为什么退"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))
    proposed = forms.CharField(label=_("建议派给谁"), max_length=100)


class ResultForm(StepForm):
    """What was done, with photos of the scene as the category asks."""

    photo_fields = ("before", "after")
    result_text = forms.CharField(
        label=_("怎么办的、结果怎样"), max_length=RESULT_LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("这段话会原样给居民看。"),
    )  # fmt: skip


class DispatchForm(StepForm):
    """To whom, which category, and why."""

    holder = forms.ChoiceField(label=_("派给"))
    category = forms.ChoiceField(label=_("类别"), required=False)
    why = forms.CharField(label=_("理由（居民能看到）"), max_length=200)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["holder"].choices = [(one.code, one.words) for one in routing.possible_holders(case.area)]
        self.fields["category"].choices = [("", _("先不定类别"))] + [
            (main.name, [(sub.code, sub.name) for sub in main.subs.all()]) for main in queries.main_categories()
        ]

    def given(self) -> dict[str, Any]:
        """The holder and category as objects; the rule's number where the proposal was taken as it stands."""
        said = self.cleaned_data
        holder = routing.from_code(said["holder"])
        category = queries.category_by_code(said["category"])
        proposal = routing.propose(self.case.area, category or self.case.category)
        rule = proposal.rule_id if proposal.holder == holder else None
        return {"holder": holder, "category": category, "why": said["why"], "rule_id": rule}


class RejectForm(StepForm):
    """Why not here, and where to go instead."""

    code = forms.ChoiceField(label=_("原因"), choices=REJECT, widget=forms.RadioSelect)
    where_instead = forms.CharField(
        label=_("告诉居民该去哪里办"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3})
    )


FORMS: dict[str, tuple[type[StepForm], Callable[..., Case]]] = {
    "accept": (PlainForm, actions.accept),
    "contact": (ContactForm, actions.contact),
    "return": (ReturnForm, actions.give_back),
    "result": (ResultForm, actions.result),
    "dispatch": (DispatchForm, actions.dispatch),
    "reject": (RejectForm, actions.reject),
    "withdraw": (PlainForm, actions.withdraw),
    "leave": (PlainForm, actions.leave),
}
