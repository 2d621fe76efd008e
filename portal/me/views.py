"""The personal centre (个人中心)."""

from django.http import HttpRequest, HttpResponse

from accounts.queries import openings_of
from communities.actions import COUNTER
from communities.queries import home_words
from communities.roles import Role, roles_of_request
from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager

COUNTER_ROLES = frozenset(str(role) for role in (*COUNTER, Role.CITY_ADMIN))


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Name, masked number, preferences, and the ways on."""
    person = request.user.person
    at_counter = not COUNTER_ROLES.isdisjoint(roles_of_request(request).anywhere)
    context = {"person": person, "where": home_words(person), "at_counter": at_counter}
    return render_page(request, "portal/me.html", context)


@signed_in
def me_openings(request: HttpRequest) -> HttpResponse:
    """Who opened a value of mine, when and why (谁看过我)."""
    openings = openings_of(request.user.person)
    pager = Pager(openings, order=("-at", "-id"), after=request.GET.get("after"), size=30)
    return render_page(request, "portal/openings.html", {"pager": pager})
