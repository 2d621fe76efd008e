"""Answering a result: signed in, or by a signed link without signing in. GET never changes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import once
from core.access import signed_in, signed_link
from core.htmx import render_page
from core.media.actions import receive
from core.media.owner import owner_of
from core.media.queries import for_owner
from core.once import AlreadyDone
from core.refusals import Refused
from core.workflow import Actor, StepRefused
from grievances import actions, links, queries
from grievances.forms.rating import RatingForm

MOST_PHOTOS = 3


@dataclass
class Answer:
    """One answer in the making: about which case, from whom, and what the case still takes."""

    case: Any
    actor: Actor
    owner: str
    result: Any
    rating: Any
    open: frozenset[str]

    @property
    def given(self) -> bool:
        """Whether the newest result was answered already."""
        return bool(self.rating and self.result and self.rating.seq > self.result.row.seq)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """The three questions, for the reporter or proxy."""
    person = request.user.person
    return _ask(request, lambda: _answer(queries.get_reported(person, pk), Actor.of(person), f"person:{person.pk}"))


@signed_link
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate_link(request: HttpRequest, token: str) -> HttpResponse:
    """The three questions, for whoever holds the link that was sent with the result."""
    try:
        pk, guest = links.open_link(token)
        return _ask(request, lambda: _answer(queries.get_by_link(pk, guest), guest, f"link:{pk}:{guest.link}"))
    except Refused as refusal:
        context = {"refusal": refusal.sentence()}
        return render_page(request, "grievances/link_over.html", context, status=refusal.status)


def _answer(case: Any, actor: Actor, owner: str) -> Answer:
    possible = {step.name for step in actions.flow.possible(case, actor, timezone.now())} & {"rate", "reopen"}
    return Answer(case, actor, owner[:80], queries.newest_result(case), queries.rating_of(case), frozenset(possible))


def _ask(request: HttpRequest, load: Callable[[], Answer]) -> HttpResponse:
    answer = load()
    may = {"may_rate": "rate" in answer.open, "may_reopen": "reopen" in answer.open}
    if request.method != "POST":
        return _page(request, answer, RatingForm(initial={"solved": request.GET.get("solved")}, **may))
    form, (photo_ids, refusal) = RatingForm(request.POST, **may), _photos_of(request, answer)
    try:
        once.check(once.from_request(request, answer.owner))
        if not answer.open or (answer.given and request.POST.get("solved") != "no"):
            return _again(request, answer)
        if refusal or not form.is_valid():
            return _page(request, answer, form, photo_ids, refusal=refusal, status=422)
        _take(request, answer, form.cleaned_data, photo_ids)
    except AlreadyDone:
        return redirect(request.path)
    except StepRefused:
        return _again(request, load())
    except Refused as why:
        return _page(request, answer, form, photo_ids, refusal=why.sentence(), status=why.status)
    return redirect(request.path)


def _again(request: HttpRequest, answer: Answer) -> HttpResponse:
    """A second answer: the first one stands, and the page says which."""
    return redirect(request.path) if answer.given else _page(request, answer, RatingForm(), status=409)


def _take(request: HttpRequest, answer: Answer, said: dict[str, Any], photo_ids: list[str]) -> None:
    call: dict[str, Any] = {
        "case_id": answer.case.pk, "actor": answer.actor, "contacted": said["contacted"] == "yes", "at": timezone.now(),
        "once": once.from_request(request, answer.owner), "address": request.path,
    }  # fmt: skip
    if said["solved"] == "yes":
        actions.rate(stars=int(said["stars"]), words=said["words"], **call)
    else:
        actions.reopen(reason=said["words"], photo_ids=photo_ids, owner=owner_of(request) if photo_ids else "", **call)


def _photos_of(request: HttpRequest, answer: Answer) -> tuple[list[str], str]:
    """Photos of what is not solved: only from somebody signed in; and a refusal."""
    if answer.actor.link:
        return [], ""
    ids = list(dict.fromkeys(request.POST.getlist("photos")))
    refusal = ""
    for upload in request.FILES.getlist("photos_files")[: MOST_PHOTOS + 1]:
        try:
            ids.append(str(receive(owner=owner_of(request), upload=upload, at=timezone.now()).pk))
        except Refused as why:
            refusal = why.sentence()
    if len(ids) > MOST_PHOTOS:
        refusal = _("最多 %(most)s 张，多出来的没有加上，前面的都在。") % {"most": MOST_PHOTOS}
    return ids[:MOST_PHOTOS], refusal


def _page(
    request: HttpRequest, answer: Answer, form: RatingForm, photo_ids: list[str] | None = None, *, refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    guest = bool(answer.actor.link)
    asked_again = request.method == "POST" or request.GET.get("solved") == "no"
    if not answer.open or (answer.given and not asked_again):
        context = {"case": answer.case, "rating": answer.rating if answer.given else None, "guest": guest,
                   "may_reopen": "reopen" in answer.open}  # fmt: skip
        return render_page(request, "grievances/thanks.html", context, status=status)
    mine = {str(photo.pk): photo for photo in for_owner(owner_of(request))} if photo_ids else {}
    context = {
        "case": answer.case, "form": form, "guest": guest, "result": answer.result, "open": answer.open,
        "photos": [mine[pk] for pk in photo_ids or () if pk in mine], "most": MOST_PHOTOS, "refusal": refusal,
        "once": request.POST.get("once") or once.fresh_key(),
        "next_doors": queries.next_doors(answer.case) if "reopen" not in answer.open else None,
    }  # fmt: skip
    return render_page(request, "grievances/rate.html", context, status=status)
