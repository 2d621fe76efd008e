"""Whose drafts a request may touch: a person's, or a visit's while nobody has signed in."""

import secrets

from django.http import HttpRequest

from core.media.actions import claim

_SESSION_KEY = "media_visit"


def owner_of(request: HttpRequest) -> str:
    """Return "person:12" for somebody signed in, else "visit:<token>" of the session (begun where needed)."""
    person_id = _person_id(request)
    if person_id is not None:
        return f"person:{person_id}"
    visit = visit_of(request)
    if visit is None:
        request.session[_SESSION_KEY] = secrets.token_urlsafe(24)
        visit = visit_of(request)
    return visit or ""


def visit_of(request: HttpRequest) -> str | None:
    """Return the visit of the session, or None where it has none; begins nothing."""
    token = request.session.get(_SESSION_KEY)
    return f"visit:{token}" if token else None


def claim_visit(request: HttpRequest) -> int:
    """After a sign-in: give the drafts of this session's visit to the person; returns how many.

    The session must have kept its content, which Django's `login` does for a visitor.
    """
    person_id, visit = _person_id(request), visit_of(request)
    if person_id is None or visit is None:
        return 0
    moved = claim(visit_owner=visit, person_owner=f"person:{person_id}")
    del request.session[_SESSION_KEY]
    return moved


def _person_id(request: HttpRequest) -> int | None:
    if not request.user.is_authenticated:
        return None
    return getattr(request.user, "person_id", None)
