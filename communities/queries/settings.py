"""Reading settings: who changed what, whom a setting may name."""

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from communities.models import Area, Organisation, Person, Role, RoleGrant, SettingChange

CHANGES_SHOWN = 20
NAMED_AT_MOST = 200


def newest_change(subject: str) -> int:
    """The number of the newest change of a setting, 0 before the first: a form carries it as ``expect``."""
    return SettingChange.objects.filter(subject=subject).order_by("-id").values_list("pk", flat=True).first() or 0


def changes_of(subjects: Collection[str], limit: int = CHANGES_SHOWN) -> list[SettingChange]:
    """The newest changes of these settings, each with who made it and where; one query."""
    changes = SettingChange.objects.filter(subject__in=subjects).select_related("by", "area")
    return list(changes.order_by("-id")[:limit])


def organisations_within(area: Area, limit: int = NAMED_AT_MOST) -> list[Organisation]:
    """Open organisations that serve the area, one above it or one below it, by name; at most ``limit``."""
    near = Q(lft__gte=area.lft, rght__lte=area.rght) | Q(lft__lte=area.lft, rght__gte=area.rght)
    areas = Area.objects.filter(near, tree_id=area.tree_id, valid_until=None)
    serving = Organisation.objects.filter(closed_at=None, areas__in=areas.order_by().values("pk"))
    return list(serving.order_by("name", "pk").distinct()[:limit])


def people_within(area: Area, limit: int = NAMED_AT_MOST) -> list[Person]:
    """People who can sign in and hold a role at the area or below it, the highest place first; at most ``limit``."""
    now = timezone.now()
    grants = RoleGrant.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=now), valid_from__lte=now, person__user__is_active=True,
        area__tree_id=area.tree_id, area__lft__gte=area.lft, area__rght__lte=area.rght,
    ).exclude(role=Role.AUDITOR)  # fmt: skip
    found = grants.select_related("person").order_by("area__level", "area__lft", "pk")[: limit * 2]
    return list({grant.person_id: grant.person for grant in found}.values())[:limit]
