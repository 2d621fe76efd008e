"""Ending sessions."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from accounts.models import User


def sign_out_everywhere(*, user: User) -> User:
    """End every session of a user at once; returns the user with the new epoch.

    The epoch is part of what a session is checked against, so that sessions end even where no row tells
    of them; the known ones are deleted too.
    """
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
        for session in UserSession.objects.filter(user_id=user.pk):
            session.end()
    user.refresh_from_db(fields=["session_epoch"])
    return user


def end_session(*, user: User, session_id: int) -> bool:
    """End one of a user's own sessions; returns whether there was one of this id."""
    session = UserSession.objects.filter(user_id=user.pk, pk=session_id).first()
    if session is None:
        return False
    session.end()
    return True


def list_session(*, request: HttpRequest) -> None:
    """List the session of this request among its user's, after its key has changed."""
    UserSession.objects.create_from_request(request)
