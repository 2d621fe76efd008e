from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("通用机制")

    def ready(self) -> None:
        """Find what the apps register: each in a room of that name."""
        autodiscover_modules("modules", "notices", "figures", "actions", "exports", "checkups")
