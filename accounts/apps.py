from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, sign-in, consents, acting for someone and the log of opened values."""

    name = "accounts"
    verbose_name = _("人员与登录")
