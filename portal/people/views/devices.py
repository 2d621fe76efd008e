"""A lost phone: where a member of staff is signed in, ending it with a reason, and who did so before."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import DeviceRow, device_words, devices_shown, sign_outs_of, user_of_person
from communities import queries, roles
from communities.access import holds
from communities.actions import sign_out_staff
from communities.rules import NotYourStaff
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.pager import Pager
from core.refusals import Refused
from portal.people.forms import FilterForm, SignOutForm
from portal.people.views.shared import key_of, or_404

ROWS = 50
signers = holds(*sorted(roles.SIGNERS))


@signers
@require_safe
def staff_devices(request: HttpRequest) -> HttpResponse:
    """Who works under the asker: the one whose phone is lost is chosen here."""
    me, now, form = request.user.person, timezone.now(), FilterForm(request.GET)
    found = queries.staff_under(roles.signer_areas(me), form.wanted(), now).exclude(person=me.pk)
    pager = Pager(found, order=("area__tree_id", "area__lft", "id"), after=request.GET.get("after"), size=ROWS)
    context = {"pager": pager, "filters": form, "now": now}
    return render_page(request, "portal/people/devices.html", context, part="list")


@signers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Where somebody is signed in; ends it on one device or on all, with a reason that they read."""
    person, now = _under(request, pk), timezone.now()
    if roles.sign_out_place(request.user.person, person, now) is None:
        return _page(request, person, refusal=NotYourStaff().sentence(), status=NotYourStaff.status)
    rows = devices_shown(user_of_person(person), now)
    form = SignOutForm(request.POST or None, devices=rows, now=now)
    here, refusal, status = reverse("person_signed_out", args=[pk]), "", 200
    try:
        once.check(key_of(request))
        if request.method == "POST":
            status = 422
            if form.is_valid():
                sign_out_staff(
                    person=person, by=request.user.person, cause=form.cleaned_data["cause"],
                    reason=form.cleaned_data["reason"], device_id=form.device_id(), at=now, once=key_of(request),
                    address=here,
                )  # fmt: skip
                messages.success(request, _("%(name)s的登录结束了，本人会收到短信。") % {"name": person})
                return redirect(here)
    except AlreadyDone:
        return redirect(here)
    except Refused as why:
        refusal, status = why.sentence(), why.status
    return _page(request, person, form=form, rows=rows, refusal=refusal, status=status)


@signers
@require_safe
def person_signed_out(request: HttpRequest, pk: int) -> HttpResponse:
    """When somebody's sign-in was ended: by whom, why, and on which devices."""
    person = _under(request, pk)
    pager = Pager(sign_outs_of(person), order=("-at", "-id"), after=request.GET.get("after"), size=ROWS)
    rows = [(event, [device_words(device) for device in event.devices.all()]) for event in pager.items]
    return render_page(request, "portal/people/signed_out.html", {"person": person, "pager": pager, "rows": rows})


def _under(request: HttpRequest, pk: int) -> Any:
    """The person of this id, who works (or worked last) under the asker; raises Http404 for anybody else."""
    person, me = or_404(queries.person_by_id, pk), request.user.person  # type: ignore[union-attr]
    if not roles.works_under(person, roles.signer_areas(me), timezone.now()):
        raise Http404
    return person


def _page(
    request: HttpRequest, person: Any, *, form: SignOutForm | None = None, rows: list[DeviceRow] | None = None,
    refusal: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"person": person, "form": form, "rows": rows or [], "refusal": refusal, "once": once.fresh_key()}
    return render_page(request, "portal/people/sign_out.html", context, status=status)
