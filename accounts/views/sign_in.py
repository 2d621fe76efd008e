"""Sign-in by phone: one page for the phone, one for the code. Needs no JavaScript."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries, rules
from accounts.addresses import client_address, safe_next
from accounts.forms import CodeForm, PhoneForm
from accounts.models import SignInCode
from accounts.views.entry import Ticket, ask, enter, refuse, ticket_of
from core.access import anyone
from core.htmx import render_page
from core.refusals import Refused

SIGN_IN = SignInCode.Purpose.SIGN_IN


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take a phone number and have a code sent; known and unknown numbers get the same answer."""
    next_address = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_address)
    form, status = PhoneForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask(request, phone=form.cleaned_data["phone"], purpose=SIGN_IN, next_address=next_address)
                return redirect("sign_in_code")
            except Refused as refusal:
                status = refuse(form, refusal)
    context = {"form": form, "next": next_address, "demo": settings.DEMO}
    return render_page(request, "accounts/sign_in.html", context, status=status)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code and let its phone in."""
    ticket = ticket_of(request, SIGN_IN)
    if request.user.is_authenticated:
        return HttpResponseRedirect(ticket.next if ticket else "/")
    if ticket is None:
        return redirect("sign_in")
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = actions.use_code(
                    phone=ticket.phone, purpose=SIGN_IN, code=form.cleaned_data["code"],
                    ip=client_address(request), at=timezone.now(), asked=ticket.code_id,
                )  # fmt: skip
                return enter(request, user, method="code", next_address=ticket.next)
            except Refused as refusal:
                status = refuse(form, refusal, "code")
    return render_page(request, "accounts/sign_in_code.html", code_context(ticket, form), status=status)


def code_context(ticket: Ticket, form: Any) -> dict[str, Any]:
    """What a page with a code field shows: the phone, when another code may be asked for, the demo's link."""
    code = queries.newest_code(ticket.phone, ticket.purpose)
    wait = 0
    if code is not None:
        wait = max(0, int((code.created_at + rules.CODE_PAUSE - timezone.now()).total_seconds()))
    return {
        "form": form, "ticket": ticket.signed(), "phone": ticket.phone, "next": ticket.next, "wait": wait,
        "demo": settings.DEMO,
    }  # fmt: skip


@anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    get_adapter(request).logout(request)
    return HttpResponseRedirect(reverse("sign_in"))
