"""How the demo's requests went: each story is a list of steps with hours after the report.

Every step goes through the actions that a page would call, with its moment passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import timers
from core.media import actions as media
from core.workflow import Actor
from grievances import actions, queries
from portal.demo.cases import Request
from portal.demo.pictures import picture


@dataclass
class Teller:
    """Who does what in the stories: ``workers`` by grid, ``dispatchers`` by community code."""

    workers: dict[str, Any]
    dispatchers: dict[str, Any]
    community_of: dict[str, str]
    areas: dict[str, Any]
    residents: list[Any]
    started: datetime
    pictures: dict[str, bytes] = field(default_factory=dict)

    def tell(self, request: Request) -> int:
        """Report one request and take it as far as its story goes; returns the case's id."""
        course = STORIES[request.story]
        at = self.started - timedelta(hours=request.ago)
        case_id = self._report(request, at)
        steps = _as_planned(course, request.ago)
        for hours, step in steps:
            moment = at + timedelta(hours=hours)
            self._catch_up(case_id, moment)
            step(self, request, case_id, moment)
        self._catch_up(case_id, self.started)
        return case_id

    def photos(self, scene: str, person: Any, at: datetime, number: int = 1) -> list[str]:
        """``number`` drawn pictures of a scene as fresh draft photos of ``person``."""
        found = []
        for index in range(number):
            upload = picture(scene, index)
            found.append(str(media.receive(owner=f"person:{person.pk}", upload=upload, at=at).pk))
        return found

    def _report(self, request: Request, at: datetime) -> int:
        who = self.residents[request.who]
        category = queries.category_by_name(request.category)
        photo_ids = self.photos(request.scene, who, at) if request.scene else []
        case = actions.report(
            by=who, area=self.areas[request.place], text=request.text, at=at, kind=request.kind, category=category,
            visibility=request.visibility, photo_ids=photo_ids, owner=f"person:{who.pk}", recorded_at=at,
        )  # fmt: skip
        return case.pk

    def _catch_up(self, case_id: int, until: datetime) -> None:
        for step, due in timers.due_of(actions.LABEL, case_id, until):
            timers.take_now(actions.LABEL, case_id, step, due, recorded_at=due)

    def worker(self, request: Request) -> Any:
        """The grid worker of the place, or the community's dispatcher where the grid has none."""
        return self.workers.get(request.place) or self.dispatcher(request)

    def dispatcher(self, request: Request) -> Any:
        """The community worker who dispatches for the place."""
        return self.dispatchers[self.community_of[request.place.split("/")[0]]]


Take = Callable[[Teller, Request, int, datetime], None]


def dispatch(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The dispatcher gives the case to the grid worker of the place."""
    case = queries.get_for(teller.dispatcher(request), case_id)
    if case.state != "reported" and case.state != "returned":
        return
    place = teller.areas[request.place]
    actions.dispatch(
        case_id=case_id, by=teller.dispatcher(request), holder=queries.grid_holder(place), at=at,
        why=f"{place.parent.name}属{place.name}，先由网格员到场看看", recorded_at=at,
    )  # fmt: skip


def accept(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The holder takes it in hand."""
    actions.accept(case_id=case_id, by=_holder(teller, request, case_id), at=at, recorded_at=at)


def contact(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The holder calls the resident."""
    actions.contact(
        case_id=case_id,
        by=_holder(teller, request, case_id),
        how="phone",
        line="电话约好当天上门看",
        at=at,
        recorded_at=at,
    )


def give_back(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The holder returns a wrong dispatch."""
    actions.give_back(
        case_id=case_id, by=_holder(teller, request, case_id), at=at, recorded_at=at,
        reason="小区内的管网由物业养护，网格员没有疏通设备", proposed="锦绣物业工程班",
    )  # fmt: skip


def result(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The holder reports the work as done, with pictures where the category asks for them."""
    by = _holder(teller, request, case_id)
    category = queries.get_for(by, case_id).category
    before = teller.photos(request.scene or "road", by, at, category.photos_before if category else 0)
    after = teller.photos((request.scene or "road") + "-done", by, at, category.photos_after if category else 0)
    actions.result(
        case_id=case_id, by=by, result_text=request.result or "已到现场处理，情况已向反映人当面说明。", at=at,
        before=before, after=after, owner=f"person:{by.pk}", recorded_at=at,
    )  # fmt: skip


def rate(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The resident says that it is solved."""
    actions.rate(
        case_id=case_id, actor=Actor.of(teller.residents[request.who]), contacted=True, stars=request.stars,
        words="处理得很快，谢谢。" if request.stars > 3 else "", at=at, recorded_at=at,
    )  # fmt: skip


def reopen(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The resident says that it is not solved."""
    actions.reopen(
        case_id=case_id, actor=Actor.of(teller.residents[request.who]), contacted=True, at=at, recorded_at=at,
        reason="过了一天又坏了，还是老样子。",
    )  # fmt: skip


def reject(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """Not for this platform."""
    actions.reject(
        case_id=case_id, by=teller.dispatcher(request), code="not_ours", at=at, recorded_at=at,
        where_instead="这件事由市场监管部门受理，请拨打 12315，或在全国 12315 平台上反映。",
    )  # fmt: skip


def withdraw(teller: Teller, request: Request, case_id: int, at: datetime) -> None:
    """The resident takes it back."""
    actions.withdraw(case_id=case_id, by=teller.residents[request.who], at=at, recorded_at=at)


def _holder(teller: Teller, request: Request, case_id: int) -> Any:
    return queries.somebody_holding(case_id) or teller.worker(request)


DONE: list[tuple[float, Take]] = [(0.4, dispatch), (1.0, accept), (1.5, contact), (20.0, result)]
STORIES: dict[str, list[tuple[float, Take]]] = {
    "new": [],
    "sent": [(0.4, dispatch)],
    "doing": [(0.4, dispatch), (1.0, accept), (1.4, contact)],
    "late": [(0.4, dispatch), (2.0, accept), (3.0, contact)],
    "back": [(0.4, dispatch), (3.0, give_back)],
    "done": DONE,
    "closed": [*DONE, (30.0, rate)],
    "unrated": DONE,
    "again": [*DONE, (40.0, reopen), (42.0, accept)],
    "no": [(2.0, reject)],
    "gone": [(5.0, withdraw)],
}


def _as_planned(course: list[tuple[float, Take]], ago: float) -> list[tuple[float, Take]]:
    """The story's moments, drawn together where the report is younger than the story is long."""
    longest = max((hours for hours, _step in course), default=0)
    squeeze = min(1.0, 0.9 * ago / longest) if longest else 1.0
    return [(hours * squeeze, step) for hours, step in course]
