"""Trying a rule that is not saved yet on last month's cases: at once, or as a job where there are too many."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction

from communities.rules import NotAllowed
from core import jobs
from grievances import rules, trying
from grievances.actions.rules import LAST, Target, aim, said
from grievances.models import Area, Category, DispatchRule, Person, RuleTrial
from grievances.queries import target_of_code

PIECE = 10_000


def job_of(trial_id: int) -> str:
    """The name of a trial's job."""
    return f"grievances.trial.{trial_id}"


def draft_rule(
    *, area: Area, rule: DispatchRule | None, category: Category | None, target: Target, at_once: bool = False,
    tier: str = "", urgency: str = "", hours: str = "",
) -> DispatchRule:  # fmt: skip
    """The rule as it would be, not saved; ``rule`` is the one that would change. Raises TargetGone, PointsBack."""
    draft = DispatchRule(area=area, category=category, at_once=at_once, tier=tier, urgency=urgency, hours=hours)
    if rule is not None:
        draft.pk, draft.order, draft.version = rule.pk, rule.order, rule.version + 1
        draft.is_catch_all = rule.is_catch_all
    else:
        draft.order = _first_place(draft)
    aim(rule=draft, target=target)
    return draft


def _first_place(draft: DispatchRule) -> int:
    """Where create_rule would put it: before the first of its category that asks for less, else at the end."""
    equals = DispatchRule.objects.filter(area=draft.area, category=draft.category, is_catch_all=False)
    less = [one.order for one in equals if one.asks < draft.asks]
    return max(min(less) - 1, 0) if less else LAST


def try_rule(*, draft: DispatchRule, by: Person, at: datetime) -> tuple[trying.Trial | None, RuleTrial | None]:
    """Try a draft on the last month's cases of its place: the trial done, or a job begun where there are too many.

    Raises NotAllowed.
    """
    if not rules.may_set_rules(by, draft.area):
        raise NotAllowed
    cases = trying.cases_of(draft.area, until=at)
    total = cases[: trying.AT_ONCE + 1].count()
    if total <= trying.AT_ONCE:
        trial = trying.Trial(draft.area, draft)
        trial.feed(trying.rows_after(cases, None, trying.AT_ONCE))
        return trial, None
    with transaction.atomic():
        told = said(draft) | {"catch_all": draft.is_catch_all}
        kept = RuleTrial.objects.create(area=draft.area, rule_id=draft.pk, said=told, by=by, made_at=at)
        jobs.begin(name=job_of(kept.pk), total=cases.count(), at=at)
    return None, kept


def go_on_with_trials(*, at: datetime) -> int:
    """Go on with every trial that is not finished and that nobody else is at; returns how many pieces were done."""
    pieces = 0
    for kept in RuleTrial.objects.filter(finished_at=None).select_related("area").order_by("pk")[:20]:
        with jobs.hold(job_of(kept.pk)) as mine:
            if mine:
                pieces += _finish(kept, at)
    return pieces


def _finish(kept: RuleTrial, at: datetime) -> int:
    kept.refresh_from_db()
    pairs: Counter[tuple[str, str]] = Counter({(one, two): n for one, two, n in kept.moves})
    first = [(pk, one, two) for pk, one, two in kept.first]
    trial = trying.Trial(kept.area, rule_said(kept), trying.Moves(kept.cases, pairs, first))
    cases = trying.cases_of(kept.area, until=kept.made_at)
    pieces = 0
    while kept.finished_at is None:
        last = (kept.last_at, kept.last_id) if kept.last_at is not None else None
        rows = trying.rows_after(cases, last, PIECE)
        trial.feed(rows)
        _keep(kept, trial.moves, rows, at)
        pieces += 1
    return pieces


def _keep(kept: RuleTrial, moves: trying.Moves, rows: list[trying.Row], at: datetime) -> None:
    """Write down how far it came, with the job's count, in one transaction."""
    with transaction.atomic():
        job = jobs.lock(job_of(kept.pk))
        if len(rows) < PIECE:
            kept.finished_at = at
        if rows:
            kept.last_at, kept.last_id = rows[-1][-1], rows[-1][0]
        kept.cases, kept.first = moves.cases, [list(move) for move in moves.first]
        kept.moves = [[one, two, n] for (one, two), n in moves.pairs.most_common()]
        kept.save()
        jobs.advance(job, at=at, by=len(rows) if kept.finished_at is None else job.total)


def rule_said(kept: RuleTrial) -> DispatchRule:
    """The rule that a trial is about, from what was kept of it."""
    told: dict[str, Any] = kept.said
    sort, _colon, name = told["target"].partition(":")
    rule = DispatchRule(
        pk=kept.rule_id, area=kept.area, category=Category.objects.filter(pk=told["category"]).first(),
        tier=told["tier"], urgency=told["urgency"], hours=told["hours"], order=told["order"],
        role=name if sort == "role" else "", organisation_kind=name if sort == "kind" else "",
        version=told["version"], is_catch_all=told.get("catch_all", False),
    )  # fmt: skip
    named = target_of_code(told["target"])
    rule.person = named if isinstance(named, Person) else None
    rule.organisation = None if named is None or isinstance(named, Person) else named
    return rule
