"""What a resident answers to a result."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

YES_NO = [("yes", _("联系了")), ("no", _("没有联系"))]
SOLVED = [("yes", _("解决了")), ("no", _("没解决"))]
STARS = [(str(n), str(n)) for n in (5, 4, 3, 2, 1)]
LONGEST = 500


class RatingForm(forms.Form):
    """Three questions (是否联系、是否解决、是否满意) and words."""

    contacted = forms.ChoiceField(
        label=_("工作人员联系过您吗？"), choices=YES_NO, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个：联系了，还是没有联系。")},
    )  # fmt: skip
    solved = forms.ChoiceField(
        label=_("事情解决了吗？"), choices=SOLVED, widget=forms.RadioSelect,
        error_messages={"required": _("请选一个：解决了，还是没解决。")},
    )  # fmt: skip
    stars = forms.ChoiceField(label=_("满意吗？点几颗星"), choices=STARS, required=False, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("想说的话（没解决请写哪里没解决）"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("最多 %(limit_value)d 个字，内容都还在。")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Solved asks for stars; not solved asks what is not."""
        said = super().clean() or self.cleaned_data
        if said.get("solved") == "yes" and not said.get("stars"):
            self.add_error("stars", _("请点几颗星，1 到 5。"))
        if said.get("solved") == "no" and not said.get("words", "").strip():
            self.add_error("words", _("请写一句哪里没解决，好让人重新办。"))
        return said
