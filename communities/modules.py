"""Which modules are on where, and with which options.

The nearest switch up the tree wins; a locked switch wins over everything below it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from communities.models import SWITCHES, Area, ModuleSwitch
from communities.queries import chosen_community
from core.modules import Module, modules


@dataclass(frozen=True)
class Setting:
    """A module's setting at a place: on or off, its options, whose switch decides, and a lock above."""

    on: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    decided_at: Area | None = None
    locked_at: Area | None = None


class Switches:
    """The settings of all modules at one place, worked out from the switches on the way, from the top down."""

    def __init__(self, area: Area | None, rows: Iterable[ModuleSwitch]) -> None:
        self.area = area
        self._rows: dict[str, list[ModuleSwitch]] = {}
        for row in rows:
            self._rows.setdefault(row.module, []).append(row)

    def setting(self, key: str) -> Setting:
        """The setting of one module; raises KeyError for a key that is not built."""
        module = modules.get(key)
        on, options = module.on_by_default, _initial(module)
        decided: Area | None = None
        for row in self._rows.get(key, ()):
            on, decided = row.state == ModuleSwitch.State.ON, row.area
            options = {**options, **row.options}
            if row.locked:
                return Setting(on, options, decided, row.area)
        return Setting(on, options, decided)

    def is_on(self, key: str) -> bool:
        """Whether the module is on here."""
        needs = modules.get(key).needs
        return self.setting(key).on and (not needs or self.is_on(needs))

    def options(self, key: str) -> Mapping[str, Any]:
        """The module's options here: its form's defaults, overlaid from the top down."""
        return self.setting(key).options

    def all_on(self) -> list[Module]:
        """The modules that are on here, in the order of registration."""
        return [module for module in modules.all() if self.is_on(module.key)]


def switches_at(area: Area | None) -> Switches:
    """The settings at ``area`` (None: the catalogue's defaults)."""
    if area is None:
        return Switches(None, ())
    set_at = SWITCHES.get()
    return Switches(area, (row for step in area.path() for row in set_at.get(step.pk, ())))


def is_on(key: str, area: Area | None) -> bool:
    """Whether the module is on at ``area``."""
    return switches_at(area).is_on(key)


def inherited_at(key: str, area: Area) -> bool:
    """Whether the module would be on at ``area`` without a switch of its own."""
    return switches_at(area.parent).is_on(key)


def options(key: str, area: Area | None) -> Mapping[str, Any]:
    """The module's options at ``area``."""
    return switches_at(area).options(key)


def of_request(request: HttpRequest) -> Switches:
    """The settings at the community that the visitor chose, read once per request."""
    if not hasattr(request, "_module_switches"):
        request._module_switches = switches_at(chosen_community(request))  # type: ignore[attr-defined]
    return request._module_switches  # type: ignore[attr-defined]


def _initial(module: Module) -> dict[str, Any]:
    if module.options is None:
        return {}
    return {name: form_field.initial for name, form_field in module.options.base_fields.items()}
