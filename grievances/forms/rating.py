"""What a resident answers to a result."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.report import WordsField
from grievances.rules import NoThirdTime

YES_NO = [("yes", _("联系了")), ("no", _("没有联系"))]
SOLVED = [("yes", _("解决了")), ("no", _("没解决"))]
STARS = [(str(n), str(n)) for n in (5, 4, 3, 2, 1)]
LONGEST = 500


class RatingForm(forms.Form):
    """Three questions (是否联系、是否解决、是否满意) and words.

    ``may_rate`` and ``may_reopen`` say which answers the case still takes.
    """

    contacted = forms.ChoiceField(
        label=_("工作人员联系过您吗？"), choices=YES_NO, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个：联系了，还是没有联系。"), "invalid_choice": _("请重新选一下。")},
    )  # fmt: skip
    solved = forms.ChoiceField(
        label=_("事情解决了吗？"), choices=SOLVED, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个：解决了，还是没解决。"), "invalid_choice": _("请重新选一下。")},
    )  # fmt: skip
    stars = forms.ChoiceField(
        label=_("满意吗？点几颗星"), choices=STARS, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("请点几颗星，1 到 5。")},
    )  # fmt: skip
    words = WordsField(
        label=_("想说的话"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("没解决的话，请写一句哪里没解决。"),
        error_messages={"max_length": _("写了 %(show_value)d 个字，最多 %(limit_value)d 个，写的都还在。")},
    )  # fmt: skip

    def __init__(self, *args: Any, may_rate: bool = True, may_reopen: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {"yes": may_rate, "no": may_reopen}
        self.fields["solved"].choices = [(value, words) for value, words in SOLVED if allowed[value]]
        if may_rate and not may_reopen:
            self.fields["solved"].error_messages["invalid_choice"] = NoThirdTime().sentence()

    def clean(self) -> dict[str, Any]:
        """Solved asks for stars; not solved asks what is not."""
        said = super().clean() or self.cleaned_data
        if said.get("solved") == "yes" and not said.get("stars") and "stars" not in self.errors:
            self.add_error("stars", _("请点几颗星，1 到 5。"))
        if said.get("solved") == "no" and not said.get("words", "").strip() and "words" not in self.errors:
            self.add_error("words", _("请写一句哪里没解决，好让人重新办。"))
        return said
