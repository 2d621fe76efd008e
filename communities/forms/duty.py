"""The duty hours of a week."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.actions import checked_spans
from communities.models import DutyHours
from core.worktime import Hours

SPANS = 2
PARTS = ((_("上午"), "08:30"), (_("下午"), "14:30"))


class DutyForm(forms.Form):
    """From–until of each weekday, twice a day (more where more are set); an empty pair is no duty."""

    def __init__(self, *args: Any, hours: Mapping[int, Hours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spans = max([SPANS, *(len(spans) for spans in hours.values())])
        for day, words in DutyHours.Weekday.choices:
            for number in range(self.spans):
                span = hours.get(day, ())[number : number + 1]
                for part, label in enumerate((_("从"), _("到"))):
                    self.fields[f"d{day}_{number}_{part}"] = forms.TimeField(
                        label=f"{words} {label}", required=False, initial=span[0][part] if span else None,
                        widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
                        error_messages={"invalid": _("请写成 08:30 这样的时间。")},
                    )  # fmt: skip

    def rows(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]], list[str]]]:
        """Each weekday with its pairs of fields and what is wrong with them."""
        found = []
        for day, words in DutyHours.Weekday.choices:
            pairs = [(self[f"d{day}_{number}_0"], self[f"d{day}_{number}_1"]) for number in range(self.spans)]
            wrong = [str(error) for pair in pairs for field in pair for error in field.errors]
            found.append((str(words), pairs, wrong))
        return found

    def clean(self) -> dict[str, Any]:
        """Pairs are complete, end after they begin, and do not overlap; a week has at least one."""
        said: dict[str, Any] = super().clean() or {}
        for name, value in list(said.items()):
            other = name[:-1] + ("1" if name.endswith("0") else "0")
            if value is None and said.get(other) is not None and name not in self.errors:
                self.add_error(name, _("从几点到几点，两个都要填。"))
        if not self.errors:
            try:
                found = checked_spans(self.chosen())
            except ValueError as wrong:
                raise forms.ValidationError(wrong.args[0]) from None
            if not found:
                raise forms.ValidationError(_("一周至少要有一段值班时间；想用上一级的，请按“改回跟随上级”。"))
        return said

    def chosen(self) -> list[tuple[int, time, time]]:
        """(weekday, from, until) of the pairs that are filled."""
        pairs = [
            (day, self.cleaned_data.get(f"d{day}_{number}_0"), self.cleaned_data.get(f"d{day}_{number}_1"))
            for day in range(7)
            for number in range(self.spans)
        ]
        return [(day, start, end) for day, start, end in pairs if start is not None and end is not None]

    def hours(self) -> dict[int, Hours]:
        """The filled pairs by weekday."""
        chosen = sorted(self.chosen())
        return {
            day: tuple((start, end) for each, start, end in chosen if each == day) for day in {row[0] for row in chosen}
        }
