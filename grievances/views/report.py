"""Reporting: photos first, words, a place; a visitor fills everything and signs in when sending."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access import community_chosen, module_on
from communities.queries import chosen_community, places_to_report
from core import once
from core.access import anyone
from core.htmx import render_page
from core.media import queries as photos
from core.media.actions import receive
from core.media.owner import claim_visit, owner_of
from core.once import AlreadyDone
from core.refusals import Refused
from core.saying import due_words
from grievances import actions, queries
from grievances.forms.report import LONGEST, ReportForm

KEPT = "report_form"
MOST_PHOTOS = actions.MOST_PHOTOS


@anyone
@community_chosen
@module_on("grievances")
def report(request: HttpRequest) -> HttpResponse:
    """The form, and taking it in; a visitor's form waits in the session until they have signed in."""
    if request.method != "POST":
        return _page(request, _form(request, request.session.get(KEPT)), _kept_photos(request))
    photo_ids, refusal = _photos_of(request)
    form = _form(request, request.POST)
    if not form.is_valid() or refusal:
        return _page(request, form, photo_ids, refusal=refusal, status=422)
    if not request.user.is_authenticated:
        request.session[KEPT] = {**request.POST.dict(), "photos": photo_ids}
        return to_sign_in_and_back(request)
    try:
        case = _send(request, form, photo_ids)
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        return _page(request, form, photo_ids, refusal=why.sentence(), status=why.status)
    request.session.pop(KEPT, None)
    due = due_words(case.contact_due or case.due_at, now=timezone.now())
    messages.success(request, _("收到了，编号 %(number)s。%(due)s会有人联系您。") % {"number": case.number, "due": due})
    return redirect(f"{queries.address_of(case)}?sent=1")


def to_sign_in_and_back(request: HttpRequest) -> HttpResponse:
    """Lead the visitor to sign in and back to the filled form."""
    messages.info(request, _("还差一步：用手机号登录。您填的内容和照片都在，登录后再按一次发送。"))
    return redirect_to_login(reverse("report"), reverse("sign_in"))


def _send(request: HttpRequest, form: ReportForm, photo_ids: list[str]) -> Any:
    said = form.cleaned_data
    owner = owner_of(request)
    return actions.report(
        by=request.user.person, area=form.chosen_area(), text=said["text"], at=timezone.now(), kind=said["kind"],
        visibility=said["visibility"], category=queries.category_by_code(said["category"]), address=said["address"],
        photo_ids=photo_ids, owner=owner, once=once.from_request(request, owner),
    )  # fmt: skip


def _form(request: HttpRequest, data: Any) -> ReportForm:
    community = chosen_community(request)
    places = places_to_report(community)
    home = places[0].pk if places else None
    return ReportForm(data or None, places=places, categories=list(queries.main_categories()), initial={"area": home})


def _kept_photos(request: HttpRequest) -> list[str]:
    if request.user.is_authenticated:
        claim_visit(request)
    return list(request.session.get(KEPT, {}).get("photos", []))


def _photos_of(request: HttpRequest) -> tuple[list[str], str]:
    """The draft ids that were sent, with files of a browser without scripts taken in; and a refusal."""
    ids = request.POST.getlist("photos")
    refusal = ""
    for upload in request.FILES.getlist("photos_files"):
        if len(ids) >= MOST_PHOTOS:
            refusal = _("最多 %(most)s 张，多出来的没有加上，前面的都在。") % {"most": MOST_PHOTOS}
            break
        try:
            ids.append(str(receive(owner=owner_of(request), upload=upload, at=timezone.now()).pk))
        except Refused as why:
            refusal = why.sentence()
    if len(ids) > MOST_PHOTOS:
        ids, refusal = ids[:MOST_PHOTOS], _("最多 %(most)s 张，多出来的没有加上，前面的都在。") % {"most": MOST_PHOTOS}
    return ids, refusal


def _page(
    request: HttpRequest, form: ReportForm, photo_ids: list[str], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    drafts = photos.for_owner(owner_of(request)) if photo_ids else []
    wanted = [photo for photo in drafts if str(photo.pk) in set(photo_ids)]
    context = {
        "form": form, "photos": wanted, "refusal": refusal, "most": MOST_PHOTOS, "longest": LONGEST,
        "once": request.POST.get("once") or (request.session.get(KEPT) or {}).get("once") or once.fresh_key(),
        "resumed": KEPT in request.session and request.user.is_authenticated,
    }  # fmt: skip
    return render_page(request, "grievances/report.html", context, status=status)
