"""The community's home page."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities.access import community_chosen
from communities.modules import of_request
from communities.queries import home_words
from core import jobs
from core.access import anyone
from core.htmx import render_page
from grievances import queries as cases
from grievances import telling

SHOWN = 3
GREETINGS = ((6, "night"), (11, "morning"), (14, "noon"), (18, "afternoon"), (22, "evening"), (24, "night"))


@anyone
@never_cache
@require_safe
@community_chosen
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what can be done here, then my reports; works signed out too."""
    person = request.user.person if request.user.is_authenticated else None
    hour = timezone.localtime().hour
    context: dict[str, Any] = {
        "greeting": next(name for until, name in GREETINGS if hour < until),
        "person": person,
        "modules": of_request(request).all_on(),
        "report_on": of_request(request).is_on("grievances"),
    }
    if person is not None:
        waiting = list(cases.waiting_for(person)[:SHOWN])
        others = cases.reported_by(person).exclude(pk__in=[case.pk for case in waiting])
        context |= {
            "where": home_words(person),
            "waiting": telling.rows(waiting),
            "mine": telling.rows(others.order_by("-reported_at", "-pk")[:SHOWN]),
        }
    return render_page(request, "portal/home.html", context)


@anyone
@never_cache
@require_safe
def demo_progress(request: HttpRequest) -> HttpResponse:
    """How many of the demo's cases are made: a bar for the pages, numbers for ``bin/demo --wait``."""
    if not settings.DEMO:
        raise Http404
    if request.headers.get("Accept", "") == "application/json":
        job = jobs.progress("demo.")
        facts = {"done": job.done, "total": job.total, "finished": job.finished} if job is not None else {}
        return JsonResponse(facts)
    return render_page(request, "portal/demo_progress.html", part="bar")
