"""Pages of sign-in, passwords, consent, sessions and preferences."""

from accounts.views.consent import consent, privacy_notice
from accounts.views.demo import demo_people, demo_sign_in
from accounts.views.me import end_one_session, me_name, me_security, password_change, sign_out_others
from accounts.views.openings import open_value
from accounts.views.password import invitation, password_reset, password_reset_code, sign_in_password
from accounts.views.preferences import set_preferences
from accounts.views.sign_in import sign_in, sign_in_code, sign_out

__all__ = [
    "consent",
    "demo_people",
    "demo_sign_in",
    "end_one_session",
    "invitation",
    "me_name",
    "me_security",
    "open_value",
    "password_change",
    "password_reset",
    "password_reset_code",
    "privacy_notice",
    "set_preferences",
    "sign_in",
    "sign_in_code",
    "sign_in_password",
    "sign_out",
    "sign_out_others",
]
