"""Handing over at the end of a shift (交班): the giver's page, the offer, and its answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from communities.access import holds
from communities.roles import Role
from core import once
from core.once import AlreadyDone
from core.refusals import Refused
from grievances import actions, queries
from grievances.forms.shift import DeclineForm, ShiftForm
from grievances.models import Person, ShiftOffer

STAFF = tuple(role for role in Role if role not in (Role.RESIDENT, Role.AUDITOR))


@holds(*STAFF)
def shift(request: HttpRequest) -> HttpResponse:
    """What is in my hands: choose some, a colleague, one line, and hand it over."""
    person, now = request.user.person, timezone.now()
    if request.method == "POST":
        try:
            once.check(_key(request, person))
        except AlreadyDone:
            return redirect("shift")
    held = queries.shift_cases(person, now)
    free = [one for one in held if not one.offered_to]
    takers = queries.shift_takers(person, [one.case for one in free], now)
    form = ShiftForm(request.POST if request.method == "POST" else None, held=free, takers=takers)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _offered(request, form)
            except Refused as why:
                refusal, status = why.sentence(), why.status
    context = {
        "form": form, "held": held, "free": free, "chosen": form.chosen(), "refusal": refusal,
        "takers": any(choices for _title, choices in takers), "waiting": queries.shift_offers_by(person, now),
        "once": once.fresh_key(), "full": len(held) >= queries.SHIFT_MOST,
    }  # fmt: skip
    return render(request, "grievances/shift.html", context, status=status)


@holds(*STAFF)
@require_safe
def shift_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer, for its giver and its receiver."""
    return _page(request, queries.shift_offer_for(request.user.person, pk), DeclineForm())


@holds(*STAFF)
@require_POST
def shift_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take over, say no, or take the offer back."""
    offer = queries.shift_offer_for(request.user.person, pk)
    form = DeclineForm(request.POST if step == "decline" else None)
    if step not in ANSWERS:
        raise Http404
    if step == "decline" and not form.is_valid():
        return _page(request, offer, form, status=422)
    try:
        ANSWERS[step](request, offer, form)
    except AlreadyDone:
        return redirect("shift_offer", pk)
    except Refused as why:
        return _page(request, queries.shift_offer_for(request.user.person, pk), form, why.sentence(), why.status)
    return redirect("shift_offer", pk)


def _offered(request: HttpRequest, form: ShiftForm) -> HttpResponse:
    """Offer what was chosen; what does not go is told beside what does."""
    person, said = request.user.person, form.cleaned_data
    to = queries.shift_taker(int(said["to"]))
    try:
        done = actions.offer_shift(
            by=person, to=to, case_ids=said["cases"], words=said["words"], at=timezone.now(),
            once=_key(request, person), address=reverse("shift"),
        )  # fmt: skip
    except AlreadyDone:
        return redirect("shift")
    words = ngettext("%(n)d 件交给%(to)s了，等对方接班。", "%(n)d 件交给%(to)s了，等对方接班。", done.cases)
    messages.success(request, words % {"n": done.cases, "to": to})
    for sentence in done.left:
        messages.warning(request, sentence)
    return redirect("shift_offer", done.offer.pk)


def _take(request: HttpRequest, offer: ShiftOffer, form: DeclineForm) -> None:
    given = _given(request, offer)
    done = actions.take_shift(**given)
    words = ngettext("接好了，%(n)d 件在您手上了。", "接好了，%(n)d 件在您手上了。", done.cases)
    messages.success(request, words % {"n": done.cases})


def _decline(request: HttpRequest, offer: ShiftOffer, form: DeclineForm) -> None:
    actions.decline_shift(why=form.cleaned_data["why"], **_given(request, offer))
    messages.success(request, _("已回了%(giver)s，这几件还由对方办。") % {"giver": offer.giver})


def _withdraw(request: HttpRequest, offer: ShiftOffer, form: DeclineForm) -> None:
    actions.withdraw_shift(**_given(request, offer))
    messages.success(request, _("收回来了，事还在您手上。"))


ANSWERS: dict[str, Callable[[HttpRequest, ShiftOffer, DeclineForm], None]] = {
    "take": _take, "decline": _decline, "withdraw": _withdraw,
}  # fmt: skip


def _given(request: HttpRequest, offer: ShiftOffer) -> dict[str, Any]:
    person = request.user.person  # type: ignore[union-attr]
    return {
        "offer_id": offer.pk, "by": person, "at": timezone.now(), "once": _key(request, person),
        "address": reverse("shift_offer", args=[offer.pk]),
    }  # fmt: skip


def _key(request: HttpRequest, person: Person) -> once.Key | None:
    return once.from_request(request, f"person:{person.pk}")


def _page(
    request: HttpRequest, offer: ShiftOffer, form: DeclineForm, refusal: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    person, now = request.user.person, timezone.now()  # type: ignore[union-attr]
    context = {
        "offer": offer, "items": queries.shift_items(offer), "mine": offer.giver_id == person.pk, "form": form,
        "waits": offer.is_open and offer.until > now, "refusal": refusal, "once": once.fresh_key(), "now": now,
    }  # fmt: skip
    return render(request, "grievances/shift_offer.html", context, status=status)
