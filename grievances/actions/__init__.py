"""Every write of the grievance loop: one function per verb, one transaction each."""

from grievances.actions.answering import rate, reopen
from grievances.actions.base import LABEL, MOST_PHOTOS, flow
from grievances.actions.catalogue import add_rule, load_categories
from grievances.actions.clock import take_due_step
from grievances.actions.dispatching import dispatch, reject
from grievances.actions.erasing import KEPT_AFTER_CLOSING, erase_old
from grievances.actions.handling import accept, contact, give_back, result
from grievances.actions.reporting import TITLE_LENGTH, leave, report, title_of, withdraw

__all__ = [
    "KEPT_AFTER_CLOSING", "LABEL", "MOST_PHOTOS", "TITLE_LENGTH", "accept", "add_rule", "contact",
    "dispatch", "erase_old", "flow", "give_back", "leave", "load_categories", "rate", "reject", "reopen",
    "report", "result", "take_due_step", "title_of", "withdraw",
]  # fmt: skip
