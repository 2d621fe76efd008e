"""Areas and people for tests, all made through the actions."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from accounts.models import Person
from communities import actions
from communities.models import Area, Home, Organisation, Residency, RoleGrant, StandIn

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_numbers: Counter[str] = Counter()


def number(what: str) -> int:
    """A number not given before in this run."""
    _numbers[what] += 1
    return _numbers[what]


def area(kind: str, parent: Area | None, name: str, code: str = "", **facts) -> Area:
    """An area below ``parent``; official kinds get a 12-digit code that nobody has."""
    if not code:
        official = kind in ("city", "district", "street", "community")
        code = f"99{number('code'):010d}" if official else f"{kind}-{number('code')}"
    return actions.create_area(
        kind=kind, parent_id=parent.pk if parent else None, code=code, name=name, by=None, at=NOW, **facts
    )


def city(name: str = "临汾市", **facts) -> Area:
    return area("city", None, name, **facts)


def district(parent: Area, name: str = "尧都区", **facts) -> Area:
    return area("district", parent, name, **facts)


def street(parent: Area, name: str = "鼓楼西街街道", **facts) -> Area:
    return area("street", parent, name, **facts)


def community(parent: Area, name: str = "滨河社区", **facts) -> Area:
    return area("community", parent, name, **facts)


def compound(parent: Area, name: str = "锦绣花园", **facts) -> Area:
    return area("compound", parent, name, **facts)


def grid(parent: Area, name: str = "第1网格", **facts) -> Area:
    return area("grid", parent, name, **facts)


def small_linfen() -> dict[str, Area]:
    """One city down to four grids: two communities side by side, each with a compound of two grids.

    Keys are the names; grids are named "滨河社区第1网格" and so on.
    """
    found: dict[str, Area] = {}

    def keep(made: Area, key: str = "") -> Area:
        found[key or made.name] = made
        return made

    top = keep(city("临汾市", code="1410"))
    yaodu = keep(district(top, "尧都区", code="141002"))
    gulou = keep(street(yaodu, "鼓楼西街街道", code="141002002"))
    for name, place, code in (("滨河社区", "锦绣花园", "141002002901"), ("平阳社区", "府东小区", "141002002902")):
        one = keep(community(gulou, name, code=code, short_name=name.removesuffix("社区"), subtype="urban"))
        inside = keep(compound(one, place, code=f"{code}-{place}"))
        for count in (1, 2):
            keep(grid(inside, f"第{count}网格", code=f"{code}-{count}"), f"{name}第{count}网格")
    for made in found.values():
        made.refresh_from_db()
    return found


def person(name: str = "李晓梅", **fields) -> Person:
    return Person.objects.create(name=name, **fields)


def grant(who: Person, role: str, place: Area | Organisation, at: datetime = NOW, until=None) -> RoleGrant:
    where = {"organisation": place} if isinstance(place, Organisation) else {"area": place}
    return actions.grant_role(person=who, role=role, by=None, at=at, until=until, **where)


def staff(role: str, place: Area | Organisation, name: str = "") -> Person:
    """A new person who holds ``role`` at ``place``."""
    who = person(name or f"{role}{number('person')}")
    grant(who, role, place)
    return who


def home(place: Area, building: str = "1号楼", room: str = "101", unit: str = "1单元") -> Home:
    block = actions.add_building(compound=place, name=building, by=None)
    return actions.add_home(building=block, unit=unit, room=room, by=None)


def resident(place: Area, who: Person | None = None, verified: bool = True, room: str = "") -> Residency:
    """A (verified) residency of ``who`` in a home of the compound."""
    where = home(place, room=room or f"{number('room')}")
    asked = actions.ask_residency(person=who or person(), home=where, kind="tenant", at=NOW)
    return actions.verify_residency(residency_id=asked.pk, by=None, at=NOW) if verified else asked


def organisation(*areas: Area, kind: str = "property", name: str = "锦绣物业") -> Organisation:
    return actions.create_organisation(kind=kind, name=name, areas=areas, by=None)


def stand_in(person: Person, by: Person, *, at: datetime, days: int = 3) -> StandIn:
    """``by`` stands in for ``person`` from ``at`` on."""
    return actions.begin_stand_in(
        person=person, stand_in=by, since=at, until=at + timedelta(days=days), by=person, at=at
    )
