"""In whose hands open work is, as one code: p12 a person, o5 an organisation, r8-grid_worker a role at a place."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from communities.roles import Role

COLUMNS: Final = (
    "handler", "holder_person", "holder_organisation", "holder_role", "holder_area",
    "handler__name", "holder_person__name", "holder_organisation__name", "holder_area__name",
)  # fmt: skip
_CODE = re.compile(r"(?P<sort>[por])(?P<id>[0-9]{1,18})(-(?P<role>[a-z_]{1,20}))?")


def hand_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the words of who has a case: who accepted it, else its holder. ``row`` has ``COLUMNS``."""
    if row["handler"] is not None:
        return f"p{row['handler']}", row["handler__name"]
    if row["holder_person"] is not None:
        return f"p{row['holder_person']}", row["holder_person__name"]
    if row["holder_organisation"] is not None:
        return f"o{row['holder_organisation']}", row["holder_organisation__name"]
    place, role = row["holder_area__name"], row["holder_role"]
    return f"r{row['holder_area']}-{role}", f"{place} · {Role(role).label}"


def in_hand(code: str) -> Q:
    """The cases in the hands that the code names; none for a code that names nobody."""
    found = _CODE.fullmatch(code)
    if found is None:
        return Q(pk__in=[])
    pk, untaken = int(found["id"]), Q(handler__isnull=True)
    if found["sort"] == "p":
        return Q(handler_id=pk) | untaken & Q(holder_person_id=pk)
    if found["sort"] == "o":
        return untaken & Q(holder_organisation_id=pk, holder_person__isnull=True)
    nobody = Q(holder_person__isnull=True, holder_organisation__isnull=True)
    return untaken & nobody & Q(holder_area_id=pk, holder_role=found["role"] or "")
