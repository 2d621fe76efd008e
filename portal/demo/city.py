"""Builds the demo city through the actions, and finds it again: places, people, roles, organisations, rules."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts import actions as accounts
from accounts.queries import demo_people
from communities import actions as places
from communities import queries as seen
from grievances import actions as grievances
from grievances import queries as cases
from portal.demo.people import CITY, DISTRICT, Body, Compound, Staff
from portal.demo.roster import DUTY_LINE, FIRST_PHONE, LISTS, Living, roster
from portal.demo.stories import Teller

LIVED_IN_SINCE = timedelta(days=400)
RULES = (
    (DISTRICT, "电梯", "property", True), (DISTRICT, "楼宇设施", "property", False),
    (DISTRICT, "市容环卫", "grid_worker", True), ("141081", "物业管理", "property", True),
    ("141081", "市容环卫", "grid_worker", False), ("141024", "消防安全", "grid_worker", True),
)  # fmt: skip
TEXTS = (
    ("contact", "", "约时间上门", "{称呼}您好，您反映的“{标题}”（{编号}）由{承办}负责，今天上门看，请留意电话。"),
    ("result", "", "已修好", "已到现场查看并修好，当场试用正常。{称呼}如果再出现，请在 14 天内点“没解决”。"),
    ("result", "市容环卫", "已清运", "垃圾已清运，地面已冲洗，并提醒周边住户定点投放。"),
    ("ask_reporter", "", "问具体位置", "请告诉我们具体是几号楼几单元几层，方便的话再拍一张照片。"),
    ("return", "", "不在本网格", "现场看过，不在本网格范围内，建议派给相邻网格。"),
    ("answer_directly", "", "办事指引", "{称呼}您好，这件事带身份证到{社区}服务大厅一次就能办，工作日 8:30–17:30。"),
    ("ask_suspension", "", "等专项维修资金", "需动用专项维修资金，正在组织业主表决，表决通过后马上施工。"),
)
ROOMS = ("101", "201", "301", "401")


def build(started: datetime) -> None:
    """Make the whole city as it stood long before ``started``; what nobody had known is new."""
    Builder(started - LIVED_IN_SINCE).build()


def find(started: datetime) -> Teller:
    """The teller of a city that was built: who and where, read in a few queries."""
    people = {person.phone: person for _role, group in demo_people() for person in group}
    everybody = [people.get(str(FIRST_PHONE + index)) for index in range(roster().size)]
    areas = {area.code: area for area in seen.areas_under(seen.area_by_code(CITY)).select_related("parent__parent")}
    known = _keyed(areas)
    posts = list(zip(roster().staff, everybody, strict=False))
    return Teller(
        dispatchers={staff.place: person for staff, person in posts if staff.role == "community_staff"},
        bodies=_bodies(known),
        community_of={compound.key: compound.community for compound in roster().compounds},
        areas=known,
        district=next(person for staff, person in posts if staff.place == DISTRICT),
        residents=_present(everybody[-len(roster().residents) :]),
        categories={sub.name: sub for main in cases.main_categories() for sub in main.subs.all()},
        started=started,
    )


def _present(people: list[Any]) -> list[Any]:
    """The residents by the plan's index; for one who has closed the account meanwhile, somebody else asks."""
    still = [person for person in people if person is not None]
    return [person or still[index % len(still)] for index, person in enumerate(people)]


def _bodies(known: dict[str, Any]) -> dict[str, Any]:
    """The property company of each compound."""
    named = {body.name for body in roster().bodies if body.kind == "property"}
    found = {}
    for compound in roster().compounds:
        serving = seen.nearest_organisation("property", known[compound.key])
        if serving is not None and serving.name in named:
            found[compound.key] = serving
    return found


def _keyed(areas: dict[str, Any]) -> dict[str, Any]:
    """The areas of the compounds and grids by the keys of the roster."""
    found = {}
    for compound in roster().compounds:
        found[compound.key] = areas[compound.key.upper()]
        for number in range(1, len(compound.grids) + 1):
            found[f"{compound.key}/{number}"] = areas[f"{compound.key.upper()}-{number}"]
    return found


class Builder:
    """Makes the places and people of the roster, in its order."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self._areas: dict[str, Any] = {}
        self._phone = FIRST_PHONE

    def build(self) -> None:
        """Make everything once."""
        for file in LISTS:
            places.import_areas(content=file.read_bytes(), by=None, at=self.since)
        places.import_areas(content=_compound_list(), by=None, at=self.since)
        self._areas = {area.code: area for area in seen.areas_under(seen.area_by_code(CITY))}
        self._areas |= _keyed(self._areas)
        for compound in roster().compounds:
            self._homes(compound)
        for number, community in enumerate(sorted({compound.community for compound in roster().compounds}), 1):
            self._duty_phone(community, DUTY_LINE.format(number))
        for staff in roster().staff:
            self._staff(staff)
        for body in roster().bodies:
            self._body(body)
        for living in roster().residents:
            self._resident(living)
        for place, main, target, at_once in RULES:
            self._rule(place, main, target, at_once)
        for step, kind, name, words in TEXTS:
            self._text(step, kind, name, words)

    def _place(self, key: str) -> Any:
        return self._areas[key.ljust(12, "0") if key.isdigit() else key]

    def _person(self, name: str, words: str, *, is_staff: bool = False) -> Any:
        phone, self._phone = str(self._phone), self._phone + 1
        return accounts.make_demo_person(name=name, phone=phone, words=words, at=self.since, is_staff=is_staff)

    def _duty_phone(self, community: str, phone: str) -> None:
        places.change_area(area_id=self._place(community).pk, by=None, at=self.since, duty_phone=phone)

    def _homes(self, compound: Compound) -> None:
        for name in (name for grid in compound.grids for name in grid):
            building = places.add_building(compound=self._areas[compound.key], name=name, by=None)
            for unit in ("一单元", "二单元"):
                for room in ROOMS:
                    places.add_home(
                        building=building, unit=unit, room=room, by=None, floor_area=Decimal("89.60"),
                        area_source="contract",
                    )  # fmt: skip

    def _staff(self, staff: Staff) -> None:
        person = self._person(staff.name, staff.words, is_staff=staff.role == "city_admin")
        places.grant_role(person=person, role=staff.role, area=self._place(staff.place), by=None, at=self.since)
        if staff.place == DISTRICT:
            self._official = person

    def _body(self, body: Body) -> None:
        organisation = places.create_organisation(
            kind=body.kind,
            name=body.name,
            duty_phone=body.phone,
            areas=[self._place(key) for key in body.places],
            by=None,
        )
        for index, name in enumerate(body.people):
            secretary = body.kind == "party" and index == 0
            person = self._person(name, f"{'书记' if secretary else '单位经办'} · {body.name}")
            places.add_member(
                organisation=organisation, person=person, position="负责人" if index == 0 else "经办人",
                is_lead=index == 0, by=None, at=self.since,
            )  # fmt: skip
            if secretary:
                places.grant_role(person=person, role="secretary", organisation=organisation, by=None, at=self.since)

    def _resident(self, living: Living) -> None:
        area = self._areas[living.compound]
        person = self._person(living.name, f"居民 · {area.name}{living.building}")
        home = seen.free_home(area, living.building)
        asked = places.ask_residency(person=person, home=home, kind="owner", at=self.since)
        places.verify_residency(residency_id=asked.pk, by=None, at=self.since)

    def _rule(self, place: str, main: str, target: str, at_once: bool) -> None:
        category = cases.main_category_by_name(main)
        if category is None:
            return
        role = target if target == "grid_worker" else ""
        grievances.add_rule(
            area=self._place(place),
            category=category,
            role=role,
            organisation_kind="" if role else target,
            at_once=at_once,
        )

    def _text(self, step: str, main: str, name: str, body: str) -> None:
        category = cases.main_category_by_name(main) if main else None
        values = {"step": step, "category": category, "name": name, "body": body, "order": 0}
        grievances.add_text(area=self._place(DISTRICT), values=values, by=self._official, at=self.since)


def _compound_list() -> bytes:
    """The compounds and grids as a list that the import takes."""
    lines = io.StringIO()
    rows = csv.writer(lines)
    rows.writerow(("kind", "code", "name", "parent_code", "parent_kind"))
    for compound in roster().compounds:
        code = compound.key.upper()
        rows.writerow(("compound", code, compound.name, compound.community, "community"))
        for number in range(1, len(compound.grids) + 1):
            rows.writerow(("grid", f"{code}-{number}", f"第 {number} 网格", code, "compound"))
    return lines.getvalue().encode()
