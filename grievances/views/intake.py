"""Staff write down: a report taken in for somebody (代录), and a find put right on the spot (即采即办)."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access import holds
from communities.queries import open_area, places_to_report
from communities.roles import areas_where
from core import once
from core.htmx import render_page
from core.media.owner import owner_of
from core.once import AlreadyDone
from core.refusals import Refused
from core.workflow import Actor
from grievances import actions, queries
from grievances.forms.intake import SOURCES, IntakeForm, PatrolForm
from grievances.forms.report import LONGEST
from grievances.models import Area, Case, Person
from grievances.rules import WORKS_HERE
from grievances.views.photos import drafts_of, photos_sent
from grievances.views.where import where_i_work

STAFF = tuple(str(role) for role in sorted(WORKS_HERE))
AGAIN = frozenset({"from_patrol", "drop_photo"})
COPIED = ("text", "address", "area", "category")


@holds(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """The form for a caller at the counter, on the phone, in a group …; the number is large, to be read out."""
    form = _intake_form(request, where_i_work(request)[0])
    photo_ids, refusal = photos_sent(request)
    if "from_patrol" in request.POST:
        photo_ids = [pk for name in ("before", "after") for pk in photos_sent(request, name)[0]]
    if request.method != "POST" or AGAIN & request.POST.keys():
        return _intake_page(request, form, photo_ids)
    if not form.is_valid() or refusal:
        return _intake_page(request, form, photo_ids, refusal, 422)
    said, owner = dict(form.cleaned_data), owner_of(request)
    category, area = queries.category_by_code(said.pop("category")), form.chosen_area()
    try:
        case = actions.report_for(
            by=request.user.person, at=timezone.now(), photo_ids=photo_ids, owner=owner,
            once=once.from_request(request, owner), **{**said, "area": area, "category": category},
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address or "intake")
    except Refused as why:
        return _intake_page(request, form, photo_ids, why.sentence(), why.status)
    return redirect("intake_done", case.pk)


@holds(*STAFF)
@require_safe
def intake_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was just written down: its number, large, and what can be done next."""
    found = queries.get_for(request.user.person, pk)
    if found.source not in dict(SOURCES):
        raise Http404
    possible = {step.name for step in actions.flow.possible(found, Actor.of(request.user.person), timezone.now())}
    context = {"case": found, "holder_words": queries.holder_words(found), "to_send": "dispatch" in possible}
    return render_page(request, "grievances/intake_done.html", context)


@holds(*STAFF)
@require_safe
def intake_alike(request: HttpRequest) -> HttpResponse:
    """Open cases that might be the same, for the place and category chosen so far."""
    return render_page(request, "grievances/_alike.html", {"alike": _alike(request, request.GET.get("area", ""))})


@holds(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def patrol(request: HttpRequest) -> HttpResponse:
    """One screen on a phone: a photo before, one after, a line, the grid; closed at once."""
    places = _places(where_i_work(request)[0], request.user.person)
    form = PatrolForm(
        request.POST or None, places=places, categories=queries.main_categories(),
        initial={"area": _own_grid(request.user.person, places)},
    )  # fmt: skip
    shots = {name: photos_sent(request, name) for name in ("before", "after")}
    refusal = next((words for _ids, words in shots.values() if words), "")
    if request.method != "POST" or "drop_photo" in request.POST:
        return _patrol_page(request, form, shots)
    if not form.is_valid() or refusal:
        return _patrol_page(request, form, shots, refusal, 422)
    said, owner = form.cleaned_data, owner_of(request)
    try:
        case = actions.patrol_done(
            by=request.user.person, area=form.chosen_area(), text=said["text"], before=shots["before"][0],
            after=shots["after"][0], owner=owner, at=timezone.now(), address=said["address"],
            category=queries.category_by_code(said["category"]), once=once.from_request(request, owner),
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address or "patrol")
    except Refused as why:
        return _patrol_page(request, form, shots, why.sentence(), why.status)
    messages.success(request, _("记好了，编号 %(number)s，不用再办。") % {"number": case.number})
    return redirect(reverse("patrol"))


def _intake_form(request: HttpRequest, community: Area | None) -> IntakeForm:
    places = _places(community, request.user.person)
    own = _own_grid(request.user.person, places)
    start = {"area": own, "source": request.GET.get("source") or "counter"}
    sent = request.POST if request.method == "POST" and "from_patrol" not in request.POST else None
    if "from_patrol" in request.POST:
        start |= {name: request.POST[name] for name in COPIED if request.POST.get(name)} | {"source": "patrol"}
    return IntakeForm(sent, places=places, categories=queries.main_categories(), others=[], initial=start)


def _intake_page(
    request: HttpRequest, form: IntakeForm, photo_ids: list[str], refusal: str = "", status: int = 200
) -> HttpResponse:
    drafts, where = drafts_of(request, photo_ids), where_i_work(request)
    context: dict[str, Any] = {
        "form": form, "photos": [drafts[pk] for pk in photo_ids if pk in drafts], "refusal": refusal,
        "community": where[0], "communities": where[1], "alike": _alike(request, form["area"].value()),
        "most": actions.MOST_PHOTOS, "longest": LONGEST, "once": request.POST.get("once") or once.fresh_key(),
    }  # fmt: skip
    return render_page(request, "grievances/intake.html", context, status=status)


def _patrol_page(
    request: HttpRequest,
    form: PatrolForm,
    shots: dict[str, tuple[list[str], str]],
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    drafts = drafts_of(request, [pk for ids, _words in shots.values() for pk in ids])
    where = where_i_work(request)
    context = {
        "form": form, "refusal": refusal, "community": where[0], "communities": where[1], "most": actions.MOST_PHOTOS,
        "shots": {name: [drafts[pk] for pk in ids if pk in drafts] for name, (ids, _words) in shots.items()},
        "once": request.POST.get("once") or once.fresh_key(),
    }  # fmt: skip
    return render_page(request, "grievances/patrol.html", context, status=status)


def _alike(request: HttpRequest, chosen: Any) -> list[Case]:
    """What the asker sees of open cases like a report at the area that was sent; nothing where that is no place."""
    sent = str(chosen or "")
    pk = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 19 else 0
    with suppress(Area.DoesNotExist):
        category = queries.category_by_code(request.GET.get("category", ""))
        return queries.alike_at(request.user.person, open_area(pk), category, timezone.now())
    return []


def _places(community: Area | None, person: Person) -> list[Area]:
    """Where the person may write down a find: inside the community, what lies under their roles."""
    tops = areas_where(person, WORKS_HERE)
    places = places_to_report(community) if community is not None else []
    return [area for area in places if any(top.lft <= area.lft and area.rght <= top.rght for top in tops)]


def _own_grid(person: Person, places: list[Area]) -> int | None:
    """The grid the person works in, else the first place."""
    mine = {area.pk for area in areas_where(person, WORKS_HERE)}
    return next((area.pk for area in places if area.pk in mine), places[0].pk if places else None)
