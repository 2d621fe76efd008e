"""Days of the calendar: one at a time, or pasted as lines."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities.actions import Day

NOTE_LONGEST = 40
LINES_AT_MOST = 200
FIRST_YEAR, LAST_YEAR = 2000, 2099
DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
LINE = re.compile(rf"{DATE}(?:\s*(?:~|～|至|到|to|—|–)\s*{DATE})?[\s,，、]+([^\s,，、]+)(?:[\s,，、]+(.*))?")
WORDS = {"休": False, "休息": False, "放假": False, "班": True, "上班": True, "补班": True, "off": False, "work": True}
LONGEST_SPAN = 31


class YearForm(forms.Form):
    """The year to show and the day to change; nonsense counts as nothing."""

    year = forms.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    day = forms.DateField(required=False)


class DayForm(forms.Form):
    """A day that differs from its weekday."""

    day = forms.DateField(
        label=_("哪一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选一天。"), "invalid": _("请写成 2027-01-01 这样的日期。")},
    )  # fmt: skip
    is_working = forms.TypedChoiceField(
        label=_("这一天"), choices=[("0", _("休息")), ("1", _("上班（调休）"))], coerce=lambda sent: sent == "1",
        widget=forms.RadioSelect, error_messages={"required": _("请选休息还是上班。")},
    )  # fmt: skip
    note = forms.CharField(label=_("说明"), required=False, max_length=NOTE_LONGEST, help_text=_("如：元旦、春节调休"))

    def clean_day(self) -> date:
        """A day of the years that the calendar keeps."""
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("年份请在 2000 到 2099 之间。"))
        return day

    def chosen(self) -> Day:
        """The day as the action takes it."""
        said = self.cleaned_data
        return Day(said["day"], said["is_working"], said["note"])


class PasteForm(forms.Form):
    """Lines such as "2027-01-01 休 元旦"; all of them are taken, or none."""

    lines = forms.CharField(
        label=_("一行一天"), widget=forms.Textarea(attrs={"rows": 8, "placeholder": "2027-01-01 休 元旦"}),
        help_text=_("日期、休或班、说明，用空格隔开；连着的几天可以写成 2027-10-01至2027-10-07 休 国庆节。"),
        error_messages={"required": _("请贴上至少一行。")},
    )  # fmt: skip

    def clean_lines(self) -> list[Day]:
        """The days of all lines; names the lines that could not be read."""
        found: list[Day] = []
        wrong: list[str] = []
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines()]
        if len(lines) > LINES_AT_MOST:
            raise forms.ValidationError(_("一次最多 200 行，请分几次贴。"))
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            days = _read(line)
            found += days
            if not days:
                wrong.append(_now("第 %(n)s 行没看懂：%(line)s") % {"n": number, "line": line[:60]})
        if wrong:
            raise forms.ValidationError(
                [*wrong[:5], _now("请写成“2027-01-01 休 元旦”这样，改好再存；现在一行都没有存。")]
            )
        return found


def _read(line: str) -> list[Day]:
    """The days that a line names; none where it cannot be read."""
    matched = LINE.fullmatch(line)
    if matched is None:
        return []
    *numbers, word, note = matched.groups()
    first, last = _date(numbers[:3]), _date(numbers[3:] if numbers[3] else numbers[:3])
    if first is None or last is None or word not in WORDS or not timedelta() <= last - first <= timedelta(LONGEST_SPAN):
        return []
    note = (note or "").strip()[:NOTE_LONGEST]
    return [Day(first + timedelta(number), WORDS[word], note) for number in range((last - first).days + 1)]


def _date(parts: list[Any]) -> date | None:
    try:
        found = date(*(int(part) for part in parts))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
