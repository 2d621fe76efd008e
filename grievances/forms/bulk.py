"""What one step on a selection of cases asks for, once for all."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grievances import queries, routing
from grievances.forms.steps import PICK, RejectForm
from grievances.models import Case


class BulkForm(forms.Form):
    """A form for ``cases`` together."""

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases

    def given(self) -> dict[str, Any]:
        """What the action gets."""
        return dict(self.cleaned_data)


class BulkDispatchForm(BulkForm):
    """One holder and one reason; offered is who serves the place of any of the cases."""

    holder = forms.ChoiceField(label=_("派给"), error_messages=PICK)
    why = forms.CharField(
        label=_("理由（居民能看到）"), max_length=200, error_messages={"required": _("请写一句为什么派给他们。")}
    )

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        super().__init__(*args, cases=cases, **kwargs)
        groups: dict[str, dict[str, queries.Offered]] = {}
        for area in {case.area_id: case.area for case in cases}.values():
            for title, choices in queries.holder_choices(area, timezone.now()):
                groups.setdefault(title, {}).update(choices)
        self.fields["holder"].choices = [(title, list(choices.items())) for title, choices in groups.items()]

    def given(self) -> dict[str, Any]:
        """The holder as an object."""
        return {"holder": routing.from_code(self.cleaned_data["holder"]), "why": self.cleaned_data["why"]}


class BulkCategoryForm(BulkForm):
    """One category, and why."""

    category = forms.ChoiceField(label=_("类别"), error_messages=PICK)
    reason = forms.CharField(label=_("为什么改"), max_length=200, error_messages={"required": _("请写一句为什么改。")})

    def __init__(self, *args: Any, cases: Sequence[Case], **kwargs: Any) -> None:
        super().__init__(*args, cases=cases, **kwargs)
        groups = [
            (main.name, [(sub.code, sub.name) for sub in main.subs.all() if sub.is_active])
            for main in queries.main_categories()
        ]
        self.fields["category"].choices = [("", _("请选")), *groups]

    def given(self) -> dict[str, Any]:
        """The category as an object."""
        return {**self.cleaned_data, "category": queries.category_by_code(self.cleaned_data["category"])}


class BulkRejectForm(BulkForm):
    """The code and the words of a single rejection."""

    code = RejectForm.base_fields["code"]
    where_instead = RejectForm.base_fields["where_instead"]


FORMS: Final[dict[str, type[BulkForm]]] = {
    "proposals": BulkForm,
    "dispatch": BulkDispatchForm,
    "recategorise": BulkCategoryForm,
    "reject": BulkRejectForm,
}
