"""What the sign-in pages share: asking for a code, remembering it, and letting someone in."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import update_session_auth_hash
from django.core import signing
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts import actions, queries, rules
from accounts.actions.codes import TooSoon
from accounts.addresses import client_address, is_safe
from accounts.models import Person, User
from core.refusals import Refused

TICKET_KEY = "code_ticket"
PROVEN_KEY = "proven_at"
TICKET_SALT = "accounts.code_ticket"


@dataclass(frozen=True)
class Ticket:
    """What the code page must know: the phone, the id of the code it asked for, and where to go after.

    It lies in the session for reloading the page, and signed in the form: a second press of the button
    arrives when the session has a new key already.
    """

    phone: str
    code_id: int
    purpose: str
    next: str

    def signed(self) -> str:
        """The ticket as a form field."""
        return signing.dumps(asdict(self), salt=TICKET_SALT, compress=True)


def ask(request: HttpRequest, *, phone: str, purpose: str, next_address: str) -> None:
    """Ask for a code and remember the ticket; a code of the last minute is simply gone on with.

    Raises TooOften, and TooSoon where the code of the last minute was used already.
    """
    try:
        code = actions.ask_code(
            phone=phone, purpose=purpose, ip=client_address(request), at=timezone.now(),
            language=translation.get_language() or "",
        )  # fmt: skip
    except TooSoon as refusal:
        if refusal.code.used_at is not None:
            raise
        code = refusal.code
    request.session[TICKET_KEY] = asdict(Ticket(phone, code.pk, purpose, next_address))


def ticket_of(request: HttpRequest, purpose: str) -> Ticket | None:
    """The ticket that the form brought, else the session's; None without one of this purpose."""
    found: dict[str, Any] | None = request.session.get(TICKET_KEY)
    if request.method == "POST":
        try:
            life = rules.CODE_LIFE * 2
            found = signing.loads(request.POST.get("ticket", ""), salt=TICKET_SALT, max_age=life)
        except signing.BadSignature:
            found = request.session.get(TICKET_KEY)
    if not found or found.get("purpose") != purpose:
        return None
    return Ticket(**found)


def enter(request: HttpRequest, user: User, *, method: str, next_address: str) -> HttpResponse:
    """Let a user in through allauth's pipeline (which will ask for a second factor) and go on.

    The session gets a new key. It lasts a month after a code, twelve hours after a password: those are
    members of staff, often at shared machines. What a visitor chose for the look is kept.
    """
    if method == "password":
        life: timedelta = rules.PASSWORD_SESSION
    else:
        life = rules.CODE_SESSION
    chosen = queries.preferences(request)
    record_authentication(request, user, method=method)
    target = next_address if is_safe(request, next_address) else "/"
    response = perform_login(request, user, email_verification="none", redirect_url=target)
    if request.user.is_authenticated:
        request.session.pop(TICKET_KEY, None)
        request.session.set_expiry(life)
        actions.list_session(request=request, user=user, at=timezone.now())
        if method in ("code", "password"):
            mark_proven(request)
        _carry_over(request, response, user.person, chosen)
    return response


def _carry_over(request: HttpRequest, response: HttpResponse, person: Person, chosen: queries.Preferences) -> None:
    for cookie in (queries.ELDER_COOKIE, queries.THEME_COOKIE):
        if cookie in request.COOKIES:
            response.delete_cookie(cookie)
    theme = chosen.theme if queries.THEME_COOKIE in request.COOKIES else None
    elder = chosen.elder if queries.ELDER_COOKIE in request.COOKIES else None
    if theme is not None or elder is not None:
        actions.set_preferences(person=person, theme=theme, elder=elder)


def mark_proven(request: HttpRequest) -> None:
    """Remember that just now a code or password showed that it is them."""
    request.session[PROVEN_KEY] = timezone.now().timestamp()


def proven_at(request: HttpRequest) -> datetime | None:
    """When this session last showed by a code or password that it is them; None when never."""
    found = request.session.get(PROVEN_KEY)
    return datetime.fromtimestamp(found, tz=UTC) if isinstance(found, float) else None


def to_confirm(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks for a code or password, and from there back to this one."""
    return redirect(f"{reverse('me_confirm')}?{urlencode({'next': request.path})}")


def stay_in(request: HttpRequest, user: User) -> None:
    """Go on with this session under a new key after all sessions of the user ended, and list it again."""
    update_session_auth_hash(request, user)
    actions.list_session(request=request, user=user, at=timezone.now())


def refuse(form: Form, refusal: Refused, field: str | None = None) -> int:
    """Put a refusal's sentence into a form; returns the status for the page."""
    form.add_error(field, refusal.sentence())
    return refusal.status
