"""Changing my own number: the new one, then the code that was sent there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, queries, rules
from accounts.actions.numbers import NotProven
from accounts.addresses import client_address
from accounts.forms import CodeForm, NewPhoneForm
from accounts.models import SignInCode
from accounts.views.entry import PROVEN_KEY, TICKET_KEY, ask, proven_at, refuse, stay_in, ticket_of, to_confirm
from accounts.views.sign_in import code_context
from core.access import signed_in
from core.htmx import render_page
from core.refusals import Refused

CHANGE = SignInCode.Purpose.CHANGE


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_phone(request: HttpRequest) -> HttpResponse:
    """Take the number I want to change to; free ones and others' get the same answer."""
    person = queries.user_of(request).person
    if not rules.is_proven(proven_at(request), timezone.now()):
        return to_confirm(request)
    form, status = NewPhoneForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            phone = form.cleaned_data["phone"]
            try:
                actions.check_new_number(person=person, phone=phone)
                ask(request, phone=phone, purpose=CHANGE, next_address=reverse("me_security"))
                return redirect("me_phone_code")
            except Refused as refusal:
                status = refuse(form, refusal, "phone")
    return render_page(request, "accounts/me_phone.html", {"form": form, "person": person}, status=status)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def me_phone_code(request: HttpRequest) -> HttpResponse:
    """Take the code from the new number, and change."""
    user, ticket = queries.user_of(request), ticket_of(request, CHANGE)
    if ticket is None:
        return redirect("me_phone")
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = actions.change_own_phone(
                    user=user, phone=ticket.phone, code=form.cleaned_data["code"], proven_at=proven_at(request),
                    ip=client_address(request), at=timezone.now(), asked=ticket.code_id,
                )  # fmt: skip
                return _changed(request) if changed else redirect("me_security")
            except NotProven:
                return to_confirm(request)
            except Refused as refusal:
                status = refuse(form, refusal, "code")
    return render_page(request, "accounts/me_phone_code.html", code_context(ticket, form), status=status)


def _changed(request: HttpRequest) -> HttpResponse:
    """Stay signed in here and nowhere else; a further change asks anew who it is."""
    user = queries.user_of_person(queries.user_of(request).person)
    if user is not None:
        stay_in(request, user)
    for key in (TICKET_KEY, PROVEN_KEY):
        request.session.pop(key, None)
    messages.success(request, _("手机号换好了。以后用新号码登录，其他设备都已退出。"))
    return redirect("me_security")
