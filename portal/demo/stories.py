"""Plays the planned cases: every step goes through the action that a page would call, its moment passed in."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import timers
from core.media import actions as media
from core.refusals import Refused
from core.workflow import Actor
from grievances import actions, queries
from portal.demo.cases import Request
from portal.demo.pictures import picture
from portal.demo.plan import Planned, elsewhere
from portal.demo.wording import CONTACTS, GIVEN_BACK, LATER, QUESTIONS, RESTING

log = logging.getLogger(__name__)

RESTS = timedelta(days=30)
WAITING = ("reported", "returned")


@dataclass
class Teller:
    """Who does what: dispatchers by community code, bodies by compound key, residents in the plan's order."""

    dispatchers: dict[str, Any]
    bodies: dict[str, Any]
    community_of: dict[str, str]
    areas: dict[str, Any]
    district: Any
    residents: list[Any]
    categories: dict[str, Any]
    started: datetime
    drawn: dict[tuple[str, int], bytes] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def tell(self, planned: Planned) -> int:
        """Report one case and take every step of its plan; returns the case's id."""
        told = Told(self, planned)
        try:
            for verb, at in planned.steps:
                told.catch_up(at)
                VERBS[verb](told, at)
        except Refused as refused:
            # Whoever tries the portal meanwhile may have changed a role or a rule: the case stands where it came to.
            log.warning("case %s of the demo ends early: %s", planned.number, refused)
        told.catch_up(self.started)
        return int(told.case.pk)

    def photos(self, scene: str, person: Any, at: datetime, number: int) -> list[str]:
        """``number`` drawn pictures of a scene as fresh draft photos of ``person``."""
        made = [
            str(media.receive(owner=f"person:{person.pk}", upload=self._upload(scene, index), at=at).pk)
            for index in range(number)
        ]
        self.taken += made
        return made

    def _upload(self, scene: str, index: int) -> Any:
        if (scene, index) not in self.drawn:
            self.drawn[scene, index] = picture(scene, index).read()
        return SimpleUploadedFile(f"{scene}-{index}.jpg", self.drawn[scene, index], "image/jpeg")


class Told:
    """One case while it is told: the case as the last step left it, and who holds it."""

    def __init__(self, teller: Teller, planned: Planned) -> None:
        self.teller, self.planned, self.request = teller, planned, planned.request
        self.resident = teller.residents[self.request.who]
        self.place = teller.areas[self.request.place]
        self.category = teller.categories.get(self.request.category)
        compound = self.request.place.split("/")[0]
        self.dispatcher = teller.dispatchers[teller.community_of[compound]]
        self.body = teller.bodies.get(compound)
        self._holder: Any = None
        self.case: Any = self._report(self.request, planned.at)

    @property
    def holder(self) -> Any:
        """The first person in whose hands the case is."""
        if self._holder is None:
            self._holder = next(iter(queries.people_holding(self.case)), self.dispatcher)
        return self._holder

    @property
    def superior(self) -> Any:
        """Who decides above the holder."""
        return queries.superiors_of(self.case)[0]

    def given_to(self, case: Any) -> None:
        """The case has a new holder, who is looked up when needed."""
        self.case, self._holder = case, None

    def catch_up(self, until: datetime) -> None:
        """Take the clock's steps that are due by then, those too that one of them starts."""
        while waiting := timers.due_of(actions.LABEL, self.case.pk, until):
            step, due = waiting[0]
            timers.take_now(actions.LABEL, self.case.pk, step, due, recorded_at=due)

    def drawings(self, at: datetime, number: int, *, done: bool) -> list[str]:
        """Pictures by the holder, of before or after the work."""
        scene = (self.request.drawn or self.request.scene or "road") + ("-done" if done else "")
        return self.teller.photos(scene, self.holder, at, number)

    def pick(self, lines: tuple[str, ...]) -> str:
        """One of the lines, always the same for this case."""
        return lines[self.planned.number % len(lines)]

    def _report(self, request: Request, at: datetime) -> Any:
        who = self.resident
        photo_ids = self.teller.photos(request.scene, who, at, 1) if request.scene else []
        return actions.report(
            by=who, area=self.place, text=request.text, at=at, kind=request.kind, category=self.category,
            visibility=request.visibility, photo_ids=photo_ids, owner=f"person:{who.pk}", recorded_at=at,
        )  # fmt: skip


def _dispatch(told: Told, at: datetime) -> None:
    if told.case.state not in WAITING:
        return
    why = f"{told.place.parent.name}属{told.place.name}，先由网格员到场看看"
    case = actions.dispatch(
        case_id=told.case.pk, by=told.dispatcher, holder=queries.grid_holder(told.place), at=at, why=why, recorded_at=at
    )
    told.given_to(case)


def _dispatch_body(told: Told, at: datetime) -> None:
    if told.body is None:
        _dispatch(told, at)
    elif told.case.state in WAITING:
        why = f"{told.place.parent.name}由{told.body.name}管理，这类事由物业来办"
        case = actions.dispatch(
            case_id=told.case.pk,
            by=told.dispatcher,
            holder=queries.body_holder(told.body),
            at=at,
            why=why,
            recorded_at=at,
        )
        told.given_to(case)


def _accept(told: Told, at: datetime) -> None:
    told.case = actions.accept(case_id=told.case.pk, by=told.holder, at=at, recorded_at=at)


def _contact(told: Told, at: datetime) -> None:
    line = told.pick(CONTACTS)
    how = "visit" if line.startswith("上门") else "phone"
    told.case = actions.contact(case_id=told.case.pk, by=told.holder, how=how, line=line, at=at, recorded_at=at)


def _give_back(told: Told, at: datetime) -> None:
    body = told.body.name if told.body is not None else told.place.parent.parent.name
    case = actions.give_back(
        case_id=told.case.pk, by=told.holder, at=at, recorded_at=at, reason=told.pick(GIVEN_BACK), proposed=body
    )
    told.given_to(case)


def _result(told: Told, at: datetime) -> None:
    _finish(told, at, told.request.result or "已到现场处理，情况已向反映人当面说明。")


def _result_again(told: Told, at: datetime) -> None:
    _finish(told, at, told.request.again)


def _finish(told: Told, at: datetime, text: str) -> None:
    asked = told.category
    told.case = actions.result(
        case_id=told.case.pk, by=told.holder, result_text=text, at=at, recorded_at=at,
        before=told.drawings(at, asked.photos_before if asked else 0, done=False),
        after=told.drawings(at, asked.photos_after if asked else 0, done=True),
        owner=f"person:{told.holder.pk}",
    )  # fmt: skip


def _rate(told: Told, at: datetime) -> None:
    request = told.request
    words = ("处理得很快，谢谢。" if request.stars > 3 else "") if request.praised is None else request.praised
    told.case = actions.rate(
        case_id=told.case.pk, actor=Actor.of(told.resident), contacted=request.contacted, stars=request.stars,
        words=words, at=at, recorded_at=at,
    )  # fmt: skip


def _reopen(told: Told, at: datetime) -> None:
    case = actions.reopen(
        case_id=told.case.pk, actor=Actor.of(told.resident), contacted=told.request.contacted, at=at, recorded_at=at,
        reason=told.request.reason,
    )  # fmt: skip
    told.given_to(case)


def _reject(told: Told, at: datetime) -> None:
    code, words = elsewhere(told.planned.number, told.request.category)
    told.case = actions.reject(
        case_id=told.case.pk, by=told.dispatcher, code=code, at=at, recorded_at=at, where_instead=words
    )


def _withdraw(told: Told, at: datetime) -> None:
    told.case = actions.withdraw(case_id=told.case.pk, by=told.resident, at=at, recorded_at=at)


def _release(told: Told, at: datetime) -> None:
    draft = queries.draft_for_wall(told.case)
    shots = [shot.pk for view in queries.steps_of(told.case) for shot in view.photos]
    told.case = actions.release(
        case_id=told.case.pk, by=told.dispatcher, public_title=draft.title, public_text=draft.text,
        public_result=draft.result_text, photos=shots, at=at, recorded_at=at,
    )  # fmt: skip


def _ask_reporter(told: Told, at: datetime) -> None:
    told.case = actions.ask_reporter(
        case_id=told.case.pk, by=told.holder, question=told.pick(QUESTIONS), at=at, recorded_at=at
    )


def _ask_extension(told: Told, at: datetime) -> None:
    new = told.case.due_at + timedelta(days=5)
    told.case = actions.ask_extension(
        case_id=told.case.pk, by=told.holder, new=new, reason=told.pick(LATER), at=at, recorded_at=at
    )


def _ask_suspension(told: Told, at: datetime) -> None:
    told.case = actions.ask_suspension(
        case_id=told.case.pk, by=told.holder, code="funds", until=told.teller.started + RESTS,
        reason=told.pick(RESTING), at=at, recorded_at=at,
    )  # fmt: skip


def _suspend(told: Told, at: datetime) -> None:
    told.case = actions.suspend(
        case_id=told.case.pk, by=told.superior, code="funds", until=told.teller.started + RESTS, at=at, recorded_at=at
    )


def _check_pass(told: Told, at: datetime) -> None:
    checker = next(iter(queries.checkers_of(told.case)), told.superior)
    told.case = actions.check_pass(case_id=told.case.pk, by=checker, at=at, recorded_at=at)


def _urge(told: Told, at: datetime) -> None:
    told.case = actions.urge(
        case_id=told.case.pk, by=told.superior, words="居民等了很久，请说明办到哪一步、还差什么。",
        until=told.teller.started + timedelta(days=1), at=at, recorded_at=at,
    )  # fmt: skip


def _merge(told: Told, at: datetime) -> None:
    main = next((one for one in queries.alike(told.case) if one.category_id == told.case.category_id), None)
    if main is not None:
        at = max(at, queries.steps_of(main)[-1].row.at)
        told.case = actions.merge(case_id=told.case.pk, by=told.dispatcher, main=main.pk, at=at, recorded_at=at)


def _propose_settlement(told: Told, at: datetime) -> None:
    told.case = actions.propose_settlement(
        case_id=told.case.pk, by=queries.settlers_of(told.case)[0], door="court", at=at, recorded_at=at,
        reason="街道、社区和司法所一起调解了三次，两家对改下水的费用意见不一，行政上不能代为决定。",
    )  # fmt: skip


def _settle(told: Told, at: datetime) -> None:
    told.case = actions.settle(case_id=told.case.pk, by=told.teller.district, at=at, recorded_at=at)


VERBS: dict[str, Callable[[Told, datetime], None]] = {
    "dispatch": _dispatch, "dispatch_body": _dispatch_body, "accept": _accept, "contact": _contact,
    "give_back": _give_back, "result": _result, "result_again": _result_again, "rate": _rate, "reopen": _reopen,
    "reject": _reject, "withdraw": _withdraw, "release": _release, "ask_reporter": _ask_reporter,
    "ask_extension": _ask_extension, "ask_suspension": _ask_suspension, "suspend": _suspend,
    "check_pass": _check_pass, "urge": _urge, "merge": _merge, "propose_settlement": _propose_settlement,
    "settle": _settle,
}  # fmt: skip
