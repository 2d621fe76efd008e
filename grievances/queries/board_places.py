"""Of which places somebody sees the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404

from communities import roles
from communities.queries import area_known
from communities.roles import Role
from communities.rules import shadow_of
from grievances import rules
from grievances.models import Area, Person
from grievances.queries.climbing import Held

BOARD_ROLES: Final = frozenset(
    {Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL, Role.DISTRICT_OFFICIAL, Role.CITY_ADMIN, Role.AUDITOR}
)


@dataclass(frozen=True)
class Place:
    """A place whose board somebody sees: the way down to it, what lies just below, what they are there.

    ``path`` is the area and those above it, from the top down; ``tops`` are all places from which the
    asker's boards start; ``held`` the roles that the asker was granted on the path; ``only_looks``: the
    asker is somebody else, who looks at the portal as one of these roles.
    """

    area: Area
    path: Sequence[Area]
    children: Sequence[Area] = ()
    tops: Sequence[Area] = ()
    held: Sequence[Held] = ()
    only_looks: bool = False

    def is_mine(self, area: Area) -> bool:
        """Whether the asker sees the board of this area of the path."""
        return any(_inside(area, top) for top in self.tops)

    @property
    def decides(self) -> bool:
        """Whether something can wait for the asker here, and not only be looked at."""
        return any(role in rules.STAND_INS for role, _kind, _area in self.held)

    @property
    def sees_confidential(self) -> bool:
        """Whether the asker may see what confidential cases are about."""
        return not self.only_looks and any(role in rules.SEES_CONFIDENTIAL for role, _kind, _area in self.held)


def board_place(asker: Person, area_id: int | None) -> Place:
    """The place of a board for the asker; without an id their highest one.

    Raises Http404 where the area does not exist or lies outside what the asker's roles reach.
    """
    grants = [(grant.role, grant.area) for grant in roles.grants_of(asker) if grant.area is not None]
    reached = {area.pk: area for role, area in grants if role in BOARD_ROLES and area.is_open}
    tops = sorted(reached.values(), key=lambda area: (area.level, area.tree_id, area.lft))
    if not tops:
        raise Http404
    area = tops[0] if area_id is None else area_known(area_id)
    if area is None or not any(_inside(area, top) for top in tops):
        raise Http404
    return Place(
        area=area,
        path=area.path(),
        children=area.children_open(),
        tops=tops,
        held=[(role, step.kind, step.pk) for role, step in grants if _inside(area, step)],
        only_looks=shadow_of(asker) is not None,
    )


def _inside(area: Area, top: Area) -> bool:
    return area.tree_id == top.tree_id and top.lft <= area.lft and area.rght <= top.rght
