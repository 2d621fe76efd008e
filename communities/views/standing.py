"""Who stands in for me while I am away (代班); administrators see and set it for those who work under them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities import actions, queries, roles
from communities.access import holds
from communities.forms.standing import StandInForm
from communities.models import Person
from communities.roles import Role
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused

STAFF = tuple(role for role in Role if role != Role.RESIDENT)
ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)


@holds(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: HttpRequest) -> HttpResponse:
    """Who stands in for me, and for whom I do."""
    return _stand_in(request, request.user.person, reverse("stand_in"))


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def person_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Who stands in for somebody who works under the administrator."""
    return _stand_in(request, _under(request, pk), reverse("person_stand_in", args=[pk]))


@holds(*STAFF)
@require_POST
def stand_in_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is back: the stand-in ends now."""
    me = request.user.person
    try:
        found = queries.stand_in_by_id(pk)
    except ObjectDoesNotExist:
        raise Http404 from None
    if found.person_id != me.pk and not roles.may_open_staff(me, found.person, found.person_id):
        raise Http404
    here = reverse("stand_in") if found.person_id == me.pk else reverse("person_stand_in", args=[found.person_id])
    try:
        actions.end_stand_in(
            stand_in_id=pk, by=me, at=timezone.now(), once=once.from_request(request, f"person:{me.pk}"), address=here
        )
    except AlreadyDone:
        return redirect(here)
    except Refused as why:
        messages.warning(request, why.sentence())
        return redirect(here)
    messages.success(request, _("代班结束了，事情回到本人手里。"))
    return redirect(here)


def _under(request: HttpRequest, pk: int) -> Person:
    try:
        return queries.staff_person(pk, roles.admin_areas(request.user.person))  # type: ignore[union-attr]
    except ObjectDoesNotExist:
        raise Http404 from None


def _stand_in(request: HttpRequest, person: Person, here: str) -> HttpResponse:
    now, me = timezone.now(), request.user.person  # type: ignore[union-attr]
    peers = {grant.person_id: grant.person for grant in reversed(roles.peers_of(person, now))}
    form = StandInForm(request.POST or None, peers=[(pk, who.name) for pk, who in reversed(peers.items())])
    if request.method != "POST" or not form.is_valid():
        return _page(request, person, form, here, status=422 if request.method == "POST" else 200)
    since, until = form.span(now)
    try:
        actions.begin_stand_in(
            person=person, stand_in=peers[int(form.cleaned_data["stand_in"])], since=since, until=until, by=me, at=now,
            reason=form.cleaned_data["reason"], once=once.from_request(request, f"person:{me.pk}"), address=here,
        )  # fmt: skip
    except AlreadyDone:
        return redirect(here)
    except Refused as why:
        return _page(request, person, form, here, refusal=why.sentence(), status=why.status)
    messages.success(request, _("记好了，这段时间的事也会告诉代班的同事。"))
    return redirect(here)


def _page(
    request: HttpRequest, person: Person, form: StandInForm, here: str, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    now, own = timezone.now(), person.pk == request.user.person.pk  # type: ignore[union-attr]
    context: dict[str, Any] = {
        "person": person, "own": own, "form": form, "here": here, "refusal": refusal, "once": once.fresh_key(),
        "coming": queries.stand_ins_of(person, now), "past": queries.past_stand_ins_of(person, now),
        "absent": queries.stood_in_by(person, now), "now": now,
    }  # fmt: skip
    return render_page(request, "communities/stand_in.html", context, status=status)
