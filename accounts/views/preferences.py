"""Theme, elder mode and language: for the signed-in kept with the person, for visitors in cookies."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts import actions, queries
from accounts.addresses import is_safe, safe_next
from accounts.forms import PreferencesForm
from core.access import anyone

YEAR = 60 * 60 * 24 * 365


@anyone
@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Take what was sent, leave the rest, and go back to the page."""
    form = PreferencesForm(request.POST)
    wished: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    theme, elder, language = wished.get("theme") or None, wished.get("elder"), wished.get("language")
    response = HttpResponseRedirect(safe_next(request, _came_from(request)))
    person = queries.person_of(request.user)
    if person is not None:
        actions.set_preferences(person=person, theme=theme, elder=elder, language=language)
        return response
    if theme is not None:
        response.set_cookie(queries.THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True)
    if elder is not None:
        response.set_cookie(queries.ELDER_COOKIE, "1" if elder else "0", max_age=YEAR, samesite="Lax", httponly=True)
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    elif language == "":
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _came_from(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    return referer if is_safe(request, referer) else "/"
