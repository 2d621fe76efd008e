"""Every write of the communities app; one file per subject."""

from communities.actions.areas import change_area, create_area, end_area, move_area, recode_area, rename_area
from communities.actions.calendar import Day, calendar_subject, remove_day, seed_calendar, set_days
from communities.actions.changes import check_unmoved, keep_change
from communities.actions.counter import COUNTER, serves_at_counter
from communities.actions.duty import checked_spans, duty_subject, set_duty_hours
from communities.actions.grants import extend_role, grant_role, revoke_role
from communities.actions.imports import Imported, import_areas
from communities.actions.leaving import end_belonging
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
from communities.actions.signing_out import sign_out_staff
from communities.actions.standins import begin_stand_in, end_stand_in
from communities.actions.switches import INHERIT, switch_module
from communities.actions.tree import lock_tree, rebuild_areas, rekey_placed
from communities.actions.viewing import begin_viewing, end_viewing

__all__ = [
    "COUNTER",
    "INHERIT",
    "Day",
    "Imported",
    "add_building",
    "add_home",
    "add_member",
    "add_owner",
    "ask_residency",
    "begin_stand_in",
    "begin_viewing",
    "calendar_subject",
    "change_area",
    "check_unmoved",
    "checked_spans",
    "create_area",
    "create_organisation",
    "duty_subject",
    "end_area",
    "end_belonging",
    "end_membership",
    "end_residency",
    "end_stand_in",
    "end_viewing",
    "extend_role",
    "grant_role",
    "import_areas",
    "keep_change",
    "lock_tree",
    "move_area",
    "rebuild_areas",
    "recode_area",
    "rekey_placed",
    "remove_day",
    "rename_area",
    "revoke_role",
    "seed_calendar",
    "serves_at_counter",
    "set_days",
    "set_duty_hours",
    "sign_out_staff",
    "switch_module",
    "verify_residency",
]  # fmt: skip
