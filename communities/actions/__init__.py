"""Every write of the communities app; one file per subject."""

from communities.actions.areas import change_area, create_area, end_area, move_area, recode_area, rename_area
from communities.actions.changes import check_unmoved, keep_change
from communities.actions.grants import grant_role, revoke_role
from communities.actions.imports import Imported, import_areas
from communities.actions.people import (
    add_building,
    add_home,
    add_member,
    add_owner,
    ask_residency,
    create_organisation,
    end_membership,
    end_residency,
    verify_residency,
)
from communities.actions.switches import INHERIT, seed_calendar, set_duty_hours, switch_module
from communities.actions.tree import lock_tree, rebuild_areas, rekey_placed

__all__ = [
    "INHERIT",
    "Imported",
    "add_building",
    "add_home",
    "add_member",
    "add_owner",
    "ask_residency",
    "change_area",
    "check_unmoved",
    "create_area",
    "create_organisation",
    "end_area",
    "end_membership",
    "end_residency",
    "grant_role",
    "import_areas",
    "keep_change",
    "lock_tree",
    "move_area",
    "rebuild_areas",
    "recode_area",
    "rekey_placed",
    "rename_area",
    "revoke_role",
    "seed_calendar",
    "set_duty_hours",
    "switch_module",
    "verify_residency",
]  # fmt: skip
