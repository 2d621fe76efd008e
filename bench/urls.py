"""The portal's addresses, and two pages that cost as little as pages can here: the floor of the same run."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from core.access import anyone
from grievances.models import Case

_ROWS = Engine().from_string("<ul>{% for case in cases %}<li>{{ case.pk }} {{ case.title }}</li>{% endfor %}</ul>")


@anyone
def nothing(request: HttpRequest) -> HttpResponse:
    """Nothing but the middleware and the session."""
    return HttpResponse(f"ok {request.user.is_authenticated}")


@anyone
def fifty(request: HttpRequest) -> HttpResponse:
    """Fifty rows without components, by one query."""
    cases = Case.objects.order_by("-pk").only("pk", "title")[:50]
    return HttpResponse(f"{request.user.is_authenticated}" + _ROWS.render(Context({"cases": cases})))


urlpatterns = [
    path("bench/nothing/", nothing),
    path("bench/fifty/", fifty),
    path("", include("config.urls")),
]
