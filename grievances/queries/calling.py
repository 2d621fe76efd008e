"""The number to call about a case: of whoever has it, else the nearest duty phone of its place."""

from collections.abc import Iterable
from dataclasses import dataclass

from communities.queries import duty_phones
from grievances.models import Area, Case


@dataclass(frozen=True)
class Call:
    """A duty phone and whose it is."""

    whose: str
    phone: str

    @property
    def href(self) -> str:
        """The link that a telephone dials."""
        return "tel:" + "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


def calls_for(cases: Iterable[Case]) -> dict[int, Call]:
    """Whom to call about each of the cases, by the case's id; one query however many.

    The holding organisation's duty phone, else the grid's, compound's, community's … city's. Cases must
    have their area and holding organisation fetched; a case without any phone on the way is left out.
    """
    cases = list(cases)
    phones = duty_phones(pk for case in cases for pk in _places(case)) if cases else {}
    found = {case.pk: _call(case, phones) for case in cases}
    return {pk: call for pk, call in found.items() if call is not None}


def call_for(case: Case) -> Call | None:
    """Whom to call about one case."""
    return calls_for([case]).get(case.pk)


def _places(case: Case) -> list[int]:
    ids = (case.area_id, case.compound_id, case.community_id, case.street_id, case.district_id)
    return [pk for pk in ids if pk is not None]


def _call(case: Case, phones: dict[int, Area]) -> Call | None:
    holder = case.holder_organisation
    if holder is not None and holder.duty_phone:
        return Call(holder.name, holder.duty_phone)
    near = next((phones[pk] for pk in _places(case) if pk in phones), None)
    if near is None:
        near = next(
            (area for area in phones.values() if area.parent_id is None and area.tree_id == case.area.tree_id), None
        )
    return Call(near.name, near.duty_phone) if near is not None else None


def call_at(area: Area) -> Call | None:
    """Whom to call at a place: the nearest duty phone up the tree."""
    near = next((step for step in reversed(area.path()) if step.duty_phone), None)
    return Call(near.name, near.duty_phone) if near is not None else None
