"""What a hand-over at the end of a shift asks for: which cases, to whom, and one line."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.queries import InHand, Offered


class ShiftForm(forms.Form):
    """The chosen cases, a colleague, and what they must know.

    ``cases`` are those that stood on the page or are in hand now; one that left meanwhile is told by the action.
    """

    cases = forms.TypedMultipleChoiceField(
        label=_("交哪几件"), coerce=int, error_messages={"required": _("请至少选一件要交的。")}
    )
    to = forms.ChoiceField(
        label=_("交给谁"), error_messages={"required": _("请选一位同事。"), "invalid_choice": _("请从名单里选一位。")}
    )
    words = forms.CharField(
        label=_("交代一句"), max_length=120, help_text=_("接班的人最先看到这句话，比如约了几点、钥匙在谁那里。"),
        error_messages={"required": _("请写一句要交代的话，接班的人好接着办。")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, held: Sequence[InHand], takers: Sequence[tuple[str, list[tuple[str, Offered]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ids = {str(one.case.pk) for one in held} | {one for one in self._sent() if one.isdecimal() and len(one) < 19}
        self.fields["cases"].choices = [(one, one) for one in sorted(ids)]  # type: ignore[attr-defined]
        self.fields["to"].choices = list(takers)  # type: ignore[attr-defined]

    def _sent(self) -> list[str]:
        return list(self.data.getlist("cases")) if self.is_bound else []

    def chosen(self) -> set[int]:
        """The ids that are ticked: all at first."""
        if self.is_bound:
            return {int(one) for one in self._sent() if one.isdecimal()}
        return {int(value) for value, _label in self.fields["cases"].choices}  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why somebody does not take over."""

    why = forms.CharField(
        label=_("为什么不接"), max_length=120,
        error_messages={"required": _("请写一句为什么不接，对方好另找人。")},
    )  # fmt: skip
