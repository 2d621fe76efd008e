"""Passwords of staff: signing in with one, a first one by invitation, a new one by a code."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, queries
from accounts.actions.invitations import LinkOver
from accounts.addresses import client_address, safe_next
from accounts.forms import InvitationForm, PasswordForm, PhoneForm, ResetForm
from accounts.models import SignInCode
from accounts.views.entry import ask, enter, refuse, ticket_of
from accounts.views.sign_in import code_context
from core.access import anyone, signed_link
from core.htmx import render_page
from core.refusals import Refused

RESET = SignInCode.Purpose.RESET


@anyone
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_password(request: HttpRequest) -> HttpResponse:
    """Let a staff name or phone with its password in."""
    next_address = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_address)
    form, status = PasswordForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = actions.check_password(
                    request, login=form.cleaned_data["login"], password=form.cleaned_data["password"],
                    ip=client_address(request), at=timezone.now(),
                )  # fmt: skip
                return enter(request, user, method="password", next_address=next_address)
            except Refused as refusal:
                status = refuse(form, refusal)
    context = {"form": form, "next": next_address}
    return render_page(request, "accounts/sign_in_password.html", context, status=status)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Take the phone to which a reset code goes; the answer is the same whether it has a sign-in or not."""
    form, status = PhoneForm(request.POST or None), 200
    next_address = safe_next(request)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask(request, phone=form.cleaned_data["phone"], purpose=RESET, next_address=next_address)
                return redirect("password_reset_code")
            except Refused as refusal:
                status = refuse(form, refusal)
    context = {"form": form, "next": next_address}
    return render_page(request, "accounts/password_reset.html", context, status=status)


@anyone
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset_code(request: HttpRequest) -> HttpResponse:
    """Take the code and the new password together, and let the person in."""
    ticket = ticket_of(request, RESET)
    if ticket is None:
        return redirect("password_reset")
    form, status = ResetForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = actions.reset_password(
                    phone=ticket.phone, code=form.cleaned_data["code"], ip=client_address(request),
                    password=form.cleaned_data["password"], at=timezone.now(), asked=ticket.code_id,
                )  # fmt: skip
                return enter(request, user, method="password", next_address=ticket.next)
            except ValidationError as error:
                form.add_error("password", error)
            except Refused as refusal:
                status = refuse(form, refusal, "code")
    return render_page(request, "accounts/password_reset_code.html", code_context(ticket, form), status=status)


@signed_link
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the invited person check their name, choose a password and agree to the privacy notice."""
    found = queries.open_invitation(token, timezone.now())
    if found is None:
        return render_page(request, "accounts/invitation_over.html", {"sentence": LinkOver().sentence()}, status=410)
    form, status = InvitationForm(request.POST or None, name=found.person.name), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = actions.use_invitation(token=token, password=form.cleaned_data["password"], at=timezone.now())
                return enter(request, user, method="password", next_address=settings.LOGIN_REDIRECT_URL)
            except ValidationError as error:
                form.add_error("password", error)
            except Refused as refusal:
                status = refuse(form, refusal)
    context = {"form": form, "person": found.person, "user_login": found.person.user.login}
    return render_page(request, "accounts/invitation.html", context, status=status)
