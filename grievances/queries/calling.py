"""The number to call about a case: of whoever has it, else the nearest duty phone of its place."""

from collections.abc import Iterable
from dataclasses import dataclass

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
    """Whom to call about each of the cases, by the case's id.

    The holding organisation's duty phone, else the grid's, compound's, community's … city's; a case without
    any phone on the way is left out.
    """
    found = {case.pk: _call(case) for case in cases}
    return {pk: call for pk, call in found.items() if call is not None}


def call_for(case: Case) -> Call | None:
    """Whom to call about one case."""
    return calls_for([case]).get(case.pk)


def _call(case: Case) -> Call | None:
    holder = case.holder_organisation
    if holder is not None and holder.duty_phone:
        return Call(holder.name, holder.duty_phone)
    return call_at(case.area)


def call_at(area: Area) -> Call | None:
    """Whom to call at a place: the nearest duty phone up the tree."""
    near = next((step for step in reversed(area.path()) if step.duty_phone and step.is_open), None)
    return Call(near.name, near.duty_phone) if near is not None else None
