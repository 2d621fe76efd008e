"""Modules switched on, off or back to inherited."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from communities.models import Area, ModuleSwitch, ModuleSwitchLog, Person
from communities.modules import switches_at
from communities.queries import newest_switch_change
from communities.roles import roles_at
from communities.rules import (
    BadOptions,
    ModuleLocked,
    ModuleRequired,
    NotAllowed,
    SettingMoved,
    UnknownModule,
    may_administer,
    may_lock,
)
from core import once as keys
from core.modules import Module, modules

INHERIT = "inherit"


def switch_module(
    *, area: Area, module: str, state: str, by: Person | None, at: datetime, locked: bool = False,
    options: dict[str, Any] | None = None, expect: int | None = None, once: keys.Key | None = None, address: str = "",
) -> ModuleSwitch | None:  # fmt: skip
    """Set a module "on", "off" or "inherit" at an area; what changed is logged, who and when.

    ``locked`` forbids other settings below. ``options`` are checked by the module's form; None keeps those
    set here before. Returns the switch, or None for inherited.
    What is open in the module goes on to its end. ``expect`` is the number of the newest change that the form
    was drawn after. Raises UnknownModule, ModuleLocked, ModuleRequired, BadOptions, NotAllowed, SettingMoved,
    AlreadyDone.
    """
    if module not in modules:
        raise UnknownModule
    kind = modules.get(module)
    if by is not None:
        held = roles_at(by, area)
        if not (may_lock(held) if locked else may_administer(held)):
            raise NotAllowed
    with transaction.atomic():
        keys.spend(once, address)
        Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area.pk)
        _check_unmoved(area, module, expect)
        above = switches_at(area).setting(module).locked_at
        if above is not None and above.pk != area.pk:
            raise ModuleLocked(str(kind.name), above.name)
        if state == ModuleSwitch.State.OFF and kind.policy == "required":
            raise ModuleRequired(str(kind.name))
        return _write(area, kind, state, locked, options, by, at)


def _check_unmoved(area: Area, module: str, expect: int | None) -> None:
    newest = newest_switch_change(area, module)
    if expect is not None and newest is not None and newest.pk != expect:
        raise SettingMoved(str(newest.by) if newest.by is not None else _("系统"), newest.at)


def _write(
    area: Area, kind: Module, state: str, locked: bool, options: dict[str, Any] | None, by: Person | None,
    at: datetime,
) -> ModuleSwitch | None:  # fmt: skip
    row = ModuleSwitch.objects.filter(area=area, module=kind.key).first()
    before = _said(row)
    if state == INHERIT:
        if row is not None:
            row.delete()
        _log(area, kind, before, None, by, at)
        return None
    row = row or ModuleSwitch(area=area, module=kind.key)
    row.state, row.locked = ModuleSwitch.State(state).value, locked
    if options is not None:
        row.options = _checked(kind, options)
    row.changed_by, row.changed_at = by, at
    row.save()
    _log(area, kind, before, _said(row), by, at)
    return row


def _said(row: ModuleSwitch | None) -> dict[str, Any] | None:
    return None if row is None else {"state": row.state, "locked": row.locked, "options": dict(row.options)}


def _log(
    area: Area, kind: Module, before: dict[str, Any] | None, after: dict[str, Any] | None, by: Person | None,
    at: datetime,
) -> None:  # fmt: skip
    if before != after:
        ModuleSwitchLog.objects.create(area=area, module=kind.key, before=before, after=after, by=by, at=at)


def _checked(kind: Module, options: dict[str, Any]) -> dict[str, Any]:
    if kind.options is None:
        return {}
    form = kind.options(options)
    if not form.is_valid():
        raise BadOptions({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return dict(form.cleaned_data)
