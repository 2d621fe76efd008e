"""The catalogue of categories (诉求类别): the city's administrators set it, the others look."""

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
from communities.access import expected, holds
from communities.roles import Role
from communities.rules import SettingMoved
from core import once
from core.htmx import render_page
from core.once import AlreadyDone, Key
from core.refusals import Refused
from grievances import actions, queries
from grievances.forms.catalogue import CategoryForm, drawn_from
from grievances.models import Category, RoundTheClock
from grievances.rules import may_set_categories

ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)
STEPS = ("up", "down", "on")


@holds(*ADMINS)
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """Every category by its main one, with deadlines and demands."""
    mains = queries.whole_catalogue()
    names = {queries.category_subject(one.pk): one.name for main in mains for one in (main, *main.subs.all())}
    handlers = queries.handler_names()
    for main in mains:
        for one in (main, *main.subs.all()):
            one.handler_words = handlers.get(one.handler, one.handler)  # type: ignore[attr-defined]
    context = {
        "mains": mains, "may_set": may_set_categories(request.user.person),
        "count": sum(1 for main in mains for sub in main.subs.all() if sub.is_active and main.is_active),
        "changes": settings.told(settings.changes_of(list(names)), _labels(), _words, names),
    }  # fmt: skip
    return render_page(request, "grievances/categories.html", context)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new sub category of a main one."""
    main = queries.category_or_404(pk)
    if main.parent_id is not None:
        raise Http404
    _city_only(request)
    form = CategoryForm(request.POST or None, initial={**drawn_from(main), "name": ""})
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, main=main, status=200 if request.method != "POST" else 422)
    here = reverse("categories")
    try:
        made = actions.add_category(
            parent_id=pk, values=form.cleaned_data, by=request.user.person, at=timezone.now(), once=_key(request),
            address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    messages.success(request, _("“%(name)s”加好了，上报时可以选它了。") % {"name": made.name})
    return redirect(here)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """One category with its changes."""
    found = queries.category_or_404(pk)
    form = CategoryForm(request.POST or None, initial=drawn_from(found))
    if request.method != "POST":
        return _page(request, form, found)
    _city_only(request)
    if not form.is_valid():
        return _page(request, form, found, status=422)
    here = reverse("categories")
    try:
        actions.change_category(
            category_id=pk, values=form.cleaned_data, by=request.user.person, at=timezone.now(),
            expect=expected(request), once=_key(request), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = _moved(pk, form) if isinstance(why, SettingMoved) else []
        return _page(request, form, found, refusal=why.sentence(), moved=moved, status=why.status)
    messages.success(request, _("“%(name)s”存好了，新报的按它算。") % {"name": form.cleaned_data["name"]})
    return redirect(here)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def category_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a category no more; the rules that name it are listed first."""
    found = queries.category_or_404(pk)
    _city_only(request)
    if request.method != "POST":
        rows = [(rule, queries.target_words(rule)) for rule in queries.rules_naming_category(pk)]
        context = {"category": found, "rules": rows, "once": once.fresh_key()}
        return render_page(request, "grievances/category_off.html", context)
    return _step(request, found, active=False)


@holds(*ADMINS)
@require_POST
def category_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """List a category earlier or later, or offer it again."""
    if step not in STEPS:
        raise Http404
    found = queries.category_or_404(pk)
    _city_only(request)
    return _step(request, found, active=True if step == "on" else None, up=step == "up")


def _step(request: HttpRequest, found: Category, *, active: bool | None, up: bool = False) -> HttpResponse:
    here = f"{reverse('categories')}#c{found.pk}"
    options: dict[str, Any] = {"by": request.user.person, "at": timezone.now(), "once": _key(request), "address": here}
    try:
        if active is None:
            actions.move_category(category_id=found.pk, up=up, **options)
        else:
            actions.set_category_active(category_id=found.pk, active=active, **options)
    except AlreadyDone as already:
        return redirect(already.address)
    if active is False:
        messages.success(request, _("“%(name)s”停用了；办着的照样办完。") % {"name": found.name})
    return redirect(here)


def _city_only(request: HttpRequest) -> None:
    if not may_set_categories(request.user.person):
        raise PermissionDenied


def _key(request: HttpRequest) -> Key | None:
    return once.from_request(request, f"person:{request.user.person.pk}")


def _page(
    request: HttpRequest, form: CategoryForm, found: Category | None = None, *, main: Category | None = None,
    refusal: str = "", moved: list[tuple[str, str, str]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    subject = queries.category_subject(found.pk) if found is not None else ""
    may_set = may_set_categories(request.user.person)
    if not may_set:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "category": found, "main": main or (found.parent if found is not None else None), "form": form,
        "refusal": refusal, "moved": moved or [], "once": once.fresh_key(), "step_once": once.fresh_key(),
        "expect": settings.newest_change(subject) if found is not None else 0, "may_set": may_set,
        "changes": settings.told(settings.changes_of([subject]), _labels(), _words),
    }  # fmt: skip
    return render_page(request, "grievances/category.html", context, status=status)


def _labels() -> dict[str, Any]:
    named = {name: field.label for name, field in CategoryForm.base_fields.items()}
    return {**named, "order": _("顺序"), "is_active": _("启用")}


def _words(name: str, value: Any) -> str:
    if name == "handler":
        return queries.handler_names().get(value, settings.plain_words(value))
    if name == "round_the_clock":
        return str(RoundTheClock(value).label) if value in RoundTheClock else settings.plain_words(value)
    return queries.tier_names().get(value, str(value)) if name == "tier" else settings.plain_words(value)


def _moved(pk: int, form: CategoryForm) -> list[tuple[str, str, str]]:
    """(label, as it is now, as typed) where the two differ."""
    now = actions.said_of(queries.category_or_404(pk))
    return settings.differing(now, now | form.cleaned_data, _labels(), _words)
