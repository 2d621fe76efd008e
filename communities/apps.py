from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunitiesConfig(AppConfig):
    """Areas, homes, organisations, roles, module switches, calendar and duty hours."""

    name = "communities"
    verbose_name = _("辖区与角色")
