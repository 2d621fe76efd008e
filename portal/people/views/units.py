"""Organisations that serve one's part of the tree, and who acts for them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import actions, queries
from communities.rules import StillNamed
from core.htmx import render_page
from core.pager import Pager
from core.refusals import Refused
from portal.people.actions import join
from portal.people.forms import MemberForm
from portal.people.places import tops_of
from portal.people.views.shared import admins, attempt, or_404

ROWS = 50


@admins
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The organisations that serve the asker's part of the tree."""
    words = request.GET.get("q", "").strip()[:40]
    found = queries.organisations_under(tops_of(request), words)
    pager = Pager(found, order=("name", "id"), after=request.GET.get("after"), size=ROWS)
    return render_page(request, "portal/people/units.html", {"pager": pager, "words": words})


@admins
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who acts for an organisation, with position and lead; somebody joins."""
    found = _unit(request, pk)
    form = MemberForm(request.POST or None)
    context = {"unit": found, "members": queries.members_of(found), "form": form}
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render_page(request, "portal/people/unit.html", context, status=status)
    try:
        _member, invited = join(organisation=found, by=request.user.person, at=timezone.now(), **form.cleaned_data)
    except Refused as why:
        context["refusal"] = why.sentence()
        return render_page(request, "portal/people/unit.html", context, status=why.status)
    messages.success(request, _("加好了，邀请短信已发出。") if invited else _("加好了。"))
    return redirect("unit", pk)


@admins
@require_POST
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves an organisation; what stands in their name is handed over first."""
    member = or_404(queries.membership_under, pk, tops_of(request))
    done = _("%(name)s不再是%(unit)s的成员。") % {"name": member.person, "unit": member.organisation}
    refused = attempt(request, done, actions.end_membership, membership_id=pk)
    if refused is not None:
        messages.warning(request, refused.sentence())
    if isinstance(refused, StillNamed):
        return redirect("person_hand_over", member.person_id)
    return redirect("unit", member.organisation_id)


def _unit(request: HttpRequest, pk: int) -> Any:
    return or_404(lambda: queries.organisations_under(tops_of(request)).get(pk=pk))
