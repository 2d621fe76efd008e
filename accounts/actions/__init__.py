"""Every write of this app; other apps import from here."""

from accounts.actions.closing import close_account
from accounts.actions.codes import ask_code, clean_up, spend_code, use_code
from accounts.actions.consents import consent_to_privacy, end_acting_for, let_act_for
from accounts.actions.demo import make_demo_person
from accounts.actions.erasing import erase_old
from accounts.actions.exporting import ask_export, forget_exports, make_exports, take_export
from accounts.actions.helpers import answer_help, ask_helper, end_help
from accounts.actions.invitations import invite_staff, make_first_admin, use_invitation
from accounts.actions.numbers import change_number_by_staff, change_own_phone, check_new_number
from accounts.actions.openings import open_value
from accounts.actions.passwords import change_password, check_password, reset_password
from accounts.actions.people import change_phone, make_user, register_person, set_name, set_preferences
from accounts.actions.saving import delete_view, rename_view, save_view
from accounts.actions.sessions import (
    end_session,
    end_sign_in,
    forget_sessions,
    is_ended,
    list_session,
    note_use,
    sign_out_everywhere,
)

__all__ = [
    "answer_help",
    "ask_code",
    "ask_export",
    "ask_helper",
    "change_number_by_staff",
    "change_own_phone",
    "change_password",
    "change_phone",
    "check_new_number",
    "check_password",
    "clean_up",
    "close_account",
    "consent_to_privacy",
    "delete_view",
    "end_acting_for",
    "end_help",
    "end_session",
    "end_sign_in",
    "erase_old",
    "forget_exports",
    "forget_sessions",
    "invite_staff",
    "is_ended",
    "let_act_for",
    "list_session",
    "make_demo_person",
    "make_exports",
    "make_first_admin",
    "make_user",
    "note_use",
    "open_value",
    "register_person",
    "rename_view",
    "reset_password",
    "save_view",
    "set_name",
    "set_preferences",
    "sign_out_everywhere",
    "spend_code",
    "take_export",
    "use_code",
    "use_invitation",
]
