"""The demo's page of people to sign in as. Exists only where DEMO is on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, queries
from accounts.addresses import safe_next
from accounts.views.entry import enter
from core.access import anyone
from core.htmx import render_page

SHOWN = 5


@anyone
@never_cache
@require_safe
def demo_people(request: HttpRequest) -> HttpResponse:
    """List the invented people by role."""
    _only_in_demo()
    groups = [(role, people[:SHOWN], people[SHOWN:]) for role, people in queries.demo_people()]
    context = {"groups": groups, "next": safe_next(request)}
    return render_page(request, "accounts/demo_people.html", context)


@anyone
@never_cache
@require_POST
def demo_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as an invented person with one press; leaves the session of whoever was signed in."""
    _only_in_demo()
    user = queries.demo_user(pk)
    actions.consent_to_privacy(person=user.person, at=timezone.now())
    return enter(request, user, method="demo", next_address=safe_next(request))


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404
