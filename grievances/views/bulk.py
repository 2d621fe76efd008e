"""A selection of cases on the desk: one press for all of them, and what became of each."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from communities.access import holds
from core import once
from core.htmx import render_page
from grievances import actions, queries
from grievances.forms.bulk import FORMS, BulkForm
from grievances.models import Case
from grievances.views.desk import DESK_ROLES

ACTIONS: Final[dict[str, Callable[..., actions.Bulk]]] = {
    "proposals": actions.dispatch_as_proposed, "dispatch": actions.dispatch_all,
    "recategorise": actions.recategorise_all, "reject": actions.reject_all,
}  # fmt: skip
TITLES: Final[dict[str, Any]] = {
    "proposals": _("按各自的建议派"), "dispatch": _("派给同一个"), "recategorise": _("改类别"),
    "reject": _("不归这里管"),
}  # fmt: skip
DONE: Final[dict[str, Any]] = {
    "proposals": _("派出去了"), "dispatch": _("派出去了"), "recategorise": _("改好了"), "reject": _("已告诉居民"),
}  # fmt: skip


@holds(*DESK_ROLES)
@require_POST
def desk_bulk(request: HttpRequest) -> HttpResponse:
    """Ask once what a step needs, take it on each selected case, and say what became of each.

    Sent again with the same key, it finds what is done and answers the same.
    """
    step, ids = request.POST.get("do", ""), _picked(request)
    if step == "print" and ids:
        return redirect(f"{reverse('print_cases')}?cases={','.join(map(str, ids))}")
    if step not in ACTIONS:
        raise Http404
    person = request.user.person
    cases = queries.selected(person, ids)
    is_sent = step == "proposals" or "go" in request.POST
    form = FORMS[step](request.POST if is_sent else None, cases=cases)
    if not cases or not is_sent or not form.is_valid():
        return _page(request, step, cases, form, status=422 if is_sent or not cases else 200)
    key = once.from_request(request, f"person:{person.pk}")
    result = ACTIONS[step](case_ids=[case.pk for case in cases], by=person, at=timezone.now(), once=key, **form.given())
    context = {"title": TITLES[step], "done_words": DONE[step], "result": result, "back_to": _back(request)}
    return render_page(request, "grievances/desk_bulk_done.html", context)


def _page(request: HttpRequest, step: str, cases: list[Case], form: BulkForm, status: int) -> HttpResponse:
    key = once.from_request(request, "")
    context = {
        "step": step, "title": TITLES[step], "cases": cases, "form": form, "back_to": _back(request),
        "once": str(key.key) if key is not None else once.fresh_key(), "most": queries.MOST_SELECTED,
    }  # fmt: skip
    return render_page(request, "grievances/desk_bulk.html", context, status=status)


def _picked(request: HttpRequest) -> list[int]:
    sent = [pk for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(dict.fromkeys(map(int, sent)))[: queries.MOST_SELECTED]


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    return back if back.startswith(reverse("desk")) else reverse("desk")
