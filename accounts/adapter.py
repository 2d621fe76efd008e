"""How allauth's login pipeline meets our pages: named by ACCOUNT_ADAPTER."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.addresses import client_address


class PortalAdapter(DefaultAccountAdapter):
    """allauth logs in, keeps the list of sessions and later asks for a second factor; pages are ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up through allauth's own forms: an account comes with the right code."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The caller's address; 0.0.0.0 stands for unknown, so that a sign-in never fails for it."""
        return client_address(request) or "0.0.0.0"  # noqa: S104

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages speak for themselves."""
