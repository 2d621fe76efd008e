"""A module's switch at a place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.actions import INHERIT
from communities.models import ModuleSwitch


class SwitchForm(forms.Form):
    """On, off or as above; whether those below are bound to it."""

    state = forms.ChoiceField(
        label=_("这里"), widget=forms.RadioSelect,
        choices=[(ModuleSwitch.State.ON, _("开启")), (ModuleSwitch.State.OFF, _("关闭")), (INHERIT, _("跟随上级"))],
        error_messages={"required": _("请选一个。"), "invalid_choice": _("请从三个里选一个。")},
    )  # fmt: skip
    locked = forms.BooleanField(
        label=_("下级都照这样，不能自己改"), required=False, help_text=_("下级页面上会写明是这里统一设置的。")
    )

    def __init__(self, *args: Any, may_lock: bool, is_top: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_lock:
            del self.fields["locked"]
        if is_top:
            choices = self.fields["state"].choices
            self.fields["state"].choices = [*choices[:2], (INHERIT, _("按参考目录"))]
