"""In whose hands a case is."""

from communities import roles
from communities.roles import Role
from grievances.models import Area, Case, Organisation, Person
from grievances.routing import Holder


def people_holding(case: Case) -> list[Person]:
    """The people in whose hands the case is now: who accepted it, else everybody of the holder."""
    if case.handler is not None:
        return [case.handler]
    if case.holder_person is not None:
        return [case.holder_person]
    if case.holder_organisation is not None:
        return roles.people_of(case.holder_organisation)
    if case.holder_area is not None:
        return roles.holders_of(case.holder_role, case.holder_area).people
    return []


def grid_holder(grid: Area) -> Holder:
    """The grid workers of a grid, as a holder."""
    return Holder(role=Role.GRID_WORKER, area=grid)


def body_holder(organisation: Organisation) -> Holder:
    """An organisation as a holder."""
    return Holder(organisation=organisation)


def holder_words(case: Case) -> str:
    """The holder as people read it: who accepted it, the organisation, or the place and its role."""
    if case.holder_organisation is not None:
        return case.holder_organisation.name
    if case.holder_person is not None:
        return str(case.holder_person)
    if case.holder_area is not None:
        place = case.holder_area.name
        return place if case.holder_role == Role.GRID_WORKER else f"{place}{Role(case.holder_role).label}"
    return ""
