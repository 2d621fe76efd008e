"""Doors (专门渠道) as the city sets them: where residents are led whose matter is not for this portal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities import queries as settings
from communities.access import expected, holds
from communities.roles import Role
from communities.rules import SettingMoved
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused
from grievances import actions, queries
from grievances.forms.doors import DoorForm
from grievances.models import Door
from grievances.rules import may_set_categories

ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)


@holds(*ADMINS)
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """Every door with its number."""
    context = {"doors": queries.all_doors(), "may_set": may_set_categories(request.user.person)}
    return render_page(request, "grievances/doors.html", context)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, code: str) -> HttpResponse:
    """One door: changed by the city's administrators, looked at by others."""
    found = queries.door_set(code)
    form = DoorForm(request.POST or None, door=found, initial=actions.said_of_door(found))
    if request.method != "POST":
        return _page(request, found, form)
    if not may_set_categories(request.user.person):
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, found, form, status=422)
    here = reverse("doors")
    try:
        actions.change_door(
            code=code, values=form.values(), category_ids=form.cleaned_data["categories"], by=request.user.person,
            at=timezone.now(), expect=expected(request), address=here,
            once=once.from_request(request, f"person:{request.user.person.pk}"),
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = _moved(code, form) if isinstance(why, SettingMoved) else []
        return _page(request, found, form, refusal=why.sentence(), moved=moved, status=why.status)
    messages.success(request, _("“%(name)s”改好了，居民现在看到的就是它。") % {"name": form.cleaned_data["name"]})
    return redirect(here)


def _moved(code: str, form: DoorForm) -> list[tuple[str, str, str]]:
    now = actions.said_of_door(queries.door_set(code))
    typed = form.values() | {"categories": sorted(form.cleaned_data["categories"])}
    return settings.differing(now, typed, _labels(), _words())


def _page(
    request: HttpRequest, found: Door, form: DoorForm, *, refusal: str = "", status: int = 200,
    moved: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    subject = queries.door_subject(found.code)
    context = {
        "door": found, "form": form, "refusal": refusal, "moved": moved or [], "once": once.fresh_key(),
        "expect": settings.newest_change(subject), "may_set": may_set_categories(request.user.person),
        "changes": settings.told(settings.changes_of([subject]), _labels(), _words()),
    }  # fmt: skip
    return render_page(request, "grievances/door.html", context, status=status)


def _labels() -> dict[str, str]:
    return {
        "name": _("名称"), "matter": _("什么事"), "words": _("怎么说"), "phone": _("电话"), "address": _("地址"),
        "is_active": _("给居民看"), "categories": _("这些类别都到这里"),
    }  # fmt: skip


def _words() -> Any:
    categories = queries.category_names()

    def words(name: str, value: Any) -> str:
        if name == "categories":
            return "、".join(categories.get(pk, str(pk)) for pk in value or ()) or "—"
        return settings.plain_words(value)

    return words
