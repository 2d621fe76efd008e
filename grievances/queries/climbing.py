"""What came up the tree to a head or official: to decide where nobody dispatches, and to handle themselves."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet

from communities import roles
from communities.roles import Role
from grievances import rules
from grievances.models import Case
from grievances.queries.seeing import PLACE_COLUMN
from grievances.workflow import WAITING_FOR_DISPATCH, WORKING

Held = tuple[str, str, Any]
"""A role, the kind of the area where it is held, and that area's id (or where a statement is given it)."""

LEVELS: Final = ("city", "district", "street", "community", "compound", "grid")
DISPATCHED_FROM: Final = ("street", "community", "compound", "grid")


def to_decide(held: Sequence[Held], at: Any = None) -> QuerySet[Case]:
    """Cases that wait for dispatch and that somebody with these roles has to decide on (等我决定).

    Those of places they dispatch for, and those where they are the nearest head or official because
    nobody dispatches (``rules.stands_in`` says the same of one case).
    """
    wanted = Q(pk__in=[])
    for role, kind, area in held:
        if Role.DISPATCHER in roles.meant_by(role):
            wanted |= _column(kind, area)
        elif role in rules.STAND_INS:
            below = LEVELS[LEVELS.index(kind) + 1 :]
            nobody = _nobody({Role.DISPATCHER}, DISPATCHED_FROM, at) & _nobody(rules.STAND_INS, below, at)
            wanted |= _column(kind, area) & nobody
    return Case.objects.filter(wanted, state__in=WAITING_FOR_DISPATCH)


def climbed_to(held: Sequence[Held], at: Any = None) -> QuerySet[Case]:
    """Work held by a head's or official's role that somebody has (升级到我这里).

    It came there because the role below is empty, or because it was reopened a second time.
    """
    wanted = Q(pk__in=[])
    for role, _kind, area in held:
        if role in rules.STAND_INS:
            wanted |= Q(holder_role=role, holder_area_id=area)
    return Case.objects.filter(wanted, state__in=WORKING)


def _column(kind: str, area: Any) -> Q:
    return Q() if kind == "city" else Q(**{f"{PLACE_COLUMN[kind]}_id": area})


def _nobody(wanted: Collection[str], levels: Sequence[str], at: Any) -> Q:
    """Cases above which, on these levels of the tree, nobody holds one of the roles."""
    held = roles.areas_held(wanted, at)
    found = Q()
    for level in levels:
        found &= ~Q(**{f"{PLACE_COLUMN[level]}__in": held})
    return found
