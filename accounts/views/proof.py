"""Showing once more, by a code or the password, that it is them: before a number changes or an account is closed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries
from accounts.addresses import client_address, safe_next
from accounts.forms import CodeForm, ProofForm
from accounts.models import SignInCode
from accounts.views.entry import TICKET_KEY, ask, mark_proven, refuse, ticket_of
from core.access import signed_in
from core.htmx import render_page
from core.refusals import Refused

CONFIRM = SignInCode.Purpose.CONFIRM


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def me_confirm(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to my own number, and go on."""
    person = queries.user_of(request).person
    ticket = ticket_of(request, CONFIRM)
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if ticket is None or ticket.phone != person.phone:
            return redirect(_here(request))
        if form.is_valid():
            try:
                actions.spend_code(
                    phone=person.phone, purpose=CONFIRM, code=form.cleaned_data["code"], ip=client_address(request),
                    at=timezone.now(), asked=ticket.code_id, then=lambda: mark_proven(request),
                )  # fmt: skip
                request.session.pop(TICKET_KEY, None)
                return HttpResponseRedirect(safe_next(request, reverse("me")))
            except Refused as refusal:
                status = refuse(form, refusal, "code")
    return _page(request, form, ProofForm(), status)


@signed_in
@require_POST
def me_confirm_send(request: HttpRequest) -> HttpResponse:
    """Send a code to my own number."""
    person = queries.user_of(request).person
    if not person.phone:
        return redirect(_here(request))
    form = CodeForm()
    try:
        ask(request, phone=person.phone, purpose=CONFIRM, next_address=safe_next(request, reverse("me")))
    except Refused as refusal:
        return _page(request, form, ProofForm(), refusal.status, refusal.sentence())
    return redirect(_here(request))


@signed_in
@never_cache
@sensitive_post_parameters()
@require_POST
def me_confirm_password(request: HttpRequest) -> HttpResponse:
    """Take my password, and go on."""
    user, form, status = queries.user_of(request), ProofForm(request.POST), 422
    if form.is_valid():
        try:
            actions.check_password(
                request, login=user.login, password=form.cleaned_data["password"],
                ip=client_address(request), at=timezone.now(),
            )  # fmt: skip
            mark_proven(request)
            return HttpResponseRedirect(safe_next(request, reverse("me")))
        except Refused as refusal:
            status = refuse(form, refusal, "password")
    return _page(request, CodeForm(), form, status)


def _here(request: HttpRequest) -> str:
    return f"{reverse('me_confirm')}?{urlencode({'next': safe_next(request, reverse('me'))})}"


def _page(
    request: HttpRequest, code_form: CodeForm, password_form: ProofForm, status: int, refusal: str = ""
) -> HttpResponse:
    user = queries.user_of(request)
    ticket = ticket_of(request, CONFIRM)
    sent = ticket is not None and ticket.phone == user.person.phone
    context = {
        "form": code_form, "password_form": password_form, "person": user.person, "sent": sent,
        "ticket": ticket.signed() if ticket is not None and sent else "", "next": safe_next(request, reverse("me")),
        "by_password": user.has_usable_password(), "refusal": refusal, "demo": settings.DEMO,
    }  # fmt: skip
    return render_page(request, "accounts/me_confirm.html", context, status=status)
