"""What a person reported, as they see it: cases, steps, answers, and the photos they sent."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from core.exports import Exporter, StoredFile, Table, exports
from core.media.reading import SUFFIXES
from grievances import queries, telling
from grievances.models import Case, CaseHistory, CasePhoto, Follow, Person, Rating
from grievances.workflow import Relation

NUMBER, AT = _l("编号"), _l("时间")
STAFF = _l("工作人员")
ALSO_TOLD = frozenset({"report", "report_for", "patrol_done", "settle", "reject"})


def _mine(person: Person) -> QuerySet[Case]:
    return queries.reported_by(person).filter(reporter=person).order_by("reported_at", "pk")


def _tables(person: Person) -> Iterator[Table]:
    yield Table(
        "cases", _l("我反映的事"),
        {"number": NUMBER, "title": _l("标题"), "kind": _l("类型"), "category": _l("分类"), "place": _l("地点"),
         "visibility": _l("公开"), "state": _l("状态"), "outcome": _l("结果"), "reported_at": _l("上报时间"),
         "due_at": _l("答应的时间"), "result_at": _l("办好的时间"), "closed_at": _l("办结时间")},
        (_case_row(case) for case in _mine(person)),
    )  # fmt: skip
    yield Table(
        "steps",
        _l("办理经过"),
        {"number": NUMBER, "at": AT, "what": _l("做了什么"), "who": _l("谁"), "words": _l("说了什么")},
        (row for case in _mine(person) for row in _step_rows(case, person)),
    )
    ratings = Rating.objects.filter(case__in=_mine(person).order_by().values("pk")).select_related("case")
    yield Table(
        "ratings", _l("我的评价"),
        {"number": NUMBER, "contacted": _l("联系过我"), "solved": _l("解决了"), "stars": _l("星"), "at": AT},
        ({"number": rating.case.number, "contacted": rating.contacted, "solved": rating.solved,
          "stars": rating.stars, "at": rating.at} for rating in ratings.order_by("at", "pk")),
    )  # fmt: skip
    for_others = Case.objects.filter(proxy=person).order_by("reported_at", "pk")
    yield Table(
        "for_others", _l("我替别人反映的事"),
        {"number": NUMBER, "state": _l("状态"), "reported_at": _l("上报时间")},
        ({"number": case.number, "state": case.get_state_words(), "reported_at": case.reported_at}
         for case in for_others),
    )  # fmt: skip
    followed = Follow.objects.filter(person=person).select_related("case__wall_item").order_by("since", "pk")
    yield Table(
        "follows", _l("我关注的事"), {"title": _l("标题"), "since": AT},
        ({"title": row.case.wall_item.title if hasattr(row.case, "wall_item") else _("（已从公开栏撤下）"),
          "since": row.since} for row in followed),
    )  # fmt: skip


def _case_row(case: Case) -> dict[str, Any]:
    return {
        "number": case.number, "title": case.title, "kind": case.get_kind_display(),
        "category": case.category.name if case.category is not None else "", "place": case.place_words,
        "visibility": case.get_visibility_display(), "state": case.get_state_words(),
        "outcome": case.get_outcome_display(), "reported_at": case.reported_at, "due_at": case.due_at,
        "result_at": case.result_at, "closed_at": case.closed_at,
    }  # fmt: skip


def _step_rows(case: Case, person: Person) -> Iterator[dict[str, Any]]:
    """The steps as the reporter reads them, oldest first; who took each stands by their role."""
    steps = queries.steps_of(case)
    views = [view for view in steps if telling.is_told(view)]
    newest = next(reversed(queries.told_results(steps)), None)
    proposed = next((view for view in reversed(steps) if view.row.step == "propose_settlement"), None)
    for view, told in zip(views, reversed(telling.told(case, steps, person)), strict=True):
        own = _own_words(view, proposed) if view.row.step in ALSO_TOLD or view is newest else ""
        yield {
            "number": case.number, "at": told.at, "what": told.what, "who": _who(view.row, person),
            "words": "\n".join(told.lines) or own,
        }  # fmt: skip


def _own_words(view: queries.StepView, proposed: queries.StepView | None) -> str:
    """What stands at the top of the page instead of by its step: the report, the newest result, the settlement."""
    if view.row.step == "settle":
        return str(proposed.texts.get("reason", "")) if proposed is not None else ""
    return next((str(view.texts[name]) for name in ("text", "result_text", "where_instead") if name in view.texts), "")


def _who(row: CaseHistory, person: Person) -> str:
    if row.actor_id == person.pk or row.role in (Relation.REPORTER, Relation.LINK_HOLDER):
        return _("本人")
    if row.role in Relation:
        return str(Relation(row.role).label)
    return str(STAFF) if row.actor_id is not None else _("平台")


def _files(person: Person) -> Iterator[StoredFile]:
    """The photos the person sent with their reports and answers, as they were sent."""
    shots = CasePhoto.objects.filter(case__in=_mine(person).order_by().values("pk"), photo__owner=f"person:{person.pk}")
    for shot in shots.select_related("photo", "case").order_by("pk"):
        name = f"photos/{shot.case.number}-{shot.pk}.{SUFFIXES[shot.photo.content_type]}"
        yield StoredFile(name, shot.photo.original_key)


def _others(person: Person) -> Iterator[tuple[str, str]]:
    """Everybody who took a step in these cases or holds one, and those for whom the person wrote."""
    cases = queries.reported_by(person).order_by().values("pk")
    actors = CaseHistory.objects.filter(subject__in=cases, actor__isnull=False).order_by().values("actor")
    holders = Case.objects.filter(pk__in=cases).order_by()
    ids = actors.union(
        holders.filter(holder_person__isnull=False).values("holder_person"), holders.filter(handler__isnull=False).values("handler"),
        holders.filter(reporter__isnull=False).values("reporter"), holders.filter(proxy__isnull=False).values("proxy"),
    )  # fmt: skip
    for other in Person.objects.filter(pk__in=ids).exclude(pk=person.pk):
        yield other.name, str(STAFF)
        yield telling.worker_words(other, telling.Holder()), _("师傅")


exports.register("grievances", Exporter(label=_l("诉求"), tables=_tables, files=_files, others=_others))
