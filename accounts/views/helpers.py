"""Who may act for me, and for whom I may act (代办)."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries
from accounts.forms import AnswerForm, HelperForm
from accounts.views.entry import refuse
from core import once
from core.access import signed_in
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused

USUAL_DAYS = 180


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_helpers(request: HttpRequest) -> HttpResponse:
    """Both lists, and the form to ask somebody."""
    form, status = HelperForm(request.POST or None, initial=_usual()), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _ask(request, form)
                messages.success(request, _("已经请了。对方用这个号码登录，答应以后才算数。"))
                return redirect("me_helpers")
            except AlreadyDone:
                return redirect("me_helpers")
            except Refused as refusal:
                status = refuse(form, refusal)
    return _page(request, form, status)


@signed_in
@require_POST
def helper_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes or no to acting for somebody."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        yes = form.cleaned_data["yes"]
        try:
            actions.answer_help(acting_id=pk, person=queries.user_of(request).person, yes=yes, at=timezone.now())
            messages.success(request, _("已答应，可以替对方反映问题了。") if yes else _("已谢绝，对方会收到消息。"))
        except Refused as refusal:
            return _refused(request, refusal)
    return redirect("me_helpers")


@signed_in
@require_POST
def helper_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a consent back, or stop acting for somebody."""
    try:
        actions.end_help(acting_id=pk, by=queries.user_of(request).person, at=timezone.now())
        messages.success(request, _("已收回，从现在起不再算数。"))
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect("me_helpers")


def _ask(request: HttpRequest, form: HelperForm) -> None:
    person, given = queries.user_of(request).person, form.cleaned_data
    end = timezone.make_aware(datetime.combine(given["until"], time(23, 59, 59)))
    actions.ask_helper(
        for_person=person, phone=given["phone"], what_for=given["what_for"], valid_until=end, at=timezone.now(),
        once=once.from_request(request, f"person:{person.pk}"),
    )  # fmt: skip


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return _page(request, HelperForm(initial=_usual()), refusal.status, refusal.sentence())


def _usual() -> dict[str, object]:
    return {"until": timezone.localdate() + timedelta(days=USUAL_DAYS)}


def _page(request: HttpRequest, form: HelperForm, status: int, refusal: str = "") -> HttpResponse:
    person, now = queries.user_of(request).person, timezone.now()
    context = {
        "form": form, "once": once.fresh_key(), "helpers": queries.helpers_of(person, now),
        "helped": queries.helped_by(person, now), "refusal": refusal,
    }  # fmt: skip
    return render_page(request, "accounts/me_helpers.html", context, status=status)
