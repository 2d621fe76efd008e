"""In whose hands a case is."""

from django.db.models import Q

from communities import roles
from communities.roles import Role
from grievances import rules
from grievances.models import Area, Case, Organisation, Person
from grievances.routing import Holder


def people_holding(case: Case) -> list[Person]:
    """The people in whose hands the case is now, and who stands in for those of them that are away.

    Where they are all away and so are their stand-ins, the dispatchers of the place are with them: work of
    nobody climbs.
    """
    holding = _holding(case)
    if roles.stranded(holding):
        return list(dict.fromkeys([*holding, *roles.holders_of(Role.DISPATCHER, case.area).people]))
    return roles.stand_ins_for(holding)


def _holding(case: Case) -> list[Person]:
    """Who accepted it, else everybody of the holder."""
    if case.handler is not None:
        return [case.handler]
    if case.holder_person is not None:
        return [case.holder_person]
    if case.holder_organisation is not None:
        return roles.people_of(case.holder_organisation)
    if case.holder_area is not None:
        return roles.holders_of(case.holder_role, case.holder_area).people
    return []


def superiors_of(case: Case) -> list[Person]:
    """The people of the level above the holder: the nearest one on the way up that has somebody."""
    wanted = rules.deciding_roles(case)
    holding = {person.pk for person in people_holding(case)}
    for place in reversed(case.area.path()):
        found = [person for person in roles.holders_at(wanted, place) if person.pk not in holding]
        if found:
            return found
    return []


def checkers_of(case: Case) -> list[Person]:
    """Who may check a result: dispatchers of the place (or the next level up), never who handled it."""
    found = roles.holders_of(Role.DISPATCHER, case.area).people
    holding = {person.pk for person in people_holding(case)}
    return [person for person in found if person.pk not in holding] or superiors_of(case)


def settlers_of(case: Case) -> list[Person]:
    """The people of the street (or district) who may settle a case."""
    for place in reversed(case.area.path()):
        found = roles.holders_at(rules.SETTLES, place)
        if found:
            return found
    return []


def joined_of(case: Case) -> list[Person]:
    """Who reported what was merged into this case, and stays with it."""
    merged = Case.objects.filter(merged_into=case, reporter_left=False).select_related("reporter", "proxy")
    people = [who for one in merged.order_by("pk") for who in (one.reporter, one.proxy) if who is not None]
    known = {case.reporter_id, case.proxy_id}
    return [person for person in dict.fromkeys(people) if person.pk not in known]


def own_merged(case: Case, person_id: int | None) -> Case:
    """The report of one of those whose cases were merged into this one; this one where it was taken out again."""
    own = Case.objects.filter(Q(reporter_id=person_id) | Q(proxy_id=person_id), merged_into=case).order_by("pk").first()
    return own or case


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
