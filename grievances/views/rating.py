"""Answering a result: signed in, or by a signed link without signing in. GET never changes anything."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core import once
from core.access import signed_in, signed_link
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused
from core.workflow import Actor, StepRefused
from grievances import actions, links, queries
from grievances.forms.rating import RatingForm


@signed_in
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """The three questions, for the reporter or proxy."""
    person = request.user.person
    case = queries.get_reported(person, pk)
    return _answer(request, case, Actor.of(person), f"person:{person.pk}")


@signed_link
def rate_link(request: HttpRequest, token: str) -> HttpResponse:
    """The three questions, for whoever holds the link that was sent with the result."""
    try:
        pk, guest = links.open_link(token)
        case = queries.get_by_link(pk, guest)
    except Refused as refusal:
        return render_page(request, "grievances/link_over.html", {"refusal": refusal.sentence()}, status=refusal.status)
    return _answer(request, case, guest, f"link:{case.pk}:{guest.link}"[:80])


def _answer(request: HttpRequest, case: Any, actor: Actor, owner: str) -> HttpResponse:
    form = RatingForm(request.POST or None)
    context = {
        "case": case, "form": form, "guest": bool(actor.link), "result": queries.newest_result(case),
        "once": request.POST.get("once") or once.fresh_key(), "refusal": "",
        "open": {step.name for step in actions.flow.possible(case, actor, timezone.now())},
    }  # fmt: skip
    if request.method != "POST":
        return render_page(request, "grievances/rate.html", context)
    if not form.is_valid():
        return render_page(request, "grievances/rate.html", context, status=422)
    try:
        _take(request, case.pk, actor, form.cleaned_data, owner)
    except AlreadyDone:
        return render_page(
            request, "grievances/thanks.html", context | {"solved": form.cleaned_data["solved"] == "yes"}
        )
    except StepRefused as refusal:
        return render_page(
            request, "grievances/rate.html", context | {"refusal": refusal.sentence(), "open": set()}, status=409
        )
    except Refused as refusal:
        return render_page(
            request, "grievances/rate.html", context | {"refusal": refusal.sentence()}, status=refusal.status
        )
    return render_page(request, "grievances/thanks.html", context | {"solved": form.cleaned_data["solved"] == "yes"})


def _take(request: HttpRequest, case_id: int, actor: Actor, said: dict[str, Any], owner: str) -> None:
    key, now = once.from_request(request, owner), timezone.now()
    contacted = said["contacted"] == "yes"
    if said["solved"] == "yes":
        actions.rate(
            case_id=case_id,
            actor=actor,
            contacted=contacted,
            stars=int(said["stars"]),
            words=said["words"],
            at=now,
            once=key,
        )
    else:
        actions.reopen(case_id=case_id, actor=actor, reason=said["words"], contacted=contacted, at=now, once=key)
