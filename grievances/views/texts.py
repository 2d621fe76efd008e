"""Standard texts of a place (常用语): administrators and heads set them, every step's form offers them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import queries as settings
from communities.access import expected, holds, settings_place
from communities.roles import may_see_area
from communities.rules import SettingMoved
from core import once
from core.htmx import render_page
from core.once import AlreadyDone, Key
from core.refusals import Refused
from grievances import actions, queries
from grievances.forms.texts import TextForm, drawn_from_text
from grievances.models import Area, StandardText
from grievances.rules import SETS_RULES, may_set_rules


@holds(*SETS_RULES)
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every standard text that holds at a place: its own and those from above, by step."""
    place = settings_place(request, SETS_RULES)
    found = queries.texts_at(place.area)
    names = {queries.text_subject(text.pk): text.name for text in found}
    context = {
        "place": place, "texts": found, "page_url": reverse("texts"),
        "changes": settings.told(settings.changes_of(list(names)), _labels(), _words, names),
    }  # fmt: skip
    return render_page(request, "grievances/texts.html", context)


@holds(*SETS_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def text_new(request: HttpRequest) -> HttpResponse:
    """A new standard text for a place."""
    area = settings_place(request, SETS_RULES).area
    form = TextForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, area, form, status=200 if request.method != "POST" else 422)
    here = f"{reverse('texts')}?area={area.pk}"
    try:
        actions.add_text(
            area=area, values=form.cleaned_data, by=request.user.person, at=timezone.now(), once=_key(request),
            address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        return _page(request, area, form, refusal=why.sentence(), status=why.status)
    messages.success(request, _("加好了，办事的时候就能选。"))
    return redirect(here)


@holds(*SETS_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one standard text; those from above are changed by those responsible there."""
    found, area = _own(request, pk)
    form = TextForm(request.POST or None, initial=drawn_from_text(found))
    if request.method != "POST" or not form.is_valid():
        return _page(request, area, form, found, status=200 if request.method != "POST" else 422)
    here = f"{reverse('texts')}?area={area.pk}"
    try:
        actions.change_text(
            text_id=pk, values=form.cleaned_data, by=request.user.person, at=timezone.now(),
            expect=expected(request), once=_key(request), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = _moved(found, form) if isinstance(why, SettingMoved) else []
        return _page(request, area, form, found, refusal=why.sentence(), moved=moved, status=why.status)
    messages.success(request, _("改好了，从现在起用新的。"))
    return redirect(here)


@holds(*SETS_RULES)
@require_POST
def text_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Offer a standard text no more, or again."""
    if step not in ("on", "off"):
        raise Http404
    found, area = _own(request, pk)
    here = f"{reverse('texts')}?area={area.pk}"
    try:
        actions.set_text_active(
            text_id=found.pk, active=step == "on", by=request.user.person, at=timezone.now(), once=_key(request),
            address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    messages.success(request, _("又用起来了。") if step == "on" else _("停用了，选的时候不再出现。"))
    return redirect(here)


def _own(request: HttpRequest, pk: int) -> tuple[StandardText, Area]:
    """The text and its place, for those who set texts there: 404 outside their tree, 403 where only seen."""
    found = queries.standard_text(pk)
    if found is None or found.area is None or not may_see_area(request.user.person, found.area):
        raise Http404
    if not may_set_rules(request.user.person, found.area):
        raise PermissionDenied
    return found, found.area


def _page(
    request: HttpRequest, area: Area, form: TextForm, found: StandardText | None = None, *, refusal: str = "",
    moved: list[tuple[str, str, str]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    subject = queries.text_subject(found.pk) if found is not None else ""
    context = {
        "text": found, "area": area, "form": form, "refusal": refusal, "moved": moved or [],
        "once": once.fresh_key(), "step_once": once.fresh_key(),
        "expect": settings.newest_change(subject) if found is not None else 0,
        "changes": settings.told(settings.changes_of([subject]), _labels(), _words) if found is not None else [],
    }  # fmt: skip
    return render_page(request, "grievances/text.html", context, status=status)


def _labels() -> dict[str, Any]:
    return {name: field.label for name, field in TextForm.base_fields.items()} | {"is_active": _("启用")}


def _words(name: str, value: Any) -> str:
    if name == "category":
        return queries.category_names().get(value, "—") if value else _("各类别都用")
    if name == "step" and value in StandardText.ForStep.values:
        return str(StandardText.ForStep(value).label)
    return settings.plain_words(value)


def _moved(found: StandardText, form: TextForm) -> list[tuple[str, str, str]]:
    """(label, as it is now, as typed) where the two differ."""
    newest = queries.standard_text(found.pk) or found
    now, typed = actions.said_of_text(newest), dict(form.cleaned_data)
    typed["category"] = typed["category"].pk if typed["category"] else None
    return settings.differing(now, now | typed, _labels(), _words)


def _key(request: HttpRequest) -> Key | None:
    return once.from_request(request, f"person:{request.user.person.pk}")
