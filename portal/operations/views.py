"""How the portal itself is: the doctor's findings, for the city's administrators."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities.access import holds
from communities.roles import Role
from core.doctor import Look, examine
from core.htmx import render_page


@holds(Role.CITY_ADMIN)
@never_cache
@require_safe
def doctor(request: HttpRequest) -> HttpResponse:
    """What is wrong first, then what to watch, then what is well; slow checks as the command found them last."""
    results = examine(Look(at=timezone.now()), slow=False)
    sorted_out = {level: [result for result in results if result.level == level] for level in ("wrong", "watch")}
    context = {
        "wrong": sorted_out["wrong"],
        "watch": sorted_out["watch"],
        "well": [result for result in results if result.level == "ok"],
        "never": [result for result in results if result.level == "never"],
    }
    return render_page(request, "portal/doctor.html", context)
