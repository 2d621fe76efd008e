"""The public wall (公开栏): what staff released, for everybody; following it; and releasing."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import community_chosen, holds, module_on
from communities.modules import is_on
from communities.queries import chosen_community
from core import once
from core.access import anyone, signed_in
from core.htmx import render_page
from core.media.owner import owner_of
from core.media.serving import photo_response
from core.once import AlreadyDone
from core.pager import Pager
from core.refusals import Refused
from core.workflow import Stale, StepRefused
from grievances import actions, queries, rules, telling
from grievances.forms.wall import STANDS, ReleaseForm, WallFilterForm
from grievances.models import Case, WallItem
from grievances.views.desk import DESK_ROLES
from grievances.workflow import ON_WALL

ROWS = 20


@anyone
@never_cache
@require_safe
@community_chosen
@module_on("wall")
def wall(request: HttpRequest) -> HttpResponse:
    """The wall of the chosen community, newest first; or what I follow, wherever it is."""
    form = WallFilterForm(request.GET, mains=queries.main_categories())
    person, wanted = _person(request), form.wanted()
    is_mine = "followed" in request.GET and person is not None
    community = chosen_community(request)
    items = queries.wall_followed(person) if is_mine else queries.wall_of(community, **wanted)  # type: ignore[arg-type]
    pager = Pager(items, order=("-shown_at", "-id"), after=request.GET.get("after"), size=ROWS)
    context = {
        "pager": pager, "cards": _cards(request, pager.items), "filters": form, "stands": STANDS, "is_mine": is_mine,
        "wanted": wanted,
    }  # fmt: skip
    return render_page(request, "grievances/wall.html", context, part="cards")


@anyone
@never_cache
@require_safe
def wall_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One case on the wall, for everybody; the case's own page stays closed to strangers."""
    item = _item(pk)
    person = _person(request)
    theirs = person is not None and person.pk in (item.case.reporter_id, item.case.proxy_id)
    context = {"card": _cards(request, [item])[0], "theirs": theirs, "once": once.fresh_key()}
    return render_page(request, "grievances/wall_item.html", context)


@anyone
@require_safe
def wall_photo(request: HttpRequest, pk: int, photo_id: uuid.UUID, version: str) -> HttpResponseBase:
    """A photo that was released, while its case is on the wall: the stripped copy, never the original."""
    _item(pk)
    shot = queries.wall_photo(pk, str(photo_id))
    return photo_response(shot.photo, "thumb" if version == "thumb" else "shown", request)


@signed_in
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear how it goes on, or no more."""
    if request.POST.get("follow") == "0":
        actions.unfollow(case_id=pk, by=request.user.person)
        messages.success(request, _("不再关注，这件事的消息不会再发给您。"))
        return redirect("wall_item" if _is_shown(pk) else "wall", *([pk] if _is_shown(pk) else []))
    _item(pk)
    actions.follow(case_id=pk, by=request.user.person, at=timezone.now())
    messages.success(request, _("关注了，有结果会发到您的消息里。别人看不到您关注了什么。"))
    return redirect("wall_item", pk)


@holds(*DESK_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a case for the wall, change what stands there, or take it down: original and public words side by side."""
    found = queries.get_for(request.user.person, pk)
    if not rules.may_publish(request.user.person, found):
        raise PermissionDenied
    if request.method != "POST":
        return _release_page(request, found, None)
    form = _release_form(found, request.POST)
    down = request.POST.get("step") == "unrelease"
    if not down and not form.is_valid():
        return _release_page(request, found, form, status=422)
    call: dict[str, Any] = {
        "case_id": pk, "by": request.user.person, "at": timezone.now(),
        "once": once.from_request(request, owner_of(request)), "address": reverse("release", args=[pk]),
    }  # fmt: skip
    try:
        if down:
            actions.unrelease(**call)
        else:
            actions.release(**call, **form.cleaned_data, expect=_seen(request))
    except AlreadyDone:
        return redirect("release", pk)
    except Refused as why:
        found = queries.get_for(request.user.person, pk)
        return _release_page(request, found, form, refusal=_sentence(why, found), status=why.status)
    messages.success(request, _("不在公开栏显示了。") if down else _("放上公开栏了，附近的人都能看到。"))
    return redirect("release", pk)


@holds(*DESK_ROLES)
@require_safe
def wall_waiting(request: HttpRequest) -> HttpResponse:
    """What waits for release at my places: agreed to by its sender, or with a result newer than what is shown."""
    pager = Pager(
        queries.waiting_for_wall(request.user.person),
        order=("reported_at", "id"),
        after=request.GET.get("after"),
        size=30,
    )
    return render_page(request, "grievances/wall_waiting.html", {"pager": pager}, part="rows")


def _release_page(
    request: HttpRequest, found: Case, form: ReleaseForm | None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    steps = {view.row.step: view for view in queries.steps_of(found)}
    form = form or _release_form(found)
    context = {
        "case": found, "form": form, "refusal": refusal, "original": steps.get("report"), "result": steps.get("result"),
        "shots": [(shot, shot.pk in form.ticked) for shot in queries.photos_of(found)], "once": once.fresh_key(),
        "agreed": found.visibility == "public" and found.state not in ("rejected", "withdrawn"),
        "shown": found.wall in ON_WALL, "waits": found.wall in ("waits", "news"), "has_news": found.wall == "news",
    }  # fmt: skip
    return render_page(request, "grievances/release.html", context, status=status)


def _release_form(found: Case, data: Any = None) -> ReleaseForm:
    shots, names = queries.photos_of(found), queries.names_concerned(found)
    if data is not None:
        return ReleaseForm(data, shots=shots, names=names)
    draft = queries.draft_for_wall(found)
    initial = {
        "public_title": draft.title, "public_text": draft.text, "public_result": draft.result_text,
        "photos": draft.photos,
    }  # fmt: skip
    return ReleaseForm(shots=shots, names=names, initial=initial)


def _seen(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else None


def _sentence(why: Refused, found: Case) -> str:
    if isinstance(why, StepRefused) and found.visibility != "public":
        return _("反映人没有同意公开这件事，不能放上公开栏。写的都还在下面。")
    if isinstance(why, Stale):
        return _("您写的时候这件事又有了新经过。左边是最新的原话和结果，看过以后再按一次，写的都还在。")
    return why.sentence()


def _cards(request: HttpRequest, items: list[WallItem]) -> list[dict[str, Any]]:
    """The items with what a reader sees beside their words: state, photos, whom to call, whether I follow."""
    ids, person = [item.case_id for item in items], _person(request)
    shots, calls = queries.wall_photos(ids), queries.calls_for(item.case for item in items)
    followed = queries.follows(person, ids) if person is not None else set()
    return [
        {
            "item": item, "words": telling.wall_words(item.case), "shots": shots.get(item.case_id, []),
            "call": calls.get(item.case_id), "followed": item.case_id in followed,
        }
        for item in items
    ]  # fmt: skip


def _item(pk: int) -> WallItem:
    """The item, where the wall is on in its community; raises Http404."""
    item = queries.wall_item(pk)
    if not is_on("wall", item.community or item.area):
        raise Http404
    return item


def _is_shown(pk: int) -> bool:
    try:
        _item(pk)
    except Http404:
        return False
    return True


def _person(request: HttpRequest) -> Any:
    return request.user.person if request.user.is_authenticated else None
