"""The plan of the demo's cases: what happens in each, and when, told from its number alone.

Pure: the same number, first start, calendar and categories give the same case in every process, so that any
worker can go on where another one stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.worktime import CITY, Calendar
from portal.demo.cases import CHECKED, REQUESTS, Request, hours_of
from portal.demo.roster import Living, roster
from portal.demo.wording import AGAIN, ELSEWHERE, ONCE_MORE, Filler, Phrases, phrases, praise

TOTAL = 2000
FIRST = 300
DAYS = 182
SEED = "linfen"
HOURS = range(7, 23)
HOUR_WEIGHTS = (3, 8, 10, 9, 7, 5, 4, 6, 8, 8, 7, 7, 9, 8, 5, 2)
WEEKEND = 0.55
YOUNG, RECENT, STILL_WAITING = timedelta(days=10), timedelta(days=25), timedelta(days=4)
ANSWERED_BY = timedelta(days=7)
MARGIN = timedelta(minutes=2)
# One draw decides the course: below each limit this happens, between the last two it is solved, above it nobody answers.
REJECTED, WITHDRAWN, GIVEN_BACK, REOPENED, ANSWERED = 0.025, 0.05, 0.09, 0.15, 0.9
PROPERTY_WORK = frozenset(
    {
        "房屋渗漏",
        "外墙脱落",
        "电梯故障",
        "电梯困人",
        "电梯维保",
        "电梯噪声",
        "物业服务",
        "小区安保",
        "公共收益",
        "维修资金",
    }
)
PRIVATE = frozenset({"家庭纠纷", "困难救助", "社保医保", "独居老人", "助残服务", "儿童关爱", "邻里纠纷"})
OF_WINTER, WINTER = frozenset({"暖气不热"}), (11, 12, 1, 2, 3)
NOT_OURS = "不属本平台"
RELEASED = 0.45
NOT_SHOWN = frozenset({"reject", "withdraw", "merge"})

Steps = list[tuple[str, datetime]]


@dataclass(frozen=True)
class Planned:
    """One case of the plan: what is asked, when, and the steps that follow, all before the first start."""

    number: int
    request: Request
    at: datetime
    steps: tuple[tuple[str, datetime], ...]

    @property
    def verbs(self) -> tuple[str, ...]:
        """The steps' names in their order."""
        return tuple(verb for verb, _at in self.steps)


class Planner:
    """Tells each case of a demo first started at ``started``.

    ``categories`` are the sub categories by name; each has contact_hours, done_hours and is_safety.
    """

    def __init__(self, started: datetime, calendar: Calendar, categories: Mapping[str, Any]) -> None:
        self.started, self.calendar, self.categories = started, calendar, categories
        self._said = [said for said in phrases() if said.name in categories]
        self._weights = [said.weight for said in self._said]
        self._living: dict[str, list[int]] = {}
        for index, living in enumerate(roster().residents):
            self._living.setdefault(living.compound, []).append(index)
        spread = Random(SEED)  # noqa: S311 - texts of a demo, nothing secret
        self._compounds = [compound for compound in roster().compounds if compound.key in self._living]
        self._crowd = [spread.uniform(0.5, 1.5) * len(compound.grids) for compound in self._compounds]

    def planned(self, number: int) -> Planned:
        """The case of this number: the hand-written ones come first."""
        if number < len(REQUESTS):
            request = REQUESTS[number]
            at = self.started - timedelta(hours=request.ago)
            told = tuple((verb, at + timedelta(hours=hours)) for verb, hours in hours_of(request))
            shown = self._on_wall(Random(f"{SEED}:wall:{number}"), request, told)  # noqa: S311 - as below
            return Planned(number, request, at, (*told, *shown))
        rng = Random(f"{SEED}:{number}")  # noqa: S311 - as above
        at = self._moment(rng)
        said = self._subject(rng, at)
        request = self._request(rng, said, at)
        steps = [(verb, moment) for verb, moment in self._course(rng, request, at) if moment < self.started - MARGIN]
        return Planned(number, request, at, (*steps, *self._on_wall(rng, request, steps)))

    def _moment(self, rng: Random) -> datetime:
        """Some waking hour of the last half year, more on weekdays and of late."""
        while True:
            day = (self.started - timedelta(days=rng.random() ** 1.25 * DAYS)).astimezone(CITY)
            hour = rng.choices(HOURS, HOUR_WEIGHTS)[0]
            at = day.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)
            workday = self.calendar.is_working_day(at.date())
            if at < self.started - timedelta(minutes=20) and (workday or rng.random() < WEEKEND):
                return at

    def _subject(self, rng: Random, at: datetime) -> Phrases:
        """What it is about; nobody misses the heating in summer."""
        while True:
            said = rng.choices(self._said, self._weights)[0]
            if said.name not in OF_WINTER or at.month in WINTER:
                return said

    def _request(self, rng: Random, said: Phrases, at: datetime) -> Request:
        compound = rng.choices(self._compounds, self._crowd)[0]
        who = rng.choice(self._living[compound.key])
        living = roster().residents[who]
        grid = _grid_of(living, compound.grids)
        building = living.building if rng.random() < 0.7 else rng.choice(compound.grids[grid - 1])
        filler, stars = Filler(rng, building), rng.choices((5, 4, 3, 2, 1), (62, 26, 8, 3, 1))[0]
        return Request(
            f"{compound.key}/{grid}", who, said.name, filler.report(said), "", 0, filler.result(said),
            said.scene if rng.random() < 0.35 else "", said.kind or "help", _visibility(rng, said), stars,
            praised=praise(rng, stars), reason=rng.choice(AGAIN), again=rng.choice(ONCE_MORE),
            drawn=said.scene, contacted=rng.random() < 0.95,
        )  # fmt: skip

    def _course(self, rng: Random, request: Request, at: datetime) -> Steps:
        """The whole course as if there were no today; the caller cuts off what lies ahead."""
        facts = self.categories[request.category]
        draw, age = rng.random(), self.started - at
        to_body = request.category in PROPERTY_WORK

        def after(hours: float) -> datetime:
            return self.calendar.add(at, hours * 60)

        contact, done = facts.contact_hours, facts.done_hours
        if request.category == NOT_OURS or draw < REJECTED:
            return [("reject", after(contact * rng.uniform(0.3, 0.9)))]
        steps = [("dispatch_body" if to_body else "dispatch", after(contact * rng.uniform(0.1, 0.3)))]
        if draw < WITHDRAWN and not facts.is_safety:
            return [*steps, ("withdraw", self._awake(rng, after(contact * rng.uniform(0.4, 2.0))))]
        if draw < GIVEN_BACK and not to_body:
            steps.append(("give_back", after(contact * rng.uniform(0.35, 0.45))))
            if age < YOUNG and rng.random() < 0.3:
                return steps
            steps.append(("dispatch_body", after(contact * rng.uniform(0.46, 0.5))))
        late_contact = rng.random() < 0.07
        steps.append(("accept", after(contact * rng.uniform(0.5, 0.65))))
        steps.append(("contact", after(contact * (rng.uniform(1.1, 1.9) if late_contact else rng.uniform(0.66, 0.98)))))
        if age < RECENT and rng.random() < 0.1:
            return [*steps, *self._turn(rng, steps[-1][1], age)]
        share = rng.uniform(1.05, 1.7) if rng.random() < 0.09 else rng.uniform(0.2, 0.9)
        finished = max(after(done * share), self.calendar.add(steps[-1][1], 20))
        if request.category in CHECKED:
            checked = self.calendar.add(finished, 30)
            return [
                *steps,
                ("result", finished),
                ("check_pass", checked),
                *self._answers(rng, checked, done, draw, True),
            ]
        return [*steps, ("result", finished), *self._answers(rng, finished, done, draw)]

    def _turn(self, rng: Random, last: datetime, age: timedelta) -> Steps:
        """What holds up a case that is still in hand: nothing, a question, a rest, a wish for more time."""
        kind = rng.choice(("", "", "ask_reporter", "ask_suspension", "ask_extension"))
        at = self.calendar.add(last, rng.uniform(20, 120))
        if not kind or (kind == "ask_reporter" and age > STILL_WAITING):
            return []
        granted = [("suspend", self.calendar.add(at, rng.uniform(30, 200)))] if kind == "ask_suspension" else []
        return [(kind, at), *granted]

    def _answers(self, rng: Random, finished: datetime, done: float, draw: float, is_checked: bool = False) -> Steps:
        """What the resident says to the result, and what follows from it."""
        if draw > ANSWERED:
            return []
        said = self._awake(rng, finished + timedelta(hours=rng.choice((1, 2, 3, 5, 8, 14, 20, 30, 50, 90, 140))))
        if GIVEN_BACK < draw < REOPENED:
            taken = self.calendar.add(said, rng.uniform(30, 150))
            again = self.calendar.add(taken, done * 60 * rng.uniform(0.15, 0.6))
            rated = self._awake(rng, again + timedelta(hours=rng.uniform(2, 60)))
            checked = [("check_pass", self.calendar.add(again, 30))] if is_checked else []
            if checked:
                rated = max(rated, checked[0][1] + timedelta(minutes=30))
            return [("reopen", said), ("accept", taken), ("result_again", again), *checked, ("rate", rated)]
        return [("rate", said)]

    def _on_wall(self, rng: Random, request: Request, steps: Sequence[tuple[str, datetime]]) -> Steps:
        """Whether staff of the community put it on the public wall after its last step, and when."""
        if request.visibility != "public" or not steps or steps[-1][0] in NOT_SHOWN or rng.random() > RELEASED:
            return []
        at = self.calendar.add(steps[-1][1], rng.uniform(20, 300))
        return [("release", at)] if at < self.started - MARGIN else []

    def _awake(self, rng: Random, moment: datetime) -> datetime:
        """The moment, or the next morning where people sleep."""
        local = moment.astimezone(CITY)
        if 7 <= local.hour < 23:
            return local
        day = local if local.hour < 7 else local + timedelta(days=1)
        return day.replace(hour=rng.randint(7, 9), minute=rng.randrange(60))


def ending(planned: Planned, started: datetime) -> str:
    """The state in which the case stands at the first start."""
    state, last = "reported", planned.at
    for verb, at in planned.steps:
        if verb in AFTER:
            state, last = AFTER[verb], at
            if verb.startswith("result") and planned.request.category in CHECKED:
                state = "checking"
    return "closed" if state == "feedback" and last + ANSWERED_BY <= started else state


AFTER = {
    "dispatch": "dispatched", "dispatch_body": "dispatched", "accept": "handling", "give_back": "returned",
    "result": "feedback", "result_again": "feedback", "rate": "closed", "reopen": "dispatched",
    "reject": "rejected", "withdraw": "withdrawn", "ask_reporter": "waiting", "suspend": "suspended",
    "check_pass": "feedback", "merge": "merged", "settle": "closed",
}  # fmt: skip


def _grid_of(living: Living, grids: tuple[tuple[str, ...], ...]) -> int:
    return next(number for number, buildings in enumerate(grids, 1) if living.building in buildings)


def _visibility(rng: Random, said: Phrases) -> str:
    if said.kind == "offence" or rng.random() < 0.02:
        return "confidential"
    if said.name in PRIVATE or rng.random() > 0.75:
        return "not_public"
    return "public"


def elsewhere(number: int, category: str) -> tuple[str, str]:
    """Why a request of the plan is not taken in, as code and words."""
    rng = Random(f"{SEED}:elsewhere:{number}")  # noqa: S311 - as above
    code = "not_ours" if category == NOT_OURS else rng.choice(("repeat", "repeat", "unclear", "court"))
    return code, rng.choice(ELSEWHERE[code])
