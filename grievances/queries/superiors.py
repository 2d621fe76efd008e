"""Who stands above the one in whose hands a case is, level by level up to the city."""

from dataclasses import dataclass
from typing import Any

from communities import roles
from grievances import rules
from grievances.models import Area, Case, CaseHistory, Person
from grievances.queries.holders import people_holding


@dataclass(frozen=True)
class Rung:
    """A level above a case that has somebody: the area and its head or officials."""

    area: Area
    people: list[Person]


def ladder_of(case: Case) -> list[Rung]:
    """The levels above the holder that have a head or official, the nearest first; one query each level.

    Of a confidential case only those who may see it.
    """
    wanted = rules.deciding_roles(case)
    if case.is_confidential:
        wanted &= {str(role) for role in rules.SEES_CONFIDENTIAL}
    holding = {person.pk for person in people_holding(case)}
    found = []
    for area in reversed(case.area.path()):
        people = [person for person in roles.holders_at(wanted, area) if person.pk not in holding]
        if people:
            found.append(Rung(area, people))
    return found


def rung_after(case: Case, told: Area | None) -> Rung | None:
    """The next level to tell after the area ``told`` (None: nobody yet); None above the last."""
    for rung in ladder_of(case):
        if told is None or rung.area.level < told.level:
            return rung
    return None


def people_of_level(case: Case, area_id: int) -> list[Person]:
    """The head or officials of one level above a case."""
    return next((rung.people for rung in ladder_of(case) if rung.area.pk == area_id), [])


def level_of_row(row_id: int | None) -> Area | None:
    """The area that a history row says was told, or None."""
    return Area.objects.filter(pk=_given(row_id).get("level", 0)).first()


def moved_much(row_id: int | None) -> bool:
    """Whether a history row says that the promise moved by so much that people are told."""
    return bool(_given(row_id).get("told") == "yes")


def _given(row_id: int | None) -> dict[str, Any]:
    return CaseHistory.objects.filter(pk=row_id or 0).values_list("given", flat=True).first() or {}
