"""Every write of this app; other apps import from here."""

from accounts.actions.codes import ask_code, clean_up, use_code
from accounts.actions.consents import consent_to_privacy, end_acting_for, let_act_for
from accounts.actions.demo import make_demo_person
from accounts.actions.invitations import invite_staff, make_first_admin, use_invitation
from accounts.actions.openings import open_value
from accounts.actions.passwords import change_password, check_password, reset_password
from accounts.actions.people import change_phone, make_user, register_person, set_name, set_preferences
from accounts.actions.sessions import end_session, list_session, sign_out_everywhere

__all__ = [
    "ask_code",
    "change_password",
    "change_phone",
    "check_password",
    "clean_up",
    "consent_to_privacy",
    "end_acting_for",
    "end_session",
    "invite_staff",
    "let_act_for",
    "list_session",
    "make_demo_person",
    "make_first_admin",
    "make_user",
    "open_value",
    "register_person",
    "reset_password",
    "set_name",
    "set_preferences",
    "sign_out_everywhere",
    "use_code",
    "use_invitation",
]
