"""What a board is asked for; it lives in the URL, and what cannot be read counts as not chosen."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.figures import Span

TODAY, WEEK, MONTH_LONG, THIS_MONTH, DAYS = "today", "7", "30", "month", "days"
PERIODS = [
    (TODAY, _("今天")),
    (WEEK, _("近 7 天")),
    (MONTH_LONG, _("近 30 天")),
    (THIS_MONTH, _("本月")),
    (DAYS, _("自选日期")),
]
LONGEST = 366


class AskForm(forms.Form):
    """Place, period, category, figure and holder."""

    area = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    period = forms.ChoiceField(label=_("时间"), choices=PERIODS, required=False)
    start = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    category = forms.ChoiceField(label=_("类别"), required=False)
    worker = forms.CharField(required=False, max_length=60)
    figure = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, categories: Sequence[Any], names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = [(name, name) for name in names]
        self.mains = [category for category in categories if category.parent_id is None]
        self.categories = {str(category.pk): category for category in categories}
        self.fields["category"].choices = [("", _("各类别")), *((pk, one.name) for pk, one in self.categories.items())]
        self.is_valid()

    def wanted(self, name: str) -> Any:
        """What was chosen, or None."""
        return self.cleaned_data.get(name) or None

    @property
    def category_chosen(self) -> Any:
        """The category, or None for all."""
        return self.categories.get(self.wanted("category") or "")

    @property
    def period_chosen(self) -> str:
        """Which period; 30 days where nothing readable was chosen."""
        period: str = self.wanted("period") or MONTH_LONG
        has_days = self.wanted("start") and self.wanted("end")
        return MONTH_LONG if period == DAYS and not has_days else period

    def span(self, today: date) -> Span:
        """The days that the period means, seen from ``today``; a year at most."""
        match self.period_chosen:
            case "today":
                return Span(today, today)
            case "7":
                return Span(today - timedelta(days=6), today)
            case "month":
                return Span(today.replace(day=1), today)
            case "days":
                first, last = sorted((self.cleaned_data["start"], self.cleaned_data["end"]))
                return Span(max(first, last - timedelta(days=LONGEST - 1)), last)
        return Span(today - timedelta(days=29), today)
