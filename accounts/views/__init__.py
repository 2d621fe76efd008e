"""Pages of sign-in, passwords, consent, sessions and preferences."""

from accounts.views.closing import account_closed, me_close
from accounts.views.consent import consent, privacy_notice
from accounts.views.copies import me_data, me_data_download
from accounts.views.demo import demo_people, demo_sign_in
from accounts.views.helpers import helper_answer, helper_end, me_helpers
from accounts.views.me import end_one_session, me_name, me_security, password_change, sign_out_others
from accounts.views.number import me_phone, me_phone_code
from accounts.views.openings import open_value
from accounts.views.password import invitation, password_reset, password_reset_code, sign_in_password
from accounts.views.preferences import set_preferences
from accounts.views.proof import me_confirm, me_confirm_password, me_confirm_send
from accounts.views.saving import view_change, view_delete, view_save
from accounts.views.sign_in import sign_in, sign_in_code, sign_out

__all__ = [
    "account_closed",
    "consent",
    "demo_people",
    "demo_sign_in",
    "end_one_session",
    "helper_answer",
    "helper_end",
    "invitation",
    "me_close",
    "me_confirm",
    "me_confirm_password",
    "me_confirm_send",
    "me_data",
    "me_data_download",
    "me_helpers",
    "me_name",
    "me_phone",
    "me_phone_code",
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
    "view_change",
    "view_delete",
    "view_save",
]
