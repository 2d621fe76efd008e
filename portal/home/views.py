"""The community's home page."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from communities.access import community_chosen
from communities.modules import of_request
from communities.queries import home_words
from core.access import anyone
from core.htmx import render_page
from grievances import queries as cases

SHOWN = 3


@anyone
@community_chosen
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what can be done here, then my reports; works signed out too."""
    person = request.user.person if request.user.is_authenticated else None
    now = timezone.localtime()
    context = {
        "hour": now.hour,
        "person": person,
        "where": home_words(person) if person is not None else "",
        "modules": of_request(request).all_on(),
        "to_rate": list(cases.waiting_for(person)[:SHOWN]) if person is not None else [],
        "mine": list(cases.reported_by(person).order_by("-reported_at", "-pk")[:SHOWN]) if person is not None else [],
    }
    return render_page(request, "portal/home.html", context)
