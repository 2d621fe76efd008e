"""One case as its pages show it: steps, photos, ratings."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from core.history import StepText, texts_of
from grievances.models import Case, CaseHistory, CasePhoto, Rating, Visibility
from grievances.queries.seeing import ROW
from grievances.workflow import How, NotHere, Outcome, Relation

STEP_WORDS = {
    "report": _l("居民上报"), "dispatch": _l("派单"), "accept": _l("签收，开始办"), "contact": _l("联系反映人"),
    "return": _l("退单，等重新派"), "hand_over": _l("移交给接手的人"), "result": _l("办结，结果已告诉居民"), "rate": _l("居民说解决了"),
    "reopen": _l("居民说没解决，重新办理"), "close_unrated": _l("七天没有评价，按未评价办结"),
    "reject": _l("不予受理"), "withdraw": _l("居民撤回"), "leave": _l("反映人不再跟进"),
    "add": _l("居民补充"), "wish": _l("居民改了谁能看到"), "release": _l("放上公开栏"), "unrelease": _l("不在公开栏显示"),
    "warn_contact": _l("到了首次联系的时限"), "warn_due": _l("时限已过四分之三"), "mark_overdue": _l("超过了承诺时间"),
}  # fmt: skip


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
        return _("规则 %(rule)s") % {"rule": given["rule"]} if given.get("rule") else ""

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


def steps_of(case: Case) -> list[StepView]:
    """The history of a case, oldest first, with texts and photos: four queries however long."""
    rows = list(case.history.select_related("actor", "acted_for").order_by("seq"))
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
    return next((step for step in reversed(steps_of(case)) if step.row.step == "result"), None)


def photos_of(case: Case) -> list[CasePhoto]:
    """The photos of a case, in the order they came."""
    return list(case.photos.select_related("photo").order_by("pk"))


def rating_of(case: Case) -> Rating | None:
    """The newest answer of the resident."""
    return case.ratings.order_by("-seq").first()


def is_late_answer(case: Case) -> bool:
    """Whether the case was closed without a rating (a late one may replace that)."""
    return case.outcome == Outcome.NOT_RATED


def address_of(case: Case) -> str:
    """Where a case is shown."""
    return reverse("case", args=[case.pk])


def for_notice(row: Any) -> Case:
    """The case that an outbox row is about."""
    return Case.objects.select_related(*ROW, "reporter", "proxy").get(pk=row.about_id)


def actor_of_row(row_id: int | None) -> int | None:
    """The person who took the step of a history row, or None (the clock, a link, no row)."""
    if row_id is None:
        return None
    return CaseHistory.objects.filter(pk=row_id).values_list("actor_id", flat=True).first()
