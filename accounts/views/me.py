"""A person's own sign-in: sessions, password, consents, and who looked at their data."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, queries
from accounts.addresses import client_address, safe_next
from accounts.forms import ChangeForm, NameForm
from accounts.views.entry import refuse, stay_in
from core.access import signed_in
from core.htmx import render_page
from core.refusals import Refused

SHOWN = 50


@signed_in
@never_cache
@require_safe
def me_security(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, my password, what I agreed to, and who looked at my data."""
    user = queries.user_of(request)
    person = user.person
    context = {
        "person": person,
        "devices": queries.devices_shown(user, timezone.now(), session_key=request.session.session_key),
        "consents": queries.consents_of(person),
        "openings": queries.openings_of(person)[:SHOWN],
        "events": queries.events_of(person)[:SHOWN],
    }
    return render_page(request, "accounts/me_security.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_name(request: HttpRequest) -> HttpResponse:
    """Change how I am called."""
    person, next_address = queries.user_of(request).person, safe_next(request, reverse("me_security"))
    form, status = NameForm(request.POST or None, initial={"name": person.name}), 200
    if request.method == "POST":
        if form.is_valid():
            actions.set_name(person=person, name=form.cleaned_data["name"])
            return HttpResponseRedirect(next_address)
        status = 422
    return render_page(request, "accounts/me_name.html", {"form": form, "next": next_address}, status=status)


@signed_in
@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    stay_in(request, actions.sign_out_everywhere(user=queries.user_of(request)))
    messages.success(request, _("其他设备都已退出，这台设备还在登录。"))
    return redirect("me_security")


@signed_in
@require_POST
def end_one_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my sessions."""
    if actions.end_session(user=queries.user_of(request), device_id=pk, at=timezone.now()):
        messages.success(request, _("那台设备已退出登录。"))
    return redirect("me_security")


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change my password; without one yet, the way by SMS code sets the first."""
    user = queries.user_of(request)
    if not user.has_usable_password():
        return redirect("password_reset")
    form, status = ChangeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.check_password(
                    request, login=user.login, password=form.cleaned_data["old"],
                    ip=client_address(request), at=timezone.now(),
                )  # fmt: skip
                stay_in(
                    request,
                    actions.change_password(user=user, password=form.cleaned_data["password"]),
                )
                messages.success(request, _("密码已换好，其他设备都已退出。"))
                return redirect("me_security")
            except ValidationError as error:
                form.add_error("password", error)
            except Refused as refusal:
                status = refuse(form, refusal, "old")
    return render_page(request, "accounts/password_change.html", {"form": form}, status=status)
