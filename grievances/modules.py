"""The module that the grievance loop offers to communities."""

from django.utils.translation import gettext_lazy as _

from core.modules import Module, modules
from grievances.queries import open_count

modules.register(
    "grievances",
    Module(
        key="grievances", section="governance", name=_("诉求上报"), icon="plus-circle", entry="report",
        on_by_default=True, tab=_("上报"), open_count=open_count,
    ),
)  # fmt: skip
modules.register(
    "wall",
    Module(
        key="wall", section="governance", name=_("公开栏"), icon="megaphone", entry="wall", needs="grievances",
    ),
)  # fmt: skip
