"""What the forms of all steps have in common."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from grievances.models import Case


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
