"""Looking at the portal as a role at a place: the person of the request is a shadow that can only look."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.queries import person_of
from communities.models import Person, Role, Viewing
from communities.queries import viewing_by_id
from communities.roles import viewable_at
from communities.rules import VIEWING_KEY, Shadow

READS = ("GET", "HEAD", "OPTIONS")
LEAVE = "view_as_leave"
OWN_PAGES = "accounts.views"
OPEN_OF_OWN = frozenset({"privacy_notice"})
NOBODY = -1


class ViewingMiddleware:
    """While somebody looks as a role: role questions are answered for it, and nothing can be written.

    The request's person becomes one that is not in the database, so personal lists are empty; pages run in
    a read-only transaction; what is not a page to read (forms sent, files, one's own account) is refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = request.session.get(VIEWING_KEY)
        if kept is None:
            return self.get_response(request)
        viewing = _running(request, kept)
        if viewing is None:
            return self._over(request)
        name, module = _target(request)
        if name == LEAVE:
            return self.get_response(request)
        _become_shadow(request, viewing)
        if request.method not in READS:
            return _refuse(request, _("现在只能看，不能改。要办事，请先退出查看。"))
        if module.startswith("django.contrib.admin") or (module.startswith(OWN_PAGES) and name not in OPEN_OF_OWN):
            return _refuse(request, _("这一页是个人的，查看时不打开。"))
        with _read_only():
            response = self.get_response(request)
        if "attachment" in response.get("Content-Disposition", ""):
            response.close()
            return _refuse(request, _("查看时不能下载文件。"))
        return response

    def _over(self, request: HttpRequest) -> HttpResponse:
        """The time is over, or the right to it: the person is themselves again, and a form waits for another press."""
        del request.session[VIEWING_KEY]
        words = _("查看结束了，现在又是您自己的身份。")
        if request.method not in READS and _target(request)[0] != LEAVE:
            return _refuse(request, words)
        messages.info(request, words)
        return self.get_response(request)


def _running(request: HttpRequest, viewing_id: int) -> Viewing | None:
    """The viewing of the session while it lasts: not left, not over, and its viewer may still do so."""
    viewer = person_of(request.user)
    viewing = viewing_by_id(viewing_id) if viewer is not None else None
    if viewer is None or viewing is None or viewing.viewer_id != viewer.pk:
        return None
    if hasattr(viewing, "end") or timezone.now() >= viewing.until:
        return None
    return viewing if viewing.role in viewable_at(viewer, viewing.area) else None


def _target(request: HttpRequest) -> tuple[str, str]:
    """The name of the address and the module of its view; two empty words where there is none."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "", ""
    return match.url_name or "", getattr(match.func, "__module__", "")


def _become_shadow(request: Any, viewing: Viewing) -> None:
    """Put a person in the request's place that has this one role, no name of its own, and no row."""
    viewer = request.user.person
    words = f"{Role(viewing.role).label} · {viewing.area.near_name}"
    shadow: Any = Person(
        pk=NOBODY, name=words, language=viewer.language, elder_mode=viewer.elder_mode, theme=viewer.theme
    )
    shadow.viewing_as = Shadow(viewing.role, viewing.area_id, viewing.pk, viewing.until)
    request.user.person = shadow
    request.user.is_staff = request.user.is_superuser = False
    request.viewing = viewing
    request.viewing_words = words


@contextmanager
def _read_only() -> Iterator[None]:
    """A transaction in which the database refuses every write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _refuse(request: HttpRequest, words: str | Promise) -> HttpResponse:
    return render(request, "communities/only_look.html", {"words": words}, status=403)
