"""Which posts are filled at which areas, read once for many questions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from communities.models import Area, Role, RoleGrant
from communities.roles.asking import _implied, valid
from communities.rules import HEADS, ROLE_KINDS


@dataclass(frozen=True)
class Posts:
    """The roles that somebody holds, by the id of the area: the answers of `holders_of` without names and queries."""

    held: Mapping[int, frozenset[str]]

    def filled(self, role: str, area_id: int) -> bool:
        """Whether somebody is ``role`` at exactly this area."""
        return role in self.held.get(area_id, ())

    def with_more(self, other: "Posts") -> "Posts":
        """These and those together."""
        return Posts({**self.held, **other.held})

    def where(self, role: str, path: Sequence[Area]) -> tuple[Area | None, bool]:
        """Where ``role`` is held for the last area of ``path`` (top down), and whether the search had to climb.

        As `holders_of`: the nearest up the tree; where nobody is, the level above is. None: nobody at all.
        """
        upwards = list(reversed(path))
        expected = next((step for step in upwards if step.kind in ROLE_KINDS[role]), None)
        for step in upwards:
            if self.filled(role, step.pk):
                missed = expected is not None and step.level < expected.level and step.kind not in ROLE_KINDS[role]
                return step, missed
        for step in upwards:
            if any(
                self.filled(one, step.pk) for one in (HEADS.get(step.kind), Role.DISPATCHER, Role.AREA_ADMIN) if one
            ):
                return step, True
        return None, True


def posts_at(area_ids: Collection[int], at: datetime | None = None) -> Posts:
    """The posts filled at these areas; one query."""
    return _posts(RoleGrant.objects.filter(valid(at), area__in=area_ids))


def posts_below(area: Area, at: datetime | None = None) -> Posts:
    """The posts filled at the area and everywhere below it; one query."""
    inside = RoleGrant.objects.filter(
        valid(at), area__tree_id=area.tree_id, area__lft__gte=area.lft, area__lft__lte=area.rght
    )
    return _posts(inside)


def _posts(grants: QuerySet[RoleGrant]) -> Posts:
    found: dict[int, set[str]] = {}
    rows: Iterable[tuple[int, str]] = grants.order_by().values_list("area_id", "role").distinct()
    for area_id, role in rows:
        found.setdefault(area_id, set()).add(role)
    return Posts({area_id: _implied(roles) for area_id, roles in found.items()})
