"""Reporting: photos first, words, a place; a visitor fills everything and signs in when sending."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import people_acted_for
from communities.access import community_chosen, module_on
from communities.queries import chosen_community, places_to_report
from core import once
from core.access import anyone
from core.htmx import render_page
from core.media.actions import DRAFT_LIFE, remove
from core.media.owner import claim_visit, owner_of
from core.media.refusals import CannotAttach, NotYourPhotos
from core.once import AlreadyDone
from core.refusals import Refused
from grievances import actions, queries, telling
from grievances.forms.report import LONGEST, ReportForm
from grievances.views.photos import drafts_of, photos_sent

KEPT = "report_form"
KEPT_LENGTH = 20_000
MOST_PHOTOS = actions.MOST_PHOTOS


def _closed(request: HttpRequest) -> HttpResponse:
    """The form was open while reporting was switched off here: what was typed is kept and shown."""
    photo_ids, _refusal = photos_sent(request)
    _keep(request, photo_ids)
    if "elsewhere" in request.POST:
        return _put_aside(request, photo_ids)
    community = chosen_community(request)
    context = {
        "community": community, "text": request.POST.get("text", "")[:KEPT_LENGTH], "photos": len(photo_ids),
        "call": queries.call_at(community) if community is not None else None,
    }  # fmt: skip
    return render_page(request, "grievances/report_closed.html", context, status=409)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@community_chosen
@module_on("grievances", closed=_closed)
def report(request: HttpRequest) -> HttpResponse:
    """The form, and taking it in; what a visitor filled waits in the session until they have signed in."""
    if request.method != "POST":
        return _form_again(request)
    form, (photo_ids, refusal) = _form(request, request.POST), photos_sent(request)
    if "elsewhere" in request.POST or "drop_photo" in request.POST:
        return _put_aside(request, photo_ids)
    if "door" in request.POST:
        return _to_door(request, photo_ids, request.POST["door"])
    if not form.is_valid() or refusal:
        return _page(request, form, photo_ids, refusal=refusal, status=422)
    door = queries.door_of(queries.category_by_code(form.cleaned_data["category"]))
    if door is not None:
        return _to_door(request, photo_ids, door.code)
    if not request.user.is_authenticated:
        _keep(request, photo_ids)
        return redirect_to_login(f"{reverse('report')}?resume=1", reverse("sign_in"))
    try:
        case = _send(request, form, photo_ids)
    except AlreadyDone as already:
        request.session.pop(KEPT, None)
        return redirect(already.address or "my_cases")
    except Refused as why:
        return _page(request, form, photo_ids, refusal=why.sentence(), status=why.status)
    request.session.pop(KEPT, None)
    receipt = _("收到了，编号 %(number)s。%(next)s")
    messages.success(request, receipt % {"number": case.number, "next": telling.next_words(case, timezone.now())})
    return redirect(f"{queries.address_of(case)}?sent=1")


@anyone
@never_cache
@require_safe
def report_door(request: HttpRequest, code: str) -> HttpResponse:
    """Where such a matter belongs, with the number to call; what was typed is kept for the form."""
    kept = _kept(request)
    context = {"door": queries.door_by_code(code), "text": kept.get("text", ""), "photos": len(kept.get("photos", []))}
    return render_page(request, "grievances/report_door.html", context)


def _to_door(request: HttpRequest, photo_ids: list[str], code: str) -> HttpResponse:
    """Keep what is typed, and lead to the door where such a matter belongs."""
    _keep(request, photo_ids)
    return redirect("report_door", queries.door_by_code(code).code)


def _put_aside(request: HttpRequest, photo_ids: list[str]) -> HttpResponse:
    """Keep what is typed and take away a photo, or lead to another community and back."""
    _keep(request, photo_ids)
    if "elsewhere" in request.POST:
        return redirect(f"{reverse('choose_community')}?{urlencode({'next': reverse('report')})}")
    with suppress(CannotAttach):
        remove(photo_id=request.POST["drop_photo"], owner=owner_of(request))
    return redirect("report")


def _send(request: HttpRequest, form: ReportForm, photo_ids: list[str]) -> Any:
    said, owner = form.cleaned_data, owner_of(request)
    return actions.report(
        by=request.user.person, reporter=form.chosen_reporter(), area=form.chosen_area(), text=said["text"],
        at=timezone.now(), kind=said["kind"], visibility=said["visibility"], address=said["address"],
        category=queries.category_by_code(said["category"]), photo_ids=photo_ids, owner=owner,
        once=once.from_request(request, owner),
    )  # fmt: skip


def _form(request: HttpRequest, data: Any) -> ReportForm:
    community = chosen_community(request)
    places = places_to_report(community) if community is not None else []
    person = request.user.person if request.user.is_authenticated else None
    return ReportForm(
        data or None, places=places, categories=queries.main_categories(),
        others=people_acted_for(person, timezone.now()) if person is not None else [],
        initial={"area": places[0].pk if places else None},
    )  # fmt: skip


def _form_again(request: HttpRequest) -> HttpResponse:
    """The empty form, or what was kept, without complaints about what is not filled yet."""
    if request.user.is_authenticated:
        claim_visit(request)
    kept = _kept(request)
    form = _form(request, None)
    for name in form.fields:
        if name in kept:
            form.initial[name] = kept[name]
    scanned = request.GET.get("area", "")
    if scanned in {str(pk) for pk in form.places}:
        form.initial["area"] = int(scanned)
    if form.initial.get("area") not in {str(pk) for pk in form.places} | set(form.places):
        form.initial["area"] = next(iter(form.places), None)
    photo_ids = kept.get("photos", [])
    lost = [pk for pk in photo_ids if pk not in drafts_of(request, photo_ids)]
    refusal = NotYourPhotos(lost).sentence() if lost else ""
    return _page(request, form, photo_ids, refusal=refusal, once_key=kept.get("once", ""))


def _keep(request: HttpRequest, photo_ids: list[str]) -> None:
    """Put what was typed aside, in the session, for as long as its photos are kept."""
    typed = {name: request.POST.get(name, "")[:KEPT_LENGTH] for name in (*ReportForm.base_fields, "once")}
    request.session[KEPT] = typed | {"photos": photo_ids, "until": (timezone.now() + DRAFT_LIFE).timestamp()}


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(KEPT) or {}
    return kept if kept.get("until", 0) > timezone.now().timestamp() else {}


def _page(
    request: HttpRequest, form: ReportForm, photo_ids: list[str], *, refusal: str = "", once_key: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    doors = queries.open_doors()
    drafts = drafts_of(request, photo_ids)
    context = {
        "form": form, "photos": [drafts[pk] for pk in photo_ids if pk in drafts], "refusal": refusal,
        "dangers": [door for door in doors if door.is_danger], "doors": [door for door in doors if not door.is_danger],
        "most": MOST_PHOTOS, "longest": LONGEST, "once": request.POST.get("once") or once_key or once.fresh_key(),
        "scanned": next((area for pk, area in form.places.items() if str(pk) == request.GET.get("area")), None),
        "resumed": "resume" in request.GET and bool(_kept(request)) and request.user.is_authenticated,
    }  # fmt: skip
    return render_page(request, "grievances/report.html", context, status=status)
