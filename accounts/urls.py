"""Addresses of sign-in and of a person's own sign-in settings."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.sign_in_code, name="sign_in_code"),
    path("sign-in/password/", views.sign_in_password, name="sign_in_password"),
    path("sign-in/reset/", views.password_reset, name="password_reset"),
    path("sign-in/reset/code/", views.password_reset_code, name="password_reset_code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("privacy/", views.privacy_notice, name="privacy_notice"),
    path("privacy/agree/", views.consent, name="consent"),
    path("me/name/", views.me_name, name="me_name"),
    path("me/confirm/", views.me_confirm, name="me_confirm"),
    path("me/confirm/send/", views.me_confirm_send, name="me_confirm_send"),
    path("me/confirm/password/", views.me_confirm_password, name="me_confirm_password"),
    path("me/phone/", views.me_phone, name="me_phone"),
    path("me/phone/code/", views.me_phone_code, name="me_phone_code"),
    path("me/data/", views.me_data, name="me_data"),
    path("me/data/<uuid:pk>/download/", views.me_data_download, name="me_data_download"),
    path("me/helpers/", views.me_helpers, name="me_helpers"),
    path("me/helpers/<int:pk>/answer/", views.helper_answer, name="helper_answer"),
    path("me/helpers/<int:pk>/end/", views.helper_end, name="helper_end"),
    path("me/close/", views.me_close, name="me_close"),
    path("account-closed/", views.account_closed, name="account_closed"),
    path("me/security/", views.me_security, name="me_security"),
    path("me/security/sign-out-others/", views.sign_out_others, name="sign_out_others"),
    path("me/security/sessions/<int:pk>/end/", views.end_one_session, name="end_session"),
    path("me/security/password/", views.password_change, name="password_change"),
    path("me/views/save/", views.view_save, name="view_save"),
    path("me/views/<int:pk>/", views.view_change, name="view_change"),
    path("me/views/<int:pk>/delete/", views.view_delete, name="view_delete"),
    path("preferences/", views.set_preferences, name="set_preferences"),
    path("people/open-value/", views.open_value, name="open_value"),
    path("demo/people/", views.demo_people, name="demo_people"),
    path("demo/people/<int:pk>/sign-in/", views.demo_sign_in, name="demo_sign_in"),
]
