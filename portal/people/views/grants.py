"""Giving a role, moving its end, taking it back; inviting somebody new."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities import actions, queries, roles
from communities.rules import StillNamed
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused
from portal.people.actions import invite
from portal.people.forms import EndForm, ExtendForm, GrantForm, InviteForm
from portal.people.places import Pick, pick, tops_of
from portal.people.views.shared import admins, attempt, key_of, or_404

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@admins
@BOTH
def grant_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody who is known here a further role: first the place, then which and how long."""
    tops = tops_of(request)
    found, choice = or_404(queries.staff_person, pk, tops), pick(request, tops)
    form = GrantForm(request.POST or None, roles=_givable(request, choice))
    context = {"person": found, "pick": choice, "form": form, "once": once.fresh_key()}
    if request.method != "POST" or choice.area is None or not form.is_valid():
        return render_page(request, "portal/people/grant.html", context, status=_status(request))
    refused = attempt(
        request, _("岗位给好了，现在就生效。") if not form.cleaned_data["since"] else _("岗位给好了，到那天自动生效。"),
        actions.grant_role, person=found, role=form.cleaned_data["role"], area=choice.area, once=key_of(request),
        **form.term(timezone.now()),
    )  # fmt: skip
    if refused is not None:
        context["refusal"] = refused.sentence()
        return render_page(request, "portal/people/grant.html", context, status=refused.status)
    return redirect("person", pk)


@admins
@BOTH
def people_invite(request: HttpRequest) -> HttpResponse:
    """Somebody new: the place, then phone, name and role; the link to come in goes out by SMS."""
    choice = pick(request, tops_of(request))
    form = InviteForm(request.POST or None, roles=_givable(request, choice))
    context = {"pick": choice, "form": form, "once": once.fresh_key()}
    if request.method != "POST" or choice.area is None or not form.is_valid():
        return render_page(request, "portal/people/invite.html", context, status=_status(request))
    said = form.cleaned_data
    try:
        person, invited = invite(
            phone=said["phone"], name=said["name"], role=said["role"], area=choice.area, by=request.user.person,
            at=timezone.now(), once=key_of(request), **form.term(timezone.now()),
        )  # fmt: skip
    except AlreadyDone:
        return redirect("people")
    except Refused as why:
        context["refusal"] = why.sentence()
        return render_page(request, "portal/people/invite.html", context, status=why.status)
    messages.success(request, _("邀请短信已发出，7 天内有效。") if invited else _("这位已经能登录，岗位直接给好了。"))
    return redirect("person", person.pk)


@admins
@BOTH
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One role of somebody: move its end, or take it back with a reason."""
    found = or_404(queries.grant_under, pk, tops_of(request))
    ending = "end" in request.POST
    end = EndForm(request.POST if ending else None, prefix="end")
    extend = ExtendForm(request.POST if request.POST and not ending else None, prefix="extend")
    context: dict[str, Any] = {
        "grant": found, "end": end, "extend": extend, "once": once.fresh_key(), "now": timezone.now(),
        "changes": queries.changes_of_grant(pk),
    }  # fmt: skip
    sent = end if ending else extend
    if request.method != "POST" or not sent.is_valid():
        return render_page(request, "portal/people/one_grant.html", context, status=_status(request))
    refused = _end(request, pk, end) if ending else _extend(request, pk, extend)
    if isinstance(refused, StillNamed):
        messages.warning(request, refused.sentence())
        return redirect("person_hand_over", found.person_id)
    if refused is not None:
        context["refusal"] = refused.sentence()
        return render_page(request, "portal/people/one_grant.html", context, status=refused.status)
    return redirect("person", found.person_id)


def _end(request: HttpRequest, pk: int, form: EndForm) -> Refused | None:
    on = form.moment()
    done = _("岗位结束了。") if on is None else _("记下了，到那天自动结束。")
    return attempt(
        request, done, actions.revoke_role, grant_id=pk, on=on, reason=form.cleaned_data["reason"], once=key_of(request)
    )


def _extend(request: HttpRequest, pk: int, form: ExtendForm) -> Refused | None:
    until = form.moment()
    return attempt(request, _("改好了。"), actions.extend_role, grant_id=pk, until=until, once=key_of(request))


def _givable(request: HttpRequest, choice: Pick) -> list[str]:
    return roles.givable_at(request.user.person, choice.area) if choice.area is not None else []


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
