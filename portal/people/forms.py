"""What the pages of people check of what a browser sent."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import DeviceRow
from accounts.rules import Cause
from communities.roles import Role
from communities.rules import ROLE_KINDS
from core.saying import when_words

PICK = {"required": _("请选一个。"), "invalid_choice": _("请从名单里选一个。")}
DAY = {"invalid": _("日期没有看懂，请按 2026-11-30 这样写。")}


class Day(forms.DateInput):
    """A date of the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def beginning(day: date | None, now: datetime) -> datetime | None:
    """The moment a day begins; today (or a day gone by) begins now, no day is None."""
    if day is None or day <= timezone.localdate(now):
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def ending(day: date | None) -> datetime | None:
    """The moment after a day's end: "until" a day means through that day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day is not None else None


class FilterForm(forms.Form):
    """Whom to list; anything unreadable counts as not asked."""

    q = forms.CharField(label=_("姓名，或手机号后几位"), required=False, max_length=40)
    role = forms.ChoiceField(
        label=_("岗位"), required=False, choices=[("", _("各岗位")), *((role, Role(role).label) for role in ROLE_KINDS)]
    )
    past = forms.ChoiceField(label=_("时间"), required=False, choices=[("", _("现在")), ("1", _("已结束"))])

    def wanted(self) -> dict[str, str]:
        """What was asked, by name; empty choices left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class GrantForm(forms.Form):
    """A role from a day until a day."""

    role = forms.ChoiceField(label=_("岗位"), error_messages=PICK)
    since = forms.DateField(label=_("从哪天起"), required=False, widget=Day, error_messages=DAY,
                            help_text=_("不填就从现在起。"))  # fmt: skip
    until = forms.DateField(label=_("到哪天止"), required=False, widget=Day, error_messages=DAY,
                            help_text=_("包括这一天；不填就是长期。"))  # fmt: skip

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]

    def term(self, now: datetime) -> dict[str, datetime | None]:
        """From when until when, as grant_role takes it."""
        said = self.cleaned_data
        return {"since": beginning(said["since"], now), "until": ending(said["until"])}


class InviteForm(GrantForm):
    """Somebody new: phone, name and the first role in one form."""

    phone = forms.CharField(
        label=_("手机号"), max_length=20, error_messages={"required": _("请填手机号，邀请用短信发。")}
    )
    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请填姓名。")})
    field_order = ("phone", "name", "role", "since", "until")


class EndForm(forms.Form):
    """Why a role ends, and from which day on."""

    reason = forms.CharField(
        label=_("为什么结束"), max_length=200, error_messages={"required": _("请写一句为什么结束。")}
    )
    on = forms.DateField(label=_("做到哪天"), required=False, widget=Day, error_messages=DAY,
                         help_text=_("包括这一天；不填就是现在结束。"))  # fmt: skip

    def moment(self) -> datetime | None:
        """From when on the role is over; None for now."""
        return ending(self.cleaned_data["on"])


class ExtendForm(forms.Form):
    """Until when a role is held now."""

    until = forms.DateField(label=_("延长到哪天"), required=False, widget=Day, error_messages=DAY,
                            help_text=_("包括这一天；不填就是长期。"))  # fmt: skip

    def moment(self) -> datetime | None:
        """When the role ends from now on; None for no end."""
        return ending(self.cleaned_data["until"])


class MemberForm(forms.Form):
    """Somebody joins an organisation."""

    phone = forms.CharField(label=_("手机号"), max_length=20, error_messages={"required": _("请填手机号。")})
    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请填姓名。")})
    position = forms.CharField(label=_("职务"), max_length=40, required=False)
    is_lead = forms.BooleanField(label=_("是负责人"), required=False)


class ReasonForm(forms.Form):
    """Why work is handed over."""

    reason = forms.CharField(
        label=_("为什么移交"), max_length=200, error_messages={"required": _("请写一句为什么移交。")}
    )


def _told_apart(row: DeviceRow, now: datetime) -> str:
    """A device with the moment of its sign-in: somebody may have two of a kind."""
    since = when_words(row.device.created_at, now=now)
    return gettext("%(device)s，%(since)s 登录") % {"device": row.words, "since": since}


class SignOutForm(forms.Form):
    """On which device, and why; whether "other" says more is judged by the action."""

    device = forms.ChoiceField(label=_("结束哪里的登录"), widget=forms.RadioSelect, initial="all", error_messages=PICK)
    cause = forms.ChoiceField(
        label=_("为什么退出"), widget=forms.RadioSelect, choices=Cause.choices,
        error_messages={"required": _("请选为什么退出。"), "invalid_choice": _("请从名单里选一个。")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("补充一句"), max_length=200, required=False, help_text=_("选“其他”时要写。本人会看到这句话。")
    )

    def __init__(self, *args: Any, devices: Iterable[DeviceRow], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].choices = [
            ("all", _("所有设备")),
            *((str(row.device.pk), _told_apart(row, now)) for row in devices),
        ]

    def device_id(self) -> int | None:
        """The device chosen; None for all."""
        chosen = self.cleaned_data["device"]
        return None if chosen == "all" else int(chosen)


class ViewForm(forms.Form):
    """As which role to look."""

    role = forms.ChoiceField(label=_("以什么岗位查看"), widget=forms.RadioSelect, error_messages=PICK)

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]


class CounterForm(forms.Form):
    """The old number, the new one twice, and why; whether they are numbers is judged by the action."""

    old_phone = forms.CharField(
        label=_("旧手机号"), max_length=30, error_messages={"required": _("请填写旧手机号。")},
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("新手机号"), max_length=30, error_messages={"required": _("请填写新手机号。")},
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("新手机号再输一次"), max_length=30, error_messages={"required": _("请把新手机号再输一次。")},
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("为什么代改"), max_length=200, help_text=_("本人能看到这句话。例如：旧手机丢了，身份证已核对。"),
        error_messages={"required": _("请写一句为什么代改。")},
        widget=forms.TextInput(attrs={"class": "input", "maxlength": 200}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Both new numbers the same."""
        cleaned = super().clean() or self.cleaned_data
        typed = ["".join(cleaned.get(name, "").split()) for name in ("phone", "again")]
        if all(typed) and typed[0] != typed[1]:
            self.add_error("again", _("两次输的号码不一样，请再输一次。"))
        return cleaned
