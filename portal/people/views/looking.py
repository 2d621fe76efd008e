"""Looking at the portal as a role at a place: begun, left, and who did so."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import actions, queries, roles
from communities.rules import VIEWING_KEY
from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager
from core.refusals import Refused
from portal.people.forms import ViewForm
from portal.people.places import pick, tops_of
from portal.people.views.shared import admins

ROWS = 50


@admins
@require_http_methods(["GET", "HEAD", "POST"])
def view_as(request: HttpRequest) -> HttpResponse:
    """Choose a place and a role below one's own, and look at the portal as that for half an hour."""
    choice, person = pick(request, tops_of(request)), request.user.person
    allowed = roles.viewable_at(person, choice.area) if choice.area is not None else []
    form = ViewForm(request.POST or None, roles=allowed)
    context = {"pick": choice, "form": form, "allowed": allowed}
    if request.method != "POST" or choice.area is None or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render_page(request, "portal/people/view_as.html", context, status=status)
    try:
        viewing = actions.begin_viewing(
            viewer=person, role=form.cleaned_data["role"], area=choice.area, at=timezone.now()
        )
    except Refused as why:
        context["refusal"] = why.sentence()
        return render_page(request, "portal/people/view_as.html", context, status=why.status)
    request.session[VIEWING_KEY] = viewing.pk
    return redirect("home")


@signed_in
@require_POST
def view_as_leave(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    viewing_id = request.session.pop(VIEWING_KEY, None)
    if viewing_id is not None:
        actions.end_viewing(viewing_id=viewing_id, at=timezone.now())
    return redirect("view_as" if roles.admin_areas(request.user.person) else "home")


@admins
@require_safe
def view_as_log(request: HttpRequest) -> HttpResponse:
    """Who looked as which role at a place of the asker's part of the tree, the newest first."""
    found = queries.viewings_under(tops_of(request))
    pager = Pager(found, order=("-id",), after=request.GET.get("after"), size=ROWS)
    return render_page(request, "portal/people/view_as_log.html", {"pager": pager})
