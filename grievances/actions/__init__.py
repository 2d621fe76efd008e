"""Every write of the grievance loop: one function per verb, one transaction each."""

from grievances.actions.adding import add
from grievances.actions.answering import rate, reopen
from grievances.actions.base import LABEL, MOST_PHOTOS, flow
from grievances.actions.catalogue import (
    add_category,
    add_rule,
    change_category,
    load_categories,
    move_category,
    said_of,
    set_category_active,
)
from grievances.actions.clock import take_due_step
from grievances.actions.dispatching import dispatch, reject
from grievances.actions.erasing import KEPT_AFTER_CLOSING, erase_old
from grievances.actions.handling import accept, contact, give_back, result
from grievances.actions.handover import Handed, hand_over_all, hand_over_case
from grievances.actions.leaving import open_work
from grievances.actions.reporting import TITLE_LENGTH, leave, report, title_of, withdraw
from grievances.actions.rules import (
    change_rule,
    create_rule,
    move_rule,
    retarget_rules,
    set_rule_active,
)
from grievances.actions.wall import change_wish, follow, leave_wall, release, unfollow, unrelease

__all__ = [
    "KEPT_AFTER_CLOSING",
    "LABEL",
    "MOST_PHOTOS",
    "TITLE_LENGTH",
    "Handed",
    "accept",
    "add",
    "add_category",
    "add_rule",
    "change_category",
    "change_rule",
    "change_wish",
    "contact",
    "create_rule",
    "dispatch",
    "erase_old",
    "flow",
    "follow",
    "give_back",
    "hand_over_all",
    "hand_over_case",
    "leave",
    "leave_wall",
    "load_categories",
    "move_category",
    "move_rule",
    "open_work",
    "rate",
    "reject",
    "release",
    "reopen",
    "report",
    "result",
    "retarget_rules",
    "said_of",
    "set_category_active",
    "set_rule_active",
    "take_due_step",
    "title_of",
    "unfollow",
    "unrelease",
    "withdraw",
]  # fmt: skip
