"""Keyed digests: what guards a sign-in is stored only so that it can be compared."""

import hmac
import ipaddress

from django.utils.crypto import constant_time_compare, salted_hmac


def code_digest(phone: str, purpose: str, code: str) -> str:
    """The digest under which a code is kept; keyed, because six digits are soon counted through."""
    return _digest("accounts.code", f"{purpose}:{phone}:{code}")


def token_digest(token: str) -> str:
    """The digest under which the token of an invitation is kept."""
    return _digest("accounts.invitation", token)


def session_digest(key: str) -> str:
    """The digest under which a session is listed: whoever reads the list cannot go on with the session."""
    return _digest("accounts.device", key)


def same(left: str, right: str) -> bool:
    """Compare two digests in constant time."""
    return constant_time_compare(left, right)


def phone_key(phone: str) -> str:
    """A phone as a counter's key: the number itself is not kept there."""
    return _digest("accounts.limit.phone", phone)[:32]


def login_key(login: str) -> str:
    """A typed login as a counter's key."""
    return _digest("accounts.limit.login", login)[:32]


def address_key(address: str) -> str:
    """A network address as a counter's key; IPv6 by its /64, which is one customer."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        parsed = ipaddress.ip_network(f"{address}/64", strict=False).network_address
    return _digest("accounts.limit.address", str(parsed))[:32]


def lock_number(name: str) -> int:
    """A number for PostgreSQL's advisory locks (signed, 64 bits)."""
    raw = hmac.digest(b"accounts.lock", name.encode(), "sha256")
    return int.from_bytes(raw[:8], "big", signed=True)


def _digest(purpose: str, value: str) -> str:
    return salted_hmac(purpose, value, algorithm="sha256").hexdigest()
