"""Everybody and every place of the demo: the hand-written ones of people.py first, then those made by rule.

The order is fixed: a person's phone follows from their place in it, so that a later process finds them again.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from portal.demo import people
from portal.demo.names import names
from portal.demo.people import Body, Compound, Staff

LISTS = tuple(Path(__file__).with_name(name) for name in ("yaodu.csv", "linfen.csv"))
# 154 is given to no network, and no local number begins with 0: nobody can be reached at these.
FIRST_PHONE = 15400000001
LANDLINE = "0357-00000{:02d}"
DUTY_LINE = "0357-00001{:02d}"

NEW_COMPOUNDS: dict[str, tuple[str, ...]] = {
    "141002003001": ("水塔小区", "丁香园", "青年里"),
    "141002005002": ("汾水湾", "柳荫里"),
    "141002006002": ("辛寺家园", "紫荆苑"),
    "141081001002": ("新田苑", "铁路二院", "平安里"),
    "141081002002": ("东街小区", "晋风家园"),
    "141081003001": ("浍水人家", "桐叶苑"),
    "141082001011": ("前进小区", "太岳家园"),
    "141082002015": ("北关新村", "霍泉里"),
    "141021100003": ("东关小区", "晋都花园"),
    "141021100004": ("桃园里", "浍河湾"),
    "141022100003": ("文昌苑", "翔山家园"),
    "141023100003": ("龙山小区", "丁陶里"),
    "141023100007": ("城东花园", "汾阳里"),
    "141024100001": ("槐荫苑", "常青里"),
    "141024100006": ("古槐新村", "广胜家园"),
    "141029100003": ("南阁小区", "云丘里"),
}
TWO_GRIDS = frozenset({0, 7, 16, 26})
NO_WORKER = frozenset({5, 13, 22, 29})
NEW_RESIDENTS = 134
PROPERTY = ("安和物业", "汾晋物业", "新田物业", "浍滨物业", "太岳物业", "晋都物业", "龙山物业", "大槐树物业")
PARTY = (("141002002004", "西关社区党总支"), ("141081001002", "新田路社区党总支"))
SEVERAL = (
    ("area_admin", "141002", "辖区管理员"), ("area_admin", "141081", "辖区管理员"),
    ("call_back", "1410", "回访员"), ("call_back", "141081", "回访员"),
    ("auditor", "1410", "审计员"), ("auditor", "141024", "审计员"),
)  # fmt: skip


@dataclass(frozen=True)
class Living:
    """A resident: their name, the key of the compound they live in, and the building."""

    name: str
    compound: str
    building: str


@dataclass(frozen=True)
class Roster:
    """The whole demo: places first, then people in the order of their phones."""

    compounds: tuple[Compound, ...]
    staff: tuple[Staff, ...]
    bodies: tuple[Body, ...]
    residents: tuple[Living, ...]

    @property
    def size(self) -> int:
        """How many people there are."""
        return len(self.staff) + sum(len(body.people) for body in self.bodies) + len(self.residents)


@cache
def roster() -> Roster:
    """The demo's people and places; the same at every call."""
    new = names(_hand_written())
    compounds = tuple(_compounds())
    staff = (*people.STAFF, *_staff(compounds, new))
    bodies = (*people.BODIES, *_bodies(compounds, new))
    residents = [Living(*row) for row in people.RESIDENTS]
    homes = [(compound, name) for compound in compounds for grid in compound.grids for name in grid]
    for index, name in enumerate(islice(new, NEW_RESIDENTS)):
        compound, building = homes[index % len(homes)]
        residents.append(Living(name, compound.key, building))
    return Roster((*people.COMPOUNDS, *compounds), staff, bodies, tuple(residents))


@cache
def area_names() -> dict[str, str]:
    """The names of the real places by their code, as the lists write it."""
    found = {}
    for file in LISTS:
        with file.open(encoding="utf-8", newline="") as lines:
            found.update({row["code"]: row["name"] for row in csv.DictReader(lines)})
    return found


def _hand_written() -> set[str]:
    named = {row[0] for row in people.RESIDENTS} | {staff.name for staff in people.STAFF}
    return named | {name for body in people.BODIES for name in body.people}


def _compounds() -> Iterator[Compound]:
    number = 0
    for community, several in NEW_COMPOUNDS.items():
        for name in several:
            grids: tuple[tuple[str, ...], ...] = (("1 号楼", "2 号楼"),)
            if number in TWO_GRIDS:
                grids = (*grids, ("3 号楼", "5 号楼"))
            yield Compound(f"c{number + 1:02d}", community, name, grids)
            number += 1


def _staff(compounds: tuple[Compound, ...], new: Iterator[str]) -> Iterator[Staff]:
    known = area_names()
    for code in (code for code in known if len(code) == 6 and code != people.DISTRICT):
        yield Staff(next(new), "district_official", code, f"县（市、区）干部 · {known[code]}")
    for index, street in enumerate(dict.fromkeys(code[:9] for code in NEW_COMPOUNDS)):
        yield Staff(next(new), "street_official", street, f"街道干部 · {known[street]}")
        if index % 2 == 0:
            yield Staff(next(new), "dispatcher", street, f"派单员 · {known[street]}")
    for index, community in enumerate(NEW_COMPOUNDS):
        yield Staff(next(new), "community_staff", community, f"社区工作者 · {_placed(community)}")
        if index % 2 == 0:
            yield Staff(next(new), "community_head", community, f"社区书记 · {_placed(community)}")
    for number, compound in enumerate(compounds):
        for grid in range(1, len(compound.grids) + 1):
            if number not in NO_WORKER or grid > 1:
                words = f"网格员 · {compound.name}第 {grid} 网格"
                yield Staff(next(new), "grid_worker", f"{compound.key}/{grid}", words)
    for role, place, words in SEVERAL:
        yield Staff(next(new), role, place, f"{words} · {known[place]}")


def _placed(community: str) -> str:
    """A community with its county: the same name stands in several."""
    return f"{area_names()[community[:6]]}{area_names()[community]}"


def _bodies(compounds: tuple[Compound, ...], new: Iterator[str]) -> Iterator[Body]:
    phones = (LANDLINE.format(number) for number in range(len(people.BODIES) + 1, 100))
    communities = list(NEW_COMPOUNDS)
    for index, name in enumerate(PROPERTY):
        served = communities[2 * index : 2 * index + 2]
        keys = tuple(compound.key for compound in compounds if compound.community in served)
        yield Body(name, "property", next(phones), keys, (next(new), next(new)))
    for district in dict.fromkeys(code[:6] for code in communities if not code.startswith(people.DISTRICT)):
        yield Body(f"{area_names()[district]}城市管理局", "department", next(phones), (district,), (next(new),))
    for community, name in PARTY:
        yield Body(name, "party", next(phones), (community,), (next(new),))
    yield Body("锦绣志愿服务队", "volunteers", next(phones), (people.XIGUAN,), (next(new), next(new)))
