"""Checking what a browser sent at sign-in; nothing is written here."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Theme
from accounts.phones import BadPhone, normalise_phone


class Styled(forms.Form):
    """A form whose fields wear the look's class; Django itself names errors and hints for screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "input")


class PhoneField(forms.CharField):
    """A mobile number typed in any way; cleaned to its eleven digits."""

    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "autofocus": True, "maxlength": 30}
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("error_messages", {"required": _("请填写手机号。")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Eleven digits; raises ValidationError with the sentence of BadPhone."""
        text = super().clean(value)
        try:
            return normalise_phone(text)
        except BadPhone as refusal:
            raise ValidationError(refusal.sentence(), code="bad_phone") from None


class CodeField(forms.CharField):
    """The digits of a code; full-width ones and blanks between them are taken too."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "maxlength": 20}
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("短信验证码"))
        kwargs.setdefault("error_messages", {"required": _("请填写短信里的 6 位数字。")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Six ASCII digits."""
        typed = "".join(super().clean(value).split())
        digits = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in typed)
        if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
            raise ValidationError(_("验证码是 6 位数字，请看短信再填一次。"), code="bad_code")
        return digits


class NewPassword(forms.CharField):
    """A password that is being chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("新密码"))
        kwargs.setdefault("strip", False)
        kwargs.setdefault("max_length", 128)
        kwargs.setdefault("error_messages", {"required": _("请填写新密码。")})
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "new-password"}))
        super().__init__(**kwargs)


class PhoneForm(Styled):
    """The phone that asks for a code."""

    phone = PhoneField()


class CodeForm(Styled):
    """The code that came by SMS."""

    code = CodeField()


class PasswordForm(Styled):
    """Signing in with a staff name or phone and a password."""

    login = forms.CharField(
        label=_("登录名或手机号"),
        max_length=60,
        error_messages={"required": _("请填写登录名或手机号。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=128,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class TwicePassword(Styled):
    """A new password, typed twice; whether it is good enough is judged with the user by the action."""

    password = NewPassword()
    again = NewPassword(label=_("再输一次"), error_messages={"required": _("请把新密码再输一次。")})

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("两次输的密码不一样，请再输一次。"))
        return cleaned


class ResetForm(TwicePassword):
    """Code and new password on one page."""

    code = CodeField()
    field_order = ("code", "password", "again")


class ChangeForm(TwicePassword):
    """The password so far, and the new one."""

    old = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=128,
        error_messages={"required": _("请填写现在的密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old", "password", "again")


class ConsentForm(Styled):
    """The yes to the privacy notice."""

    agree = forms.BooleanField(
        label=_("我已阅读并同意《个人信息保护告知》"),
        error_messages={"required": _("请先勾选同意，再继续。")},
    )


class InvitationForm(TwicePassword, ConsentForm):
    """Name check, a first password, consent."""

    is_me = forms.BooleanField(label=_("我就是受邀人"), error_messages={"required": _("请核对姓名，确认是您本人。")})
    field_order = ("is_me", "password", "again", "agree")

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_me"].label = _("我是 %(name)s") % {"name": name}


class NameForm(Styled):
    """How a person wants to be called."""

    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=60,
        error_messages={"required": _("请填写姓名。"), "max_length": _("姓名最多 60 个字。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class OpeningForm(forms.Form):
    """Which value is to be opened, because of what, and why."""

    person = forms.IntegerField(min_value=1)
    field = forms.CharField(max_length=60)
    subject = forms.CharField(max_length=80, required=False)
    reason = forms.CharField(max_length=200, required=False)


class PreferencesForm(forms.Form):
    """How pages look; what is left out stays as it is."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    elder = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1", empty_value=None, required=False
    )
    language = forms.ChoiceField(choices=[*Language.choices, ("browser", "browser")], required=False)

    def clean_language(self) -> str | None:
        """A language, "" for the browser's (sent as "browser"), None when it is not to change."""
        value = self.cleaned_data["language"]
        return {"": None, "browser": ""}.get(value, value)


class ProofForm(Styled):
    """The password once more, to show that it is them."""

    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=128,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPhoneForm(Styled):
    """The number to change to."""

    phone = PhoneField(label=_("新手机号"), error_messages={"required": _("请填写新手机号。")})


class CloseForm(Styled):
    """The last yes before an account is closed."""

    sure = forms.BooleanField(
        label=_("我看明白了，要注销"),
        error_messages={"required": _("请先勾选“我看明白了，要注销”。")},
    )


class HelperForm(Styled):
    """Who is to act for me, in what, until when, and the yes to it."""

    phone = PhoneField(label=_("对方的手机号"), error_messages={"required": _("请填写对方的手机号。")})
    what_for = forms.CharField(
        label=_("请对方办什么"),
        max_length=60,
        initial=_("替我反映社区里的事"),
        error_messages={"required": _("请写一句请对方办什么。"), "max_length": _("最多 60 个字。")},
        widget=forms.TextInput(attrs={"maxlength": 60}),
    )
    until = forms.DateField(
        label=_("到哪一天为止"),
        error_messages={"required": _("请选一个日期。"), "invalid": _("请选一个日期，例如 2027-06-30。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    agree = forms.BooleanField(
        label=_("我同意对方在这段时间里用我的名义办这件事"),
        error_messages={"required": _("请先勾选同意。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.pop("autofocus", None)
        self.fields["phone"].widget.attrs["autocomplete"] = "off"


class AnswerForm(forms.Form):
    """Yes or no to acting for somebody."""

    yes = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class SavedViewForm(forms.Form):
    """How a saved view is called."""

    name = forms.CharField(
        label=_("叫什么名字"), max_length=20,
        error_messages={"required": _("请写个名字，比如“电梯，已超时”。"), "max_length": _("最多 20 个字。")},
    )  # fmt: skip
