"""Dispatch rules of a place (派单规则): in the order they are asked, with those that lead nowhere on top."""

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
from communities.rules import SettingMoved
from core import once
from core.htmx import render_page
from core.jobs import progress
from core.once import AlreadyDone, Key
from core.refusals import Refused
from grievances import actions, queries, routing, rulebook, trying
from grievances.forms.rules import RuleForm, TryForm
from grievances.models import Area, DispatchRule, Hours, Tier, Urgency
from grievances.rules import SETS_RULES, may_set_rules
from grievances.views import moving as shown


@holds(*SETS_RULES)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules for a place as a case meets them, and a box to try them out."""
    place = settings_place(request, SETS_RULES)
    walk = queries.walk(place.area)
    line, last = [rule for step in walk for rule in step.rules], queries.catch_all_of(place.area)
    broken, hints = queries.broken([*line, last]), queries.hints([*line, last])
    steps = [
        {"area": step.area, "own": step.own, "rows": _rows(step.rules, broken, hints)}
        for step in walk if step.own or step.rules
    ]  # fmt: skip
    number = 0
    for step in steps:
        for row in step["rows"]:
            row["number"] = number = number + 1
    sent = "place" in request.GET
    trying = TryForm(request.GET if sent else None, area=place.area, initial={"place": place.area.pk})
    context: dict[str, Any] = {
        "place": place, "steps": steps, "off": _rows(queries.switched_off(place.area), {}, {}), "trying": trying,
        "broken": [row for step in steps for row in step["rows"] if row["broken"]],
        "page_url": reverse("rules"),
        "tried": _tried(trying) if sent and trying.is_valid() else None,
        "last": _rows([last], broken, hints)[0], "may_last": may_set_rules(request.user.person, last.area),
        "last_number": number + 1,
    }  # fmt: skip
    return render_page(request, "grievances/rules.html", context)


def _tried(form: TryForm) -> routing.Proposal:
    asked = form.asked()
    return routing.book_along(asked.area).propose(asked)


def _rows(rules_here: list[DispatchRule], broken: dict[int, str], hints: dict[int, str]) -> list[dict[str, Any]]:
    near = queries.neighbours(rules_here)
    return [
        {"rule": rule, "who": queries.target_words(rule), "broken": broken.get(rule.pk, ""),
         "hint": hints.get(rule.pk, ""), "conditions": rulebook.conditions_words(rule), "up": near[rule.pk][0],
         "down": near[rule.pk][1], "once": once.fresh_key()}
        for rule in rules_here
    ]  # fmt: skip


@holds(*SETS_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """A new rule for a place."""
    area = settings_place(request, SETS_RULES).area
    form = RuleForm(request.POST or None, area=area)
    if request.method != "POST" or not form.is_valid():
        return _form(request, area, form, status=200 if request.method != "POST" else 422)
    if "try" in request.POST:
        return _try(request, area, form)
    here = f"{reverse('rules')}?area={area.pk}"
    try:
        actions.create_rule(
            area=area, category=form.chosen_category(), target=form.chosen_target(), by=request.user.person,
            **form.conditions(), at=timezone.now(), once=_key(request), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        return _form(request, area, form, refusal=why.sentence(), status=why.status)
    messages.success(request, _("规则加好了，从现在起报的按它派。"))
    return redirect(here)


@holds(*SETS_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule with its versions: changed by those responsible for its place, looked at from below."""
    found = queries.rule_for(request.user.person, pk)
    kept = [("target", queries.target_code(found), queries.target_words(found))]
    if found.category is not None:
        kept.append(("category", str(found.category_id), found.category.name))
    drawn = {"category": str(found.category_id or ""), "target": kept[0][1]}
    drawn |= {name: getattr(found, name) for name in CONDITIONS}
    form = RuleForm(request.POST or None, area=found.area, kept=kept, plain=found.is_catch_all, initial=drawn)
    if request.method != "POST":
        return _form(request, found.area, form, found)
    if not may_set_rules(request.user.person, found.area):
        raise PermissionDenied
    if not form.is_valid():
        return _form(request, found.area, form, found, status=422)
    if "try" in request.POST:
        return _try(request, found.area, form, found)
    here = f"{reverse('rules')}?area={found.area_id}"
    try:
        actions.change_rule(
            rule_id=pk, category=form.chosen_category(), target=form.chosen_target(), by=request.user.person,
            **form.conditions(), at=timezone.now(), expect=expected(request), once=_key(request), address=here,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        moved = _moved(found, form) if isinstance(why, SettingMoved) else []
        return _form(request, found.area, form, found, refusal=why.sentence(), moved=moved, status=why.status)
    messages.success(request, _("规则 %(rule)s 改好了，从现在起报的按它派。") % {"rule": pk})
    return redirect(here)


CONDITIONS = ("tier", "urgency", "hours", "at_once")
STEPS = {"up": "", "down": "", "off": _("停用了"), "on": _("又用起来了")}


@holds(*SETS_RULES)
@require_POST
def rule_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Ask a rule earlier or later, switch it off or on again."""
    if step not in STEPS:
        raise Http404
    found = queries.rule_for(request.user.person, pk)
    here = f"{reverse('rules')}?area={found.area_id}"
    options: dict[str, Any] = {"by": request.user.person, "at": timezone.now(), "once": _key(request), "address": here}
    try:
        if step in ("up", "down"):
            actions.move_rule(rule_id=pk, up=step == "up", **options)
        else:
            actions.set_rule_active(rule_id=pk, active=step == "on", **options)
    except AlreadyDone as already:
        return redirect(already.address)
    except Refused as why:
        if why.status == 403:
            raise PermissionDenied from why
        messages.error(request, why.sentence())
    return redirect(here)


@holds(*SETS_RULES)
@require_POST
def catch_all(request: HttpRequest) -> HttpResponse:
    """Lead to the catch-all's form; a city that has none yet gets it now."""
    place = settings_place(request, SETS_RULES)
    found = queries.catch_all_of(place.area)
    if not may_set_rules(request.user.person, found.area):
        raise PermissionDenied
    if found.pk is None:
        actions.ensure_catch_all(at=timezone.now())
        found = queries.catch_all_of(place.area)
    return redirect("rule", found.pk)


@holds(*SETS_RULES)
@require_safe
def rule_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """A rule that is tried on many cases: how far it has come, then what would move."""
    kept = queries.trial_for(request.user.person, pk)
    draft = actions.rule_said(kept)
    context = {
        "trial": kept, "progress": progress(actions.job_of(pk)), "rule": draft, "who": queries.target_words(draft),
        "conditions": rulebook.conditions_words(draft), "days": trying.TRIED_DAYS,
        "found": shown.moves_kept(kept) if kept.finished_at else None,
    }  # fmt: skip
    return render_page(request, "grievances/rule_trial.html", context, part="bar")


def _try(request: HttpRequest, area: Area, form: RuleForm, found: DispatchRule | None = None) -> HttpResponse:
    """What a rule would have moved last month; nothing is saved."""
    try:
        draft = actions.draft_rule(
            area=area, rule=found, category=form.chosen_category(), target=form.chosen_target(), **form.conditions()
        )
        trial, kept = actions.try_rule(draft=draft, by=request.user.person, at=timezone.now())
    except Refused as why:
        return _form(request, area, form, found, refusal=why.sentence(), status=why.status)
    if kept is not None:
        return redirect("rule_trial", kept.pk)
    moves = shown.moves_of(trial) if trial is not None else None
    return _form(request, area, form, found, found_moves=moves)


def _key(request: HttpRequest) -> Key | None:
    return once.from_request(request, f"person:{request.user.person.pk}")


def _form(
    request: HttpRequest, area: Area, form: RuleForm, found: DispatchRule | None = None, *, refusal: str = "",
    moved: list[tuple[str, str, str]] | None = None, status: int = 200, found_moves: Any = None,
) -> HttpResponse:  # fmt: skip
    changes = settings.changes_of([f"rule:{found.pk}"]) if found is not None else []
    said = [state for change in changes for state in (change.before, change.after) if state]
    words = _words({state["target"] for state in said})
    context = {
        "area": area, "form": form, "rule": found, "refusal": refusal, "moved": moved or [], "once": once.fresh_key(),
        "expect": queries.newest_rule_change(found.pk) if found is not None else 0,
        "may_set": may_set_rules(request.user.person, area), "changes": settings.told(changes, _labels(), words),
        "who": queries.target_words(found) if found is not None else "", "found": found_moves,
        "conditions": rulebook.conditions_words(found) if found is not None else [], "days": trying.TRIED_DAYS,
        "broken": queries.broken([found]).get(found.pk, "") if found is not None and found.is_active else "",
    }  # fmt: skip
    return render_page(request, "grievances/rule.html", context, status=status)


def _labels() -> dict[str, str]:
    return {
        "version": _("第几版"), "category": _("哪类诉求"), "tier": _("哪一级"), "urgency": _("多急"),
        "hours": _("什么时间报的"), "target": _("派给"), "at_once": _("直接派出"),
        "order": _("顺序"), "is_active": _("启用"),
    }  # fmt: skip


def _words(codes: set[str]) -> Any:
    """A function that says a field's value: names of categories and receivers, read once."""
    targets, categories = queries.target_names(codes), queries.category_names()
    choices = {"tier": dict(Tier.choices), "urgency": dict(Urgency.choices), "hours": dict(Hours.choices)}

    def words(name: str, value: Any) -> str:
        if name == "target":
            return targets.get(value, "—")
        if name == "category":
            return categories.get(value, _("各类诉求"))
        if name in choices:
            return str(choices[name].get(value, _("不论")))
        return settings.plain_words(value)

    return words


def _moved(found: DispatchRule, form: RuleForm) -> list[tuple[str, str, str]]:
    """(label, as it is now, as typed) where the two differ."""
    fresh = queries.rule_by_id(found.pk) or found
    now = {"category": fresh.category_id, "target": queries.target_code(fresh)}
    now |= {name: getattr(fresh, name) for name in CONDITIONS}
    typed = {"category": int(form.cleaned_data.get("category") or 0) or None, "target": form.cleaned_data["target"]}
    typed |= form.conditions()
    return settings.differing(now, typed, _labels(), _words({queries.target_code(fresh), form.cleaned_data["target"]}))
