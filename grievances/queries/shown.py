"""One case as its pages show it: steps, photos, ratings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from communities import roles
from core.history import StepText, texts_of
from core.saying import day_words
from core.statements import Given, Statement
from grievances import routing
from grievances.models import (
    Case,
    CaseHistory,
    CasePhoto,
    Hours,
    Person,
    Rating,
    Source,
    Tier,
    Urgency,
    Visibility,
)
from grievances.queries.seeing import CASE
from grievances.workflow import RESULT_STEPS, UNRATED, How, NextDoor, NotHere, Reached, Relation, Suspension

STEP_WORDS = {
    "report": _l("居民上报"), "dispatch": _l("派单"), "accept": _l("签收，开始办"), "contact": _l("联系反映人"),
    "return": _l("退单，等重新派"), "hand_over": _l("移交给接手的人"), "take_over": _l("交班，换人接着办"), "result": _l("办结，结果已告诉居民"), "rate": _l("居民说解决了"),
    "reopen": _l("居民说没解决，重新办理"), "close_unrated": _l("七天没有评价，按未评价办结"),
    "reject": _l("不予受理"), "withdraw": _l("居民撤回"), "leave": _l("反映人不再跟进"),
    "add": _l("居民补充"), "wish": _l("居民改了谁能看到"), "release": _l("放上公开栏"), "unrelease": _l("不在公开栏显示"),
    "report_for": _l("代居民录入"), "patrol_done": _l("巡查发现，当场办好"), "triage": _l("定了类别"),
    "recategorise": _l("改了类别"), "answer_directly": _l("直接答复"), "transfer": _l("改派"), "rule_return": _l("裁定退单"),
    "ask_reporter": _l("请居民补充，时限暂停"), "reporter_answers": _l("居民补充了，接着办"), "end_waiting": _l("不再等补充，接着办"),
    "ask_extension": _l("申请延期"), "decide_extension": _l("批延期"), "ask_suspension": _l("申请挂账"),
    "suspend": _l("同意挂账，时限暂停"), "refuse_suspension": _l("不同意挂账"), "resume": _l("恢复办理"),
    "result_to_check": _l("办结，送核查"), "check_pass": _l("核查通过，结果已告诉居民"), "check_fail": _l("核查没有通过"),
    "propose_settlement": _l("提出终结"), "settle": _l("复核同意，终结"), "drop_settlement": _l("不终结"),
    "merge": _l("并入另一件"), "unmerge": _l("分开单独办"), "take_in": _l("并进一件"), "let_out": _l("分出一件"),
    "urge": _l("督办"), "answer_urge": _l("答复督办"), "comment": _l("内部留言"),
    "warn_ruling": _l("退单过了裁定时限"), "warn_urge": _l("督办过了答复时间"),
    "contact_soon": _l("首次联系时限已过四分之三"), "warn_contact": _l("到了首次联系的时限"), "warn_due": _l("时限已过四分之三"), "mark_overdue": _l("超过了承诺时间"),
    "escalate": _l("还没有办好，报给上一级"), "alarm": _l("紧急，十分钟没有人接，报给上一级"), "recompute": _l("日历或上班时间变了，时限重算"),
}  # fmt: skip


def _given_words(step: str, given: dict[str, Any]) -> str:
    """What was chosen with one of the turns: where to, until when, why."""
    if step == "decide_extension":
        words = _("同意") if given.get("granted") == "yes" else _("不同意")
        return f"{words} · {_day(given['new'])}" if given.get("new") else words
    parts = []
    if step in ("transfer", "rule_return"):
        holder = routing.from_code(str(given.get("holder", "")))
        parts.append(holder.words if holder is not None else "")
    if given.get("code") in Suspension:
        parts.append(str(Suspension(given["code"]).label))
    if given.get("door") in NextDoor:
        parts.append(str(NextDoor(given["door"]).label))
    if given.get("source") in Source and step == "report_for":
        parts.append(str(Source(given["source"]).label))
    if step in ("triage", "recategorise") and given.get("urgency") in Urgency:
        parts.append(str(Urgency(given["urgency"]).label))
    if step == "ask_extension":
        parts.append(_day(given.get("new")))
    if step in ("ask_suspension", "suspend", "urge"):
        parts.append(_("到 %(day)s") % {"day": _day(given.get("until"))})
    return " · ".join(part for part in parts if part)


def _asked_words(inputs: dict[str, Any]) -> list[str]:
    """What the rule was asked about, where that says more than the usual."""
    words = [str(Tier(inputs["tier"]).label)] if inputs.get("tier") in Tier else []
    if inputs.get("urgency") == Urgency.URGENT:
        words.append(str(Urgency.URGENT.label))
    if "in_hours" in inputs:
        words.append(str((Hours.IN if inputs["in_hours"] else Hours.OUT).label))
    return words


def _day(moment: Any) -> str:
    return day_words(datetime.fromisoformat(str(moment))) if moment else ""


@dataclass(frozen=True)
class StepView:
    """One history row with its texts, as a page shows it."""

    row: CaseHistory
    texts: dict[str, StepText]
    photos: list[CasePhoto]

    @property
    def label(self) -> str:
        """The step in plain words, as staff read it."""
        return str(STEP_WORDS.get(self.row.step, self.row.step))

    @property
    def detail(self) -> str:
        """What was chosen with the step: how one was reached, why a request is not taken in."""
        given = self.row.given
        if self.row.step == "contact" and given.get("how") in How:
            return str(How(given["how"]).label)
        if self.row.step == "reject" and given.get("code") in NotHere:
            return str(NotHere(given["code"]).label)
        if self.row.step == "wish" and given.get("visibility") in Visibility:
            return str(Visibility(given["visibility"]).label)
        return _given_words(self.row.step, given) or self._rule_words()

    def _rule_words(self) -> str:
        given = self.row.given
        if not given.get("rule"):
            return ""
        facts = {"rule": given["rule"], "version": given.get("rule_version") or 1}
        return " · ".join([_("规则 %(rule)s（第 %(version)s 版）") % facts, *_asked_words(given.get("inputs") or {})])

    @property
    def who(self) -> str:
        """Who took it: a name with the role for staff, nothing for the reporter and the clock."""
        if self.row.actor is None or self.row.role in (Relation.REPORTER, Relation.PROXY, Relation.LINK_HOLDER):
            return ""
        return self.row.actor.name

    @property
    def shown_texts(self) -> list[str]:
        """The texts of the step, except those that stand elsewhere on the page."""
        return [
            _("（已按期删除）") if text.erased_at else text.body
            for name, text in self.texts.items()
            if name not in ("text", "result_text")
        ]


_STEPS = Statement(
    lambda: CaseHistory.objects.filter(subject_id=Given("case")).select_related("actor", "acted_for").order_by("seq")
)
_PHOTOS = Statement(lambda: CasePhoto.objects.filter(case_id=Given("case")).select_related("photo").order_by("pk"))


def steps_of(case: Case) -> list[StepView]:
    """The history of a case, oldest first, with texts and photos: four queries however long."""
    rows = _STEPS.rows(case=case.pk)
    texts = texts_of(rows)
    photos: dict[int, list[CasePhoto]] = {}
    for shot in photos_of(case):
        photos.setdefault(shot.seq, []).append(shot)
    return [
        StepView(row, {name: texts[pk] for name, pk in row.texts.items() if pk in texts}, photos.get(row.seq, []))
        for row in rows
    ]


def newest_result(case: Case) -> StepView | None:
    """The newest result of a case, with its words and photos."""
    return result_of(steps_of(case))


def result_of(steps: Sequence[StepView]) -> StepView | None:
    """The newest step with a result's words."""
    return next((step for step in reversed(steps) if step.row.step in RESULT_STEPS), None)


def told_results(steps: Sequence[StepView]) -> list[StepView]:
    """The results that the resident was told, oldest first: one that is checked first counts once it has passed."""
    found: list[StepView] = []
    waiting: StepView | None = None
    for view in steps:
        if view.row.step == "result_to_check":
            waiting = view
        elif view.row.step in RESULT_STEPS:
            found.append(view)
        elif view.row.step == "check_pass" and waiting is not None:
            found.append(waiting)
    return found


def photos_of(case: Case) -> list[CasePhoto]:
    """The photos of a case, in the order they came."""
    return _PHOTOS.rows(case=case.pk)


def rating_of(case: Case) -> Rating | None:
    """The newest answer of the resident; nobody answers before there is a result."""
    if case.result_at is None:
        return None
    return case.ratings.order_by("-seq").first()


def is_late_answer(case: Case) -> bool:
    """Whether the case was closed without a rating (a late one may replace that)."""
    return case.outcome in UNRATED


def address_of(case: Case) -> str:
    """Where a case is shown."""
    return reverse("case", args=[case.pk])


def for_notice(row: Any) -> Case:
    """The case that an outbox row is about."""
    case = CASE.first(pk=row.about_id)
    if case is None:
        raise Case.DoesNotExist(row.about_id)
    return case


def was_reached(row_id: int | None) -> bool:
    """Whether a contact reached the resident: a call that nobody answered did not."""
    missed = CaseHistory.objects.filter(given__reached__in=[Reached.NO_ANSWER, Reached.WRONG])
    return row_id is None or not missed.filter(pk=row_id).exists()


def was_granted(row_id: int | None) -> bool:
    """Whether a decision (its history row) granted what was asked for."""
    given = CaseHistory.objects.filter(pk=row_id).values_list("given", flat=True).first() if row_id else None
    return given is not None and given.get("granted") == "yes"


def held_before(row_id: int | None) -> list[Person]:
    """Who had the case before a step gave it to somebody else: that person, or those of the organisation or role."""
    given = CaseHistory.objects.filter(pk=row_id).values_list("given", flat=True).first() if row_id else None
    before = routing.from_code(str(given.get("was", ""))) if given else None
    if before is None:
        return []
    if before.person is not None:
        return [before.person]
    if before.organisation is not None:
        return roles.people_of(before.organisation)
    return roles.holders_at(before.role, before.area) if before.area is not None else []


def returned_by(rows: Iterable[CaseHistory]) -> set[str]:
    """The codes of the holders who gave the case back, from its steps in order."""
    found: set[str] = set()
    holder = ""
    for row in rows:
        if row.step == "return" and holder:
            found.add(holder)
        holder = str(row.given.get("holder") or holder)
    return found


def actor_of_row(row_id: int | None) -> int | None:
    """The person who took the step of a history row, or None (the clock, a link, no row)."""
    return _ACTOR.first(row=row_id) if row_id is not None else None


_ACTOR = Statement(lambda: CaseHistory.objects.filter(pk=Given("row")).values_list("actor_id", flat=True))
