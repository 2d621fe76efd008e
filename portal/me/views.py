"""The personal centre (个人中心)."""

from django.http import HttpRequest, HttpResponse

from accounts.queries import openings_of
from communities.queries import home_words
from core.access import signed_in
from core.htmx import render_page
from core.pager import Pager


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Name, masked number, preferences, and the ways on."""
    person = request.user.person
    return render_page(request, "portal/me.html", {"person": person, "where": home_words(person)})


@signed_in
def me_openings(request: HttpRequest) -> HttpResponse:
    """Who opened a value of mine, when and why (谁看过我)."""
    openings = openings_of(request.user.person)
    pager = Pager(openings, order=("-at", "-id"), after=request.GET.get("after"), size=30)
    return render_page(request, "portal/openings.html", {"pager": pager})
