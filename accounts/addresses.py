"""Where a request comes from, and where it may be sent on to."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """The caller's network address, "" when it cannot be known.

    Behind ``ALLAUTH_TRUSTED_PROXY_COUNT`` proxies of our own the last but so many entry of
    X-Forwarded-For counts; entries before it can be written by anybody. A missing or malformed header
    leaves the address unknown, so that one proxy does not share one limit among all its callers.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        parts = request.headers.get("X-Forwarded-For", "").split(",")
        found = parts[-proxies] if len(parts) >= proxies else ""
    else:
        found = request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(found.strip()))
    except ValueError:
        return ""


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The address in ``next`` (form first, then query), if it lies on this site; else ``default``."""
    wished = request.POST.get("next") or request.GET.get("next") or ""
    return wished if is_safe(request, wished) else default


def is_safe(request: HttpRequest, address: str) -> bool:
    """Whether an address lies on this site."""
    return bool(address) and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
