"""Builds the demo city through the actions: places, people, roles, organisations, rules."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts import actions as accounts
from communities import actions as places
from communities import queries as seen
from grievances import actions as grievances
from grievances import queries as cases
from portal.demo.people import BODIES, COMPOUNDS, RESIDENTS, STAFF, Compound
from portal.demo.stories import Teller

LIST = Path(__file__).with_name("yaodu.csv")
LIVED_IN_SINCE = timedelta(days=400)
FIRST_PHONE = 13935700001
RULES = (
    ("电梯", "property", True), ("楼宇设施", "property", False), ("市容环卫", "grid_worker", True),
)  # fmt: skip


class City:
    """The demo's places and people by the keys that the lists of people.py use."""

    def __init__(self, started: datetime) -> None:
        self.started = started
        self.since = started - LIVED_IN_SINCE
        self.areas: dict[str, Any] = {}
        self.workers: dict[str, Any] = {}
        self.dispatchers: dict[str, Any] = {}
        self._phone = FIRST_PHONE

    def build(self) -> Teller:
        """Make everything and return the teller of the stories."""
        places.import_areas(content=LIST.read_bytes(), by=None, at=self.since)
        for compound in COMPOUNDS:
            self._compound(compound)
        for staff in STAFF:
            self._staff(staff.name, staff.role, staff.place, staff.words)
        for body in BODIES:
            self._body(body)
        residents = [self._resident(*row) for row in RESIDENTS]
        self._rules()
        return Teller(
            workers=self.workers,
            dispatchers=self.dispatchers,
            community_of={compound.key: compound.community for compound in COMPOUNDS},
            areas=self.areas,
            residents=residents,
            started=self.started,
        )

    def place(self, key: str) -> Any:
        """The area of a key: a code of the list, a compound's key, or "compound/number" of a grid."""
        if key not in self.areas:
            self.areas[key] = seen.area_by_code(key)
        return self.areas[key]

    def _person(self, name: str, words: str, *, is_staff: bool = False) -> Any:
        phone, self._phone = str(self._phone), self._phone + 1
        return accounts.make_demo_person(name=name, phone=phone, words=words, at=self.since, is_staff=is_staff)

    def _compound(self, compound: Compound) -> None:
        community = self.place(compound.community)
        area = self._area("compound", community, compound.key.upper(), compound.name)
        self.areas[compound.key] = area
        for number, buildings in enumerate(compound.grids, 1):
            key = f"{compound.key}/{number}"
            self.areas[key] = self._area("grid", area, f"{compound.key.upper()}-{number}", f"第 {number} 网格")
            for name in buildings:
                self._homes(area, name)

    def _area(self, kind: str, parent: Any, code: str, name: str) -> Any:
        return places.create_area(kind=kind, parent_id=parent.pk, code=code, name=name, by=None, at=self.since)

    def _homes(self, compound: Any, name: str) -> None:
        building = places.add_building(compound=compound, name=name, by=None)
        for unit in ("一单元", "二单元"):
            for room in ("101", "201", "301", "401"):
                places.add_home(
                    building=building, unit=unit, room=room, by=None, floor_area=Decimal("89.60"),
                    area_source="contract",
                )  # fmt: skip

    def _staff(self, name: str, role: str, key: str, words: str) -> None:
        person = self._person(name, words, is_staff=role == "city_admin")
        area = self.place(key)
        places.grant_role(person=person, role=role, area=area, by=None, at=self.since)
        if role == "grid_worker":
            self.workers[key] = person
        if role == "community_staff":
            self.dispatchers[key] = person

    def _body(self, body: Any) -> None:
        organisation = places.create_organisation(
            kind=body.kind,
            name=body.name,
            duty_phone=body.phone,
            areas=[self.place(key) for key in body.places],
            by=None,
        )
        for index, name in enumerate(body.people):
            person = self._person(name, f"单位经办 · {body.name}")
            places.add_member(
                organisation=organisation, person=person, position="负责人" if index == 0 else "经办人",
                is_lead=index == 0, by=None, at=self.since,
            )  # fmt: skip

    def _resident(self, name: str, compound: str, building: str) -> Any:
        area = self.place(compound)
        person = self._person(name, f"居民 · {area.name}{building}")
        home = seen.free_home(area, building)
        asked = places.ask_residency(person=person, home=home, kind="owner", at=self.since)
        places.verify_residency(residency_id=asked.pk, by=None, at=self.since)
        return person

    def _rules(self) -> None:
        district = self.place("141002")
        for main, target, at_once in RULES:
            category = cases.main_category_by_name(main)
            if category is not None:
                role = target if target == "grid_worker" else ""
                kind = "" if role else target
                grievances.add_rule(
                    area=district, category=category, role=role, organisation_kind=kind, at_once=at_once
                )
