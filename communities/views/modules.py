"""Modules of a place: which are on, where that comes from, and switching them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities import actions, queries
from communities.access import Place, expected, holds, settings_place
from communities.forms.modules import SwitchForm
from communities.modules import Setting, inherited_at, switches_at
from communities.roles import Role, roles_of_request
from communities.rules import SettingMoved, may_lock
from core import once
from core.htmx import render_page
from core.modules import Module
from core.modules import modules as catalogue
from core.once import AlreadyDone
from core.refusals import Refused

ADMINS = (Role.AREA_ADMIN, Role.CITY_ADMIN)


@dataclass
class Sent:
    """What was sent and not done: the forms as typed, why, and whether to ask once more."""

    form: SwitchForm | None = None
    options: Any = None
    refusal: str = ""
    asks: bool = False
    moved: tuple[tuple[str, str, str], ...] = ()
    status: int = 200


@holds(*ADMINS)
@require_safe
def modules_of_area(request: HttpRequest) -> HttpResponse:
    """Every module with its setting at a place and whose switch decides."""
    place = settings_place(request, ADMINS)
    found = switches_at(place.area)
    sections = [
        (words, [(one, found.setting(one.key), _source(found.setting(one.key), place)) for one in catalogue.all()
                 if one.section == section])
        for section, words in _sections().items()
    ]  # fmt: skip
    names = {one.key: one.name for one in catalogue.all()}
    changes = queries.told_switches(queries.switch_changes(place.area), _labels(None), _words, names)
    context = {
        "place": place, "sections": [(words, rows) for words, rows in sections if rows], "changes": changes,
        "page_url": reverse("modules"),
    }  # fmt: skip
    return render_page(request, "communities/modules.html", context)


@holds(*ADMINS)
@require_http_methods(["GET", "HEAD", "POST"])
def module_switch(request: HttpRequest, key: str) -> HttpResponse:
    """One module at a place: its switch, its lock, its options; switching off asks once more."""
    if key not in catalogue:
        raise Http404
    place, module = settings_place(request, ADMINS), catalogue.get(key)
    if request.method != "POST":
        return _page(request, place, module, Sent())
    sent = _sent(request, place, module)
    if not sent.form.is_valid() or (sent.options is not None and not sent.options.is_valid()):
        sent.status = 422
        return _page(request, place, module, sent)
    state = sent.form.cleaned_data["state"]
    if "sure" not in request.POST and _turns_off(place, module, state):
        sent.asks = True
        return _page(request, place, module, sent)
    person, here = request.user.person, f"{reverse('modules')}?area={place.area.pk}"
    try:
        actions.switch_module(
            area=place.area, module=key, state=state, by=person, at=timezone.now(), expect=expected(request),
            locked=sent.form.cleaned_data.get("locked", False),
            options=sent.options.cleaned_data if sent.options is not None else None,
            once=once.from_request(request, f"person:{person.pk}"), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        sent.refusal, sent.status = why.sentence(), why.status
        sent.moved = tuple(_moved(place, module, sent)) if isinstance(why, SettingMoved) else ()
        return _page(request, place, module, sent)
    messages.success(request, _("“%(module)s”的设置存好了。") % {"module": module.name})
    return redirect(here)


def _sent(request: HttpRequest, place: Place, module: Module) -> Sent:
    form = SwitchForm(request.POST, **_allowed(request, place))
    return Sent(form, module.options(request.POST, prefix="o") if module.options is not None else None)


def _allowed(request: HttpRequest, place: Place) -> dict[str, bool]:
    locks = may_lock(roles_of_request(request).at(place.area)) and bool(place.below)
    return {"may_lock": locks, "is_top": place.area.parent_id is None}


def _turns_off(place: Place, module: Module, state: str) -> bool:
    """Whether the module is on now and would not be any more."""
    after = inherited_at(module.key, place.area) if state == actions.INHERIT else state == "on"
    return switches_at(place.area).setting(module.key).on and not after


def _page(request: HttpRequest, place: Place, module: Module, sent: Sent) -> HttpResponse:
    setting = switches_at(place.area).setting(module.key)
    own = setting.decided_at == place.area
    allowed = _allowed(request, place)
    drawn = {"state": ("on" if setting.on else "off") if own else actions.INHERIT,
             "locked": own and setting.locked_at == place.area}  # fmt: skip
    newest = queries.newest_switch_change(place.area, module.key)
    changes = queries.switch_changes(place.area, module.key)
    options = sent.options
    if options is None and module.options is not None:
        options = module.options(initial=dict(setting.options), prefix="o")
    context = {
        "place": place, "module": module, "setting": setting, "source": _source(setting, place),
        "form": sent.form or SwitchForm(initial=drawn, **allowed), "options": options,
        "refusal": sent.refusal, "moved": sent.moved, "asks": sent.asks, "once": once.fresh_key(), "expect": newest.pk if newest else 0,
        "open_count": module.open_count(place.area) if module.open_count is not None else None,
        "bound": setting.locked_at is not None and setting.locked_at != place.area, "page_url": reverse("modules"),
        "changes": queries.told_switches(changes, _labels(module), _words, {module.key: module.name}),
    }  # fmt: skip
    return render_page(request, "communities/module.html", context, status=sent.status)


def _moved(place: Place, module: Module, sent: Sent) -> list[tuple[str, str, str]]:
    """(label, as it is now, as chosen) where the two differ."""
    newest = queries.newest_switch_change(place.area, module.key)
    now = {"state": actions.INHERIT, "locked": False} | queries.flat_switch(
        newest.after if newest is not None else None
    )
    typed = dict(sent.form.cleaned_data) if sent.form is not None else {}
    if sent.options is not None and typed.get("state") != actions.INHERIT:
        typed |= sent.options.cleaned_data
    return queries.differing(now, now | typed, _labels(module), _words)


def _source(setting: Setting, place: Place) -> str:
    """Where a setting comes from."""
    if setting.locked_at is not None and setting.locked_at != place.area:
        return _("由%(where)s统一设置，这里不能改") % {"where": setting.locked_at.name}
    if setting.decided_at is None:
        return _("按参考目录")
    if setting.decided_at != place.area:
        return _("跟随%(where)s") % {"where": setting.decided_at.name}
    return _("这里自己设的，下级都照这样") if setting.locked_at is not None else _("这里自己设的")


def _sections() -> dict[str, str]:
    return {
        "party": _("抓党建"), "governance": _("抓治理"), "service": _("抓服务"), "personal": _("个人中心")
    }  # fmt: skip


def _labels(module: Module | None) -> dict[str, Any]:
    named: dict[str, Any] = {"state": _("开关"), "locked": _("下级照这样")}
    if module is not None and module.options is not None:
        named |= {name: field.label or name for name, field in module.options.base_fields.items()}
    return named


def _words(name: str, value: Any) -> str:
    if name == "state":
        said = {"on": _("开启"), "off": _("关闭"), actions.INHERIT: _("跟随上级")}
        return said.get(value, _("跟随上级"))
    return queries.plain_words(value)
