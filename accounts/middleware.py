"""What holds for every request of a signed-in person: still signed in, their language, consent before first use."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from accounts import actions, queries, rules
from accounts.models import Person, User

WITHOUT_CONSENT = frozenset(
    {
        "consent",
        "privacy_notice",
        "sign_out",
        "set_preferences",
        "demo_people",
        "demo_sign_in",
        "account_closed",
        "javascript_catalog",
    }
)
READS = ("GET", "HEAD")


class PersonMiddleware:
    """End what was signed out elsewhere; speak the person's language; lead those who have not agreed to the privacy notice to it first.

    Someone who agreed to an older version is asked at the next page they open, never in the middle of
    sending a form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _still_in(request)
        if person is None:
            return self.get_response(request)
        if _must_consent(request, person):
            return _to_consent(request)
        if not person.language:
            return self.get_response(request)
        with translation.override(person.language):
            request.LANGUAGE_CODE = person.language  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers["Content-Language"] = person.language
            return response


def _still_in(request: HttpRequest) -> Person | None:
    """The person of the request; a session that was signed out elsewhere ends here and is a visitor's from now on."""
    person, user = queries.person_of(request.user), request.user
    if person is None or not isinstance(user, User):
        return None
    if actions.is_ended(request=request, user=user):
        logout(request)
        return None
    actions.note_use(request=request, user=user, at=timezone.now())
    return person


def _must_consent(request: HttpRequest, person: Person) -> bool:
    if request.session.get(rules.CONSENT_KEY) == rules.PRIVACY_VERSION or _is_exempt(request):
        return False
    if queries.has_consented(person):
        request.session[rules.CONSENT_KEY] = rules.PRIVACY_VERSION
        return False
    return request.method in READS or not queries.has_ever_consented(person)


def _is_exempt(request: HttpRequest) -> bool:
    if request.path.startswith(settings.STATIC_URL):
        return True
    try:
        return resolve(request.path_info).url_name in WITHOUT_CONSENT
    except Resolver404:
        return True


def _to_consent(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path() if request.method in READS else request.headers.get("Referer", "/")
    address = f"{reverse('consent')}?{urlencode({'next': here})}"
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
