"""Typed settings from the environment.

Each function reads one variable, checks it and gives it back in its Python type. A variable that is missing
or cannot be read stops the start with one sentence that names the variable and says what it should be.
The sentences never repeat the value: it may be a secret.
An empty variable counts as not set.
"""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class _Required:
    """The type of `REQUIRED`."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()

_YES = frozenset({"1", "true"})
_NO = frozenset({"0", "false"})
_DATABASE_SCHEMES = ("postgresql", "postgres")
# A pool that waits longer and longer between its attempts would go on refusing after a long pause of PostgreSQL.
_POOL = {"min_size": 2, "max_size": 8, "timeout": 10, "reconnect_timeout": 10}


def env_str(name: str, default: Any = REQUIRED) -> Any:
    """Return the text of a variable, without blanks at its ends.

    Args:
        name: the variable.
        default: what to return where it is not set; without it the variable must be set.

    Raises:
        ImproperlyConfigured: not set and no default.
    """
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is REQUIRED:
        raise ImproperlyConfigured(f"{name} is not set: it should be a text.")
    return default


def env_int(name: str, default: Any = REQUIRED, *, minimum: int | None = None, maximum: int | None = None) -> Any:
    """Return a whole number.

    Args:
        name: the variable.
        default: what to return where it is not set; without it the variable must be set.
        minimum: the smallest allowed value, if any.
        maximum: the largest allowed value, if any.

    Raises:
        ImproperlyConfigured: not set and no default, no whole number, or outside the limits.
    """
    wanted = _int_words(minimum, maximum)
    text = env_str(name, "")
    if not text:
        return _default_or_stop(name, default, wanted)
    try:
        value = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} should be {wanted}.") from None
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise ImproperlyConfigured(f"{name} should be {wanted}.")
    return value


def env_bool(name: str, default: Any = REQUIRED) -> Any:
    """Return True for 1 or true, False for 0 or false, in any case; nothing else is taken.

    Raises:
        ImproperlyConfigured: not set and no default, or another word.
    """
    wanted = "1, 0, true or false"
    text = env_str(name, "").lower()
    if not text:
        return _default_or_stop(name, default, wanted)
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ImproperlyConfigured(f"{name} should be {wanted}.")


def env_list(name: str, default: Any = REQUIRED) -> Any:
    """Return the parts between commas as a list, without blanks at their ends and without empty parts.

    Raises:
        ImproperlyConfigured: not set (or only commas) and no default.
    """
    parts = [part.strip() for part in env_str(name, "").split(",") if part.strip()]
    return parts if parts else _default_or_stop(name, default, "a list with commas between its parts")


def env_url(name: str, default: Any = REQUIRED, *, schemes: tuple[str, ...] = ("https", "http")) -> Any:
    """Return an address after a look at its scheme and host.

    Args:
        name: the variable.
        default: what to return where it is not set; without it the variable must be set.
        schemes: the allowed beginnings, such as ("redis", "rediss").

    Raises:
        ImproperlyConfigured: not set and no default, another scheme, no host (or, for unix:, no path).
    """
    wanted = "an address that begins with " + " or ".join(f"{scheme}:" for scheme in schemes)
    text = env_str(name, "")
    if not text:
        return _default_or_stop(name, default, wanted)
    parts = _split(name, text, wanted)
    if parts.scheme not in schemes or not (parts.path if parts.scheme == "unix" else parts.hostname):
        raise ImproperlyConfigured(f"{name} should be {wanted}.")
    return text


def env_secret(name: str, default: Any = REQUIRED) -> Any:
    """Return a secret from the variable NAME, or from the file that NAME_FILE points to.

    Args:
        name: the variable; `<name>_FILE` is looked at too.
        default: what to return where neither is set; without it one of them must be.

    Raises:
        ImproperlyConfigured: none of the two and no default, both, or a file that is not there or empty.
    """
    text, path = env_str(name, ""), env_str(f"{name}_FILE", "")
    if text and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        return _read_secret(f"{name}_FILE", Path(path))
    if text:
        return text
    if default is REQUIRED:
        raise ImproperlyConfigured(
            f"{name} is not set: it should be a secret text, or {name}_FILE the path of a file that holds it."
        )
    return default


def database_url(url: str, *, pool: bool, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Turn an address of PostgreSQL into an entry of Django's DATABASES.

    Understood: `postgresql://user:password@host:port/database?sslmode=require`, a socket folder as
    `postgresql://user@/database?host=/run/postgresql` or percent-encoded in the place of the host.
    Parameters after the question mark are handed to libpq.

    Args:
        url: the address.
        pool: keep connections in psycopg's pool (web processes); needs CONN_MAX_AGE 0, which is set. Each is
            tried before it is handed out, so that a database that was started again costs nobody an error.
        name: the variable the address came from, for the sentence of a refusal.

    Raises:
        ImproperlyConfigured: not an address of PostgreSQL, or one without a database.
    """
    wanted = "an address such as postgresql://user:password@host:5432/database"
    parts = _split(name, url, wanted)
    if parts.scheme not in _DATABASE_SCHEMES or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} should be {wanted}.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or _host_of(parts)
    port = options.pop("port", "") or parts.port or ""
    if pool:
        options["pool"] = dict(_POOL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pool,
        "OPTIONS": options,
    }


def _default_or_stop(name: str, default: Any, wanted: str) -> Any:
    if default is REQUIRED:
        raise ImproperlyConfigured(f"{name} is not set: it should be {wanted}.")
    return default


def _int_words(minimum: int | None, maximum: int | None) -> str:
    if minimum is not None and maximum is not None:
        return f"a whole number from {minimum} to {maximum}"
    if minimum is not None:
        return f"a whole number from {minimum} up"
    if maximum is not None:
        return f"a whole number up to {maximum}"
    return "a whole number"


def _split(name: str, text: str, wanted: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} should be {wanted}.") from None
    return parts


def _host_of(parts: SplitResult) -> str:
    """Return the host as written: `hostname` would put a percent-encoded socket folder in small letters."""
    place = parts.netloc.rpartition("@")[2]
    if "%2f" in place.lower():
        return unquote(place.rpartition(":")[0] if parts.port else place)
    return parts.hostname or ""


def _read_secret(name: str, path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(f"{name} should be the path of a text file that can be read.") from None
    if not secret:
        raise ImproperlyConfigured(f"{name} should be the path of a file that is not empty.")
    return secret
