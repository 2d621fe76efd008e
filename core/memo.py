"""What was read once is not read again while one page is drawn.

Only pages that change nothing remember, and only until they are answered: whatever is asked inside a form's
transaction is asked of the database each time.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.reference import steady

T = TypeVar("T")
SAFE = frozenset({"GET", "HEAD"})
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


def once_a_page(key: Hashable, read: Callable[[], T]) -> T:
    """What ``read`` gives, read once for each key while a page is drawn, and each time everywhere else."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def keep_for_page(key: Hashable, value: Any) -> None:
    """Remember what was read along with something else, where a page is drawn and does not know it yet."""
    kept = _kept.get()
    if kept is not None:
        kept.setdefault(key, value)


@contextmanager
def remembering(*, when: bool = True) -> Iterator[None]:
    """Within, ``once_a_page`` reads each key once; not ``when`` something may change."""
    token = _kept.set({} if when else None)
    try:
        with steady():
            yield
    finally:
        _kept.reset(token)


class MemoMiddleware:
    """Remember what a page asks, from its request to its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; a form's request remembers nothing."""
        with remembering(when=request.method in SAFE):
            return self.get_response(request)
