"""Who holds which role where, one person's roles, and signing somebody out of everything."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import sign_out_everywhere
from communities import queries
from communities.rules import named_work
from core import once
from core.htmx import render_page
from core.pager import Pager
from portal.people.forms import FilterForm
from portal.people.places import pick, tops_of
from portal.people.views.shared import admins, or_404

ROWS = 50


@admins
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role where until when, in the asker's part of the tree."""
    tops = tops_of(request)
    choice, form = pick(request, tops), FilterForm(request.GET)
    where = [choice.area] if choice.area is not None else tops
    found = queries.staff_under(where, form.wanted(), timezone.now())
    pager = Pager(found, order=("area__tree_id", "area__lft", "id"), after=request.GET.get("after"), size=ROWS)
    context = {"pager": pager, "pick": choice, "filters": form, "now": timezone.now()}
    return render_page(request, "portal/people/list.html", context, part="list")


@admins
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's roles in the asker's part of the tree, those that ended too, and what stands in their name."""
    tops, now = tops_of(request), timezone.now()
    found = or_404(queries.staff_person, pk, tops)
    grants = list(queries.grants_of_person(found, tops))
    over = [grant for grant in grants if grant.valid_until is not None and grant.valid_until <= now]
    context = {
        "person": found, "running": [grant for grant in grants if grant not in over], "over": over, "now": now,
        "named": [words for named in named_work.all() for words in named(found)], "once": once.fresh_key(),
        "can_sign_in": hasattr(found, "user") and found.user.is_active, "subject": f"communities.person:{found.pk}",
    }  # fmt: skip
    return render_page(request, "portal/people/person.html", context)


@admins
@require_POST
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End every session of somebody who lost their phone."""
    found = or_404(queries.staff_person, pk, tops_of(request))
    if hasattr(found, "user"):
        sign_out_everywhere(user=found.user)
    messages.success(request, _("%(name)s在所有设备上都退出了，要重新登录。") % {"name": found})
    return redirect("person", pk)
