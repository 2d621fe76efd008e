"""Every write of this app; other apps import from here."""

from .codes import clean_up, code_was_sent, use_code, ask_code
from .consents import consent_to_privacy, end_acting_for, let_act_for
from .invitations import invitation_was_sent, invite_staff, make_first_admin, use_invitation
from .openings import open_value
from .people import change_phone, make_user, register_person, set_preferences
from .passwords import change_password, check_password, reset_password
from .sessions import end_session, sign_out_everywhere

__all__ = [
    "ask_code",
    "change_password",
    "change_phone",
    "check_password",
    "clean_up",
    "code_was_sent",
    "consent_to_privacy",
    "end_acting_for",
    "end_session",
    "invitation_was_sent",
    "invite_staff",
    "let_act_for",
    "make_first_admin",
    "make_user",
    "open_value",
    "register_person",
    "reset_password",
    "set_preferences",
    "sign_out_everywhere",
    "use_code",
    "use_invitation",
]
