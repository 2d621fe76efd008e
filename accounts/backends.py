"""Authentication by staff name or phone, and fetching a user together with the person."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts import queries
from accounts.models import User
from core.statements import Given, Statement

_SIGNED_IN = Statement(lambda: User.objects.select_related("person").filter(pk=Given("user"), is_active=True))


class PersonBackend(ModelBackend):
    """Django's backend, with two ways to name oneself and one query for user and person."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The active user whose password this is; None for everything else, after the same work."""
        if username is None or password is None:
            return None
        user = queries.user_by_login(username)
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The signed-in user with the person; None for a closed account."""
        return _SIGNED_IN.first(user=user_id)
