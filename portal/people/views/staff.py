"""Who holds which role where, and one person's roles."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities import queries
from communities.rules import named_work
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
        "named": [words for named in named_work.all() for words in named(found)],
        "can_sign_in": hasattr(found, "user") and found.user.is_active, "subject": f"communities.person:{found.pk}",
    }  # fmt: skip
    return render_page(request, "portal/people/person.html", context)
