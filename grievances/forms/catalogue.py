"""A category as the city sets it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from grievances.forms.rules import TARGET_ROLES
from grievances.models import Category, Organisation, RoundTheClock, Tier

LONGEST_HOURS = 2000
NUMBER = {"required": _("请填一个数。"), "invalid": _("请填整数。"), "min_value": _("最少填 %(limit_value)s。"),
          "max_value": _("最多填 %(limit_value)s。")}  # fmt: skip
SAME_AS_NORMAL = _("不填，就和一般的一样。")


def hours(label: Any, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    """A field for hours."""
    return forms.IntegerField(
        label=label, min_value=1, max_value=LONGEST_HOURS, error_messages=NUMBER, required=required, help_text=help_text
    )


def photos(label: Any) -> forms.IntegerField:
    """A field for how many photos a result needs."""
    return forms.IntegerField(label=label, min_value=0, max_value=3, initial=0, error_messages=NUMBER)


class CategoryForm(forms.Form):
    """Words, deadlines in working hours, photos, and who handles it where no rule says otherwise."""

    name = forms.CharField(label=_("名称"), max_length=40, error_messages={"required": _("请写一个名称。")})
    tier = forms.ChoiceField(label=_("分级"), choices=Tier.choices, widget=forms.RadioSelect, initial=Tier.SMALL)
    contact_hours = hours(_("首次联系时限（工作小时）"))
    done_hours = hours(_("办结时限（工作小时）"))
    urgent_contact_hours = hours(_("紧急的：首次联系时限（小时）"), required=False, help_text=SAME_AS_NORMAL)
    urgent_done_hours = hours(_("紧急的：办结时限（小时）"), required=False, help_text=SAME_AS_NORMAL)
    round_the_clock = forms.ChoiceField(
        label=_("夜里和放假算不算"), choices=RoundTheClock.choices, widget=forms.RadioSelect, required=False,
        initial=RoundTheClock.NEVER, help_text=_("不分昼夜的，一小时就是一小时，周末和节假日也算。"),
    )  # fmt: skip
    photos_before = photos(_("处理前照片几张"))
    photos_after = photos(_("处理后照片几张"))
    least_text = forms.IntegerField(
        label=_("结果说明至少几个字"), min_value=0, max_value=200, initial=10, error_messages=NUMBER
    )
    handler = forms.ChoiceField(label=_("没有规则时派给"))
    is_safety = forms.BooleanField(
        label=_("涉及安全"), required=False, help_text=_("派单台上标红；报的人撤回后，事情照样要办。")
    )

    needs_check = forms.BooleanField(
        label=_("结果先核查"), required=False, help_text=_("办结后先由另一个人核查，通过了才告诉居民。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].choices = [
            (_now("岗位"), [(role.value, str(role.label)) for role in TARGET_ROLES]),
            (_now("最近的单位"), [(kind, str(words)) for kind, words in Organisation.OrganisationKind.choices]),
        ]

    def clean(self) -> dict[str, Any]:
        """First contact is due no later than completion, and an urgent case no later than a normal one."""
        said: dict[str, Any] = super().clean() or {}
        contact, done = said.get("contact_hours"), said.get("done_hours")
        if not contact or not done:
            return said
        if contact > done:
            self.add_error("contact_hours", _("首次联系要在办结之前，请改小一些。"))
        elif (said.get("urgent_contact_hours") or contact) > (said.get("urgent_done_hours") or done):
            self.add_error("urgent_contact_hours", _("紧急的也要先联系、后办结：请把首次联系的小时数填小一些。"))
        for name, most in (("urgent_contact_hours", contact), ("urgent_done_hours", done)):
            if (said.get(name) or 0) > most:
                self.add_error(name, _("紧急的不能比一般的还慢，最多填 %(most)s。") % {"most": most})
        return said


def drawn_from(category: Category) -> dict[str, Any]:
    """What the form shows of a category that is there."""
    return {name: getattr(category, name) for name in CategoryForm.base_fields}
