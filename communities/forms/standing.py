"""Who stands in, from which day until which."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAY = {"required": _("请选日期。"), "invalid": _("日期没有看懂，请按 2026-11-30 这样写。")}


class _Day(forms.DateInput):
    """A date of the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StandInForm(forms.Form):
    """A colleague, the first and the last day, and why; today begins now."""

    stand_in = forms.ChoiceField(
        label=_("谁代班"), error_messages={"required": _("请选一位同事。"), "invalid_choice": _("请从名单里选一位。")}
    )
    since = forms.DateField(label=_("从哪天起"), widget=_Day, error_messages=DAY)
    until = forms.DateField(label=_("到哪天止"), widget=_Day, error_messages=DAY, help_text=_("这一天也算在内。"))
    reason = forms.CharField(label=_("原因（可以不写）"), required=False, max_length=100)

    def __init__(self, *args: Any, peers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = forms.ChoiceField(choices=[("", _("请选择")), *peers]).choices
        self.fields["stand_in"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days in order, none of them gone by."""
        days = super().clean() or {}
        since, until = days.get("since"), days.get("until")
        if since is not None and since < timezone.localdate():
            self.add_error("since", _("这一天已经过去了，请选今天或以后。"))
        elif since is not None and until is not None and until < since:
            self.add_error("until", _("结束的日期要在开始以后。"))
        return days

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From which moment until which (not included)."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return max(now, _beginning(since)), _beginning(until + timedelta(days=1))


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
