"""One form per step that staff and residents take on a case page, and the action it leads to."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grievances import actions, queries, routing
from grievances.forms import turns
from grievances.forms.adding import AddForm, WishForm
from grievances.forms.step import StepForm
from grievances.models import Case
from grievances.workflow import How, NotHere

LONG = 500
RESULT_LONGEST = 2000
PICK = {"required": _("请选一个。"), "invalid_choice": _("请从名单里选一个。")}


class PlainForm(StepForm):
    """A step that needs nothing but the press."""


class ContactForm(StepForm):
    """How the resident was reached, and one line."""

    how = forms.ChoiceField(
        label=_("怎么联系的"), choices=How.choices, initial=How.PHONE, widget=forms.RadioSelect, error_messages=PICK
    )
    line = forms.CharField(
        label=_("说了什么，一句话"), max_length=200, error_messages={"required": _("请写一句说了什么。")}
    )


class ReturnForm(StepForm):
    """Why it does not belong here, and where it does."""

    reason = forms.CharField(
        label=_("为什么退"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么不归您办。")},
    )  # fmt: skip
    proposed = forms.CharField(
        label=_("建议派给谁"), max_length=100, error_messages={"required": _("请写该由谁办，写个大概也行。")}
    )


class ResultForm(StepForm):
    """What was done, with photos of the scene as the category asks."""

    photo_fields = ("before", "after")
    result_text = forms.CharField(
        label=_("怎么办的、结果怎样"), max_length=RESULT_LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("这段话会原样给居民看。"), error_messages={"required": _("请写怎么办的、结果怎样。")},
    )  # fmt: skip


class DispatchForm(StepForm):
    """To whom, which category, and why."""

    holder = forms.ChoiceField(label=_("派给"), error_messages=PICK)
    category = forms.ChoiceField(label=_("类别"), required=False)
    why = forms.CharField(
        label=_("理由（居民能看到）"), max_length=200, error_messages={"required": _("请写一句为什么派给他们。")}
    )

    def __init__(self, *args: Any, case: Case, proposal: routing.Proposal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.proposal = proposal or routing.propose_for(case)
        self.fields["holder"].choices = queries.holder_choices(case.area, timezone.now(), self.proposal)
        self.fields["category"].choices = [("", _("先不定类别"))] + [
            (main.name, [(sub.code, sub.name) for sub in main.subs.all() if sub.is_active])
            for main in queries.main_categories()
        ]
        if not self.is_bound:
            drawn = {"holder": self.proposal.holder.code, "why": self.proposal.why}
            drawn["category"] = case.category.code if case.category else ""
            self.initial = {**drawn, **self.initial}

    def given(self) -> dict[str, Any]:
        """The holder and category as objects; the rule's number where its holder was taken for what it is about."""
        said = self.cleaned_data
        holder, category = routing.from_code(said["holder"]), queries.category_by_code(said["category"])
        proposal = self.proposal
        if category is not None and category.pk != self.case.category_id:
            proposal = routing.propose_for(self.case, category=category)
        taken = proposal.holder == holder
        return {
            "holder": holder,
            "category": category,
            "why": said["why"],
            "rule_id": proposal.rule_id if taken else None,
            "rule_version": proposal.version if taken else None,
            "inputs": proposal.inputs if taken else None,
            "empty": self._empty(proposal, holder),
        }

    @staticmethod
    def _empty(proposal: routing.Proposal, holder: routing.Holder | None) -> routing.Holder | None:
        """Who should have had it, where the proposal had to climb past an empty role."""
        return proposal.empty if proposal.holder == holder else None


class RejectForm(StepForm):
    """Why not here, and where to go instead."""

    code = forms.ChoiceField(label=_("原因"), choices=NotHere.choices, widget=forms.RadioSelect, error_messages=PICK)
    where_instead = forms.CharField(
        label=_("告诉居民该去哪里办"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写居民该去哪里办，电话或地点都行。")},
    )  # fmt: skip


FORMS: dict[str, tuple[type[StepForm], Callable[..., Case]]] = {
    "accept": (PlainForm, actions.accept),
    "contact": (ContactForm, actions.contact),
    "return": (ReturnForm, actions.give_back),
    "result": (ResultForm, actions.result),
    "dispatch": (DispatchForm, actions.dispatch),
    "reject": (RejectForm, actions.reject),
    "withdraw": (PlainForm, actions.withdraw),
    "leave": (PlainForm, actions.leave),
    "add": (AddForm, actions.add),
    "wish": (WishForm, actions.change_wish),
    "triage": (turns.TriageForm, actions.triage),
    "recategorise": (turns.TriageForm, actions.triage),
    "answer_directly": (turns.AnswerDirectlyForm, actions.answer_directly),
    "transfer": (turns.HolderForm, actions.transfer),
    "rule_return": (turns.HolderForm, actions.rule_return),
    "ask_reporter": (turns.QuestionForm, actions.ask_reporter),
    "reporter_answers": (turns.ReporterAnswerForm, actions.reporter_answers),
    "end_waiting": (PlainForm, actions.end_waiting),
    "ask_extension": (turns.ExtensionForm, actions.ask_extension),
    "decide_extension": (turns.DecideExtensionForm, actions.decide_extension),
    "ask_suspension": (turns.AskSuspensionForm, actions.ask_suspension),
    "suspend": (turns.SuspendForm, actions.suspend),
    "refuse_suspension": (turns.ReasonForm, actions.refuse_suspension),
    "resume": (PlainForm, actions.resume),
    "result_to_check": (ResultForm, actions.result),
    "check_pass": (PlainForm, actions.check_pass),
    "check_fail": (turns.ReasonForm, actions.check_fail),
    "propose_settlement": (turns.SettlementForm, actions.propose_settlement),
    "settle": (PlainForm, actions.settle),
    "drop_settlement": (turns.ReasonForm, actions.drop_settlement),
    "merge": (turns.MergeForm, actions.merge),
    "unmerge": (turns.ReasonForm, actions.unmerge),
    "urge": (turns.UrgeForm, actions.urge),
    "answer_urge": (turns.UrgeAnswerForm, actions.answer_urge),
    "comment": (turns.CommentForm, actions.comment),
}
