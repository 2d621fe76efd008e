"""Every write of the grievance loop: one function per verb, one transaction each."""

from grievances.actions.answering import rate, reopen
from grievances.actions.base import LABEL, MOST_PHOTOS, flow
from grievances.actions.catalogue import add_rule, load_categories
from grievances.actions.clock import take_due_step
from grievances.actions.dispatching import dispatch, reject
from grievances.actions.erasing import KEPT_AFTER_CLOSING, erase_old
from grievances.actions.handling import accept, contact, give_back, result
from grievances.actions.reporting import TITLE_LENGTH, leave, report, title_of, withdraw
from grievances.actions.rules import (
    change_rule,
    create_rule,
    move_rule,
    retarget_rules,
    set_rule_active,
)

__all__ = [
    "KEPT_AFTER_CLOSING",
    "LABEL",
    "MOST_PHOTOS",
    "TITLE_LENGTH",
    "accept",
    "add_rule",
    "change_rule",
    "contact",
    "create_rule",
    "dispatch",
    "erase_old",
    "flow",
    "give_back",
    "leave",
    "load_categories",
    "move_rule",
    "rate",
    "reject",
    "reopen",
    "report",
    "result",
    "retarget_rules",
    "set_rule_active",
    "take_due_step",
    "title_of",
    "withdraw",
]  # fmt: skip
