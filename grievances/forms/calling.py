"""What came of a call to the resident."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.workflow import How, Reached


class CallForm(forms.Form):
    """Whether somebody answered, and one line."""

    reached = forms.ChoiceField(
        label=_("打通了吗"), choices=Reached.choices, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。"), "invalid_choice": _("请选一个。")},
    )  # fmt: skip
    line = forms.CharField(label=_("说了什么（可以不写）"), max_length=180, required=False)

    def given(self) -> dict[str, Any]:
        """What the contact step gets: by phone, with the outcome and the line."""
        said = self.cleaned_data
        words = str(Reached(said["reached"]).label)
        line = f"{words}：{said['line']}" if said["line"] else words
        return {"how": How.PHONE.value, "line": line, "reached": said["reached"]}
