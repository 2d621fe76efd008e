"""Every write of the grievance loop: one function per verb, one transaction each."""

from grievances.actions.adding import add
from grievances.actions.answering import rate, reopen
from grievances.actions.base import LABEL, MOST_PHOTOS, flow
from grievances.actions.bulk import Bulk, dispatch_all, dispatch_as_proposed, recategorise_all, reject_all
from grievances.actions.catalogue import (
    add_category,
    add_rule,
    change_category,
    load_categories,
    move_category,
    said_of,
    set_category_active,
)
from grievances.actions.checking import check_fail, check_pass
from grievances.actions.clock import take_due_step
from grievances.actions.desk import look_at, next_case
from grievances.actions.dispatching import answer_directly, dispatch, reject, rule_return, transfer, triage
from grievances.actions.doors import change_door, load_doors, said_of_door
from grievances.actions.erasing import KEPT_AFTER_CLOSING, erase_old
from grievances.actions.extending import ask_extension, decide_extension
from grievances.actions.handling import accept, contact, give_back, result
from grievances.actions.handover import Handed, hand_over_all, hand_over_case
from grievances.actions.intake import patrol_done, report_for
from grievances.actions.leaving import open_work
from grievances.actions.merging import merge, unmerge
from grievances.actions.pausing import (
    ask_reporter,
    ask_suspension,
    end_waiting,
    refuse_suspension,
    reporter_answers,
    resume,
    suspend,
)
from grievances.actions.reckoning import reckon_batch, reckon_case
from grievances.actions.reporting import TITLE_LENGTH, leave, report, title_of, withdraw
from grievances.actions.rules import (
    change_rule,
    check_rules,
    create_rule,
    ensure_catch_all,
    move_rule,
    retarget_rules,
    set_rule_active,
)
from grievances.actions.settling import drop_settlement, propose_settlement, settle
from grievances.actions.shift import decline_shift, offer_shift, take_shift, withdraw_shift
from grievances.actions.texts import add_text, change_text, said_of_text, set_text_active
from grievances.actions.trials import draft_rule, go_on_with_trials, job_of, rule_said, try_rule
from grievances.actions.urging import answer_urge, comment, urge
from grievances.actions.wall import change_wish, follow, leave_wall, release, unfollow, unrelease

__all__ = [
    "KEPT_AFTER_CLOSING",
    "LABEL",
    "MOST_PHOTOS",
    "TITLE_LENGTH",
    "Bulk",
    "Handed",
    "accept",
    "add",
    "add_category",
    "add_rule",
    "add_text",
    "answer_directly",
    "answer_urge",
    "ask_extension",
    "ask_reporter",
    "ask_suspension",
    "change_category",
    "change_door",
    "change_rule",
    "change_text",
    "change_wish",
    "check_fail",
    "check_pass",
    "check_rules",
    "comment",
    "contact",
    "create_rule",
    "decide_extension",
    "decline_shift",
    "dispatch",
    "dispatch_all",
    "dispatch_as_proposed",
    "draft_rule",
    "drop_settlement",
    "end_waiting",
    "ensure_catch_all",
    "erase_old",
    "flow",
    "follow",
    "give_back",
    "go_on_with_trials",
    "hand_over_all",
    "hand_over_case",
    "job_of",
    "leave",
    "leave_wall",
    "load_categories",
    "load_doors",
    "look_at",
    "merge",
    "move_category",
    "move_rule",
    "next_case",
    "offer_shift",
    "open_work",
    "patrol_done",
    "propose_settlement",
    "rate",
    "recategorise_all",
    "reckon_batch",
    "reckon_case",
    "refuse_suspension",
    "reject",
    "reject_all",
    "release",
    "reopen",
    "report",
    "report_for",
    "reporter_answers",
    "result",
    "resume",
    "retarget_rules",
    "rule_return",
    "rule_said",
    "said_of",
    "said_of_door",
    "said_of_text",
    "set_category_active",
    "set_rule_active",
    "set_text_active",
    "settle",
    "suspend",
    "take_due_step",
    "take_shift",
    "title_of",
    "transfer",
    "triage",
    "try_rule",
    "unfollow",
    "unmerge",
    "unrelease",
    "urge",
    "withdraw",
    "withdraw_shift",
]  # fmt: skip
