"""Calling the resident of a case: the number opens with a reason that is logged, and the call is written down."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actions import open_value
from core import once
from core.access import signed_in
from core.once import AlreadyDone
from core.refusals import Refused
from core.workflow import Actor
from grievances import actions, queries, rules
from grievances.forms.calling import CallForm
from grievances.models import Case


@signed_in
@never_cache
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the reporter's number because of this case, to dial it and to write down what came of it."""
    found = _callable(request, pk)
    return _page(request, found, CallForm())


@signed_in
@never_cache
@require_POST
def call_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a call; what was typed stays where it is refused."""
    found, form, person = _callable(request, pk), CallForm(request.POST), request.user.person
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.contact(
            case_id=pk, by=person, at=timezone.now(), once=once.from_request(request, f"person:{person.pk}"),
            **form.given(),
        )  # fmt: skip
    except AlreadyDone:
        return redirect("case", pk)
    except Refused as why:
        return _page(request, found, form, refusal=why.sentence(), status=why.status)
    messages.success(request, _("这次电话记下了。"))
    return redirect("case", pk)


def _callable(request: HttpRequest, pk: int) -> Case:
    """The case, where the asker may contact its reporter and there is a number; raises Http404."""
    person = request.user.person  # type: ignore[union-attr]
    found = queries.get_for(person, pk)
    steps = {step.name for step in actions.flow.possible(found, Actor.of(person), timezone.now())}
    number = found.reporter is not None and found.reporter.phone
    if found.is_confidential or not number or "contact" not in steps or not rules.may_see_reporter(person, found):
        raise Http404
    return found


def _page(request: HttpRequest, found: Case, form: CallForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {"case": found, "form": form, "refusal": refusal, "at": now, "once": once.fresh_key()}
    try:
        context["phone"] = open_value(
            opener=request.user.person, person=found.reporter, field="phone",  # type: ignore[union-attr, arg-type]
            subject=f"{actions.LABEL}:{found.pk}", reason=_("为这件诉求打电话联系"), at=now,
        )  # fmt: skip
    except Refused as why:
        context |= {"refusal": why.sentence(), "phone": ""}
        status = why.status
    context["log_url"] = reverse("call_log", args=[found.pk])
    return render(request, "grievances/call.html", context, status=status)
