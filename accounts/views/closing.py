"""Closing my account."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, queries
from accounts.actions.closing import StillNeeded
from accounts.actions.numbers import NotProven
from accounts.forms import CloseForm
from accounts.views.entry import proven_at, to_confirm
from core.access import anyone, signed_in
from core.htmx import render_page
from core.leaving import reasons_to_stay


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_close(request: HttpRequest) -> HttpResponse:
    """Say plainly what closing does and what stands against it; close after a fresh code or password."""
    user, now, status = queries.user_of(request), timezone.now(), 200
    form, reasons = CloseForm(request.POST or None), reasons_to_stay(user.person, now)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.close_account(user=user, proven_at=proven_at(request), at=now)
                logout(request)
                return redirect("account_closed")
            except NotProven:
                return to_confirm(request)
            except StillNeeded as refusal:
                reasons, status = refusal.reasons, refusal.status
    return render_page(request, "accounts/me_close.html", {"form": form, "reasons": reasons}, status=status)


@anyone
@require_safe
def account_closed(request: HttpRequest) -> HttpResponse:
    """The account is closed; what stays, and how to come back."""
    return render_page(request, "accounts/account_closed.html")
