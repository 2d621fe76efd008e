"""A small town for the tests of the loop: two communities side by side, and who works and lives there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts import actions as accounts
from accounts.models import Person
from communities.models import Area, Organisation
from communities.roles import Role
from core.workflow import Actor
from grievances import actions
from grievances.models import Case, Category
from grievances.routing import Holder
from tests.communities import make

BEGINNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PHONE = 13812340000
LONG_ENOUGH = "已到现场处理完毕，请您看看还有没有问题。"


@dataclass
class Town:
    """Places by name, people by a short name (``town.zhao``), one property company, some categories."""

    areas: dict[str, Area]
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    company: Organisation | None = None
    categories: dict[str, Category] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def grid(self) -> Area:
        """The grid of 赵, where most things happen."""
        return self.areas["滨河社区第1网格"]

    @property
    def next_grid(self) -> Area:
        """The grid of 钱, in the same compound."""
        return self.areas["滨河社区第2网格"]

    @property
    def far_grid(self) -> Area:
        """A grid of the next community."""
        return self.areas["平阳社区第1网格"]

    def at(self, **ago: float) -> datetime:
        """A moment before now: ``town.at(hours=3)``."""
        return self.now - timedelta(**ago)

    def report(self, **facts: Any) -> Case:
        """李 reports something in 赵's grid two hours ago (or what ``facts`` say otherwise)."""
        given: dict[str, Any] = {
            "by": self.people["li"], "area": self.grid, "text": "楼道口漏水，地面结冰。老人差点滑倒。",
            "at": self.at(hours=2), "recorded_at": facts.get("at", self.at(hours=2)),
        }  # fmt: skip
        return actions.report(**given | facts)

    def holder(self, grid: Area | None = None) -> Holder:
        """The grid worker of a grid, as a holder."""
        return Holder(role=Role.GRID_WORKER, area=grid or self.grid)

    def dispatched(self, holder: Holder | None = None, **facts: Any) -> Case:
        """A case that 孙 gave to 赵's grid."""
        case = self.report(**facts)
        return actions.dispatch(
            case_id=case.pk,
            by=self.people["sun"],
            holder=holder or self.holder(),
            why="属第 1 网格",
            at=self.at(hours=1),
        )

    def handling(self, **facts: Any) -> Case:
        """A case that 赵 accepted."""
        case = self.dispatched(**facts)
        return actions.accept(case_id=case.pk, by=self.people["zhao"], at=self.at(minutes=50))

    def waiting(self, **facts: Any) -> Case:
        """A case in which 赵 asked 李 for more."""
        case = self.handling(**facts)
        return actions.ask_reporter(
            case_id=case.pk, by=self.people["zhao"], question="是几楼？", at=self.at(minutes=45)
        )

    def suspended(self, **facts: Any) -> Case:
        """A case that rests because 周 agreed."""
        case, until = self.handling(**facts), self.at(days=-20)
        actions.ask_suspension(
            case_id=case.pk,
            by=self.people["zhao"],
            code="funds",
            until=until,
            reason="等维修资金",
            at=self.at(minutes=45),
        )
        return actions.suspend(
            case_id=case.pk, by=self.people["zhou"], code="funds", until=until, at=self.at(minutes=43)
        )

    def checking(self, **facts: Any) -> Case:
        """A case whose result somebody else has to check."""
        case = self.handling(**{"category": self.categories["lift"]} | facts)
        return actions.result(case_id=case.pk, by=self.people["zhao"], result_text=LONG_ENOUGH, at=self.at(minutes=40))

    def merged(self, **facts: Any) -> Case:
        """A case that 孙 merged into another one."""
        main, case = self.report(text="六号楼也漏水。"), self.dispatched(**facts)
        return actions.merge(case_id=case.pk, by=self.people["sun"], main=main.pk, at=self.at(minutes=45))

    def twice_reopened(self, **facts: Any) -> Case:
        """A case that 李 called unsolved twice: only the street can settle it now, or somebody solves it."""
        case = self.finished(**facts)
        for minutes in (38, 32):
            actions.reopen(
                case_id=case.pk, actor=Actor.of(self.people["li"]), reason="还在漏", at=self.at(minutes=minutes)
            )
            worker = self.people["zhao"] if minutes == 38 else self.people["han"]
            actions.accept(case_id=case.pk, by=worker, at=self.at(minutes=minutes - 1))
            case = actions.result(case_id=case.pk, by=worker, result_text=LONG_ENOUGH, at=self.at(minutes=minutes - 2))
        return case

    def returned(self, **facts: Any) -> Case:
        """A case that 赵 gave back."""
        case = self.dispatched(**facts)
        return actions.give_back(
            case_id=case.pk, by=self.people["zhao"], reason="管网归物业", proposed="锦绣物业", at=self.at(minutes=50)
        )

    def finished(self, **facts: Any) -> Case:
        """A case with a result that waits for 李."""
        case = self.handling(**facts)
        return actions.result(case_id=case.pk, by=self.people["zhao"], result_text=LONG_ENOUGH, at=self.at(minutes=40))

    def closed(self, **facts: Any) -> Case:
        """A case that 李 called solved."""
        case = self.finished(**facts)
        return actions.rate(
            case_id=case.pk, actor=Actor.of(self.people["li"]), contacted=True, stars=5, at=self.at(minutes=30)
        )

    def rejected(self, **facts: Any) -> Case:
        """A case that does not belong here."""
        case = self.report(**facts)
        return actions.reject(
            case_id=case.pk, by=self.people["sun"], code="not_ours", where_instead="请拨打 12315", at=self.at(hours=1)
        )

    def withdrawn(self, **facts: Any) -> Case:
        """A case that 李 took back."""
        case = self.report(**facts)
        return actions.withdraw(case_id=case.pk, by=self.people["li"], at=self.at(hours=1))

    def in_state(self, state: str) -> Case:
        """A case that came to ``state`` through the actions."""
        ways = {
            "reported": self.report, "dispatched": self.dispatched, "handling": self.handling,
            "returned": self.returned, "feedback": self.finished, "closed": self.closed,
            "waiting": self.waiting, "suspended": self.suspended, "checking": self.checking, "merged": self.merged,
            "rejected": self.rejected, "withdrawn": self.withdrawn,
        }  # fmt: skip
        return ways[state]()


def build(now: datetime) -> Town:
    """The town, through the actions of accounts and communities."""
    town = Town(make.small_linfen(), now)
    places = town.areas
    people = {
        "li": ("李晓梅", None, None),
        "wang": ("王强", None, None),
        "zhao": ("赵建国", Role.GRID_WORKER, town.grid),
        "qian": ("钱芳", Role.GRID_WORKER, town.next_grid),
        "chen": ("陈刚", Role.GRID_WORKER, town.far_grid),
        "sun": ("孙丽", Role.COMMUNITY_STAFF, places["滨河社区"]),
        "feng": ("冯涛", Role.COMMUNITY_STAFF, places["平阳社区"]),
        "zhou": ("周敏", Role.COMMUNITY_HEAD, places["滨河社区"]),
        "han": ("韩磊", Role.STREET_OFFICIAL, places["鼓楼西街街道"]),
        "wei": ("魏宁", Role.STREET_OFFICIAL, places["鼓楼西街街道"]),
        "zhu": ("朱涛", Role.DISTRICT_OFFICIAL, places["尧都区"]),
        "qin": ("秦岚", Role.CITY_ADMIN, places["临汾市"]),
        "auditor": ("沈计", Role.AUDITOR, places["尧都区"]),
    }
    for number, (key, (name, role, place)) in enumerate(people.items()):
        town.people[key] = newcomer(name, PHONE + number)
        if role is not None:
            make.grant(town.people[key], role, place, at=BEGINNING)
    town.company = make.organisation(places["锦绣花园"], name="锦绣物业")
    town.people["you"] = newcomer("尤伟", PHONE + 90)
    make.grant(town.people["you"], Role.ORG_STAFF, town.company, at=BEGINNING)
    _categories(town)
    return town


def newcomer(name: str, phone: int) -> Person:
    """A person with a sign-in who agreed to the privacy notice."""
    person = accounts.register_person(name=name, phone=str(phone), at=BEGINNING)
    accounts.consent_to_privacy(person=person, at=BEGINNING)
    accounts.make_user(person=person, at=BEGINNING)
    return person


def due_earlier(case: Case, due: datetime) -> None:
    """As if both deadlines of a case were at ``due``."""
    Case.objects.filter(pk=case.pk).update(contact_due=due, due_at=due)


def _categories(town: Town) -> None:
    water = Category.objects.create(code="utility", name="水电气暖", done_hours=40)
    town.categories["water"] = water
    rows = {
        "leak": {"name": "水管漏水", "contact_hours": 2, "done_hours": 16},
        "drain": {"name": "下水道堵塞", "photos_before": 1, "photos_after": 1, "handler": "property"},
        "lift": {"name": "电梯故障", "needs_check": True},
        "gas": {"name": "燃气问题", "contact_hours": 1, "done_hours": 8, "is_safety": True},
    }
    for code, values in rows.items():
        town.categories[code] = Category.objects.create(code=code, parent=water, **values)
