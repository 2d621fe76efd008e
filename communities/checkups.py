"""What the doctor looks at in the areas: the tree, the people it needs, the calendar."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Area, Kind, Role, RoleGrant
from communities.queries import unknown_calendar_years, verify_areas
from core.doctor import Finding, Look, register, some

NEEDED: tuple[tuple[Kind, tuple[Role, ...], str], ...] = (
    (Kind.CITY, (Role.CITY_ADMIN,), "wrong"),
    (Kind.DISTRICT, (Role.DISTRICT_OFFICIAL,), "watch"),
    (Kind.STREET, (Role.STREET_OFFICIAL,), "watch"),
    (Kind.COMMUNITY, (Role.COMMUNITY_STAFF, Role.DISPATCHER, Role.COMMUNITY_HEAD), "watch"),
    (Kind.GRID, (Role.GRID_WORKER,), "watch"),
)
CALENDAR_AHEAD = timedelta(days=45)


@register("communities.tree", _("辖区树没有错"), slow=True)
def area_tree(look: Look) -> Iterator[Finding]:
    """Whatever verify_areas finds: numbers of the tree, kinds, rows that lie in the wrong place."""
    found = verify_areas()
    if found:
        yield Finding(
            _("辖区树有 %(count)s 处不对，第一处：%(first)s"),
            _("运行 manage.py verify_areas 看全部；rebuild_areas 修编号，rekey_areas 修放错的行。"),
            {"count": len(found), "first": found[0]},
        )


@register("communities.people", _("每一级都有人"))
def people(look: Look) -> Iterator[Finding]:
    """Areas where nobody holds the role that their kind needs; work there climbs to the level above."""
    now = RoleGrant.objects.filter(valid_from__lte=look.at).exclude(valid_until__lte=look.at)
    for kind, roles, level in NEEDED:
        held = now.filter(role__in=roles, area__kind=kind, person__user__is_active=True)
        empty = Area.objects.filter(kind=kind, valid_until=None).exclude(pk__in=held.values("area_id"))
        named = empty.order_by("tree_id", "lft").values_list("parent__name", "name")[:6]
        names = [f"{parent}{name}" if kind == Kind.GRID else name for parent, name in named]
        if names:
            yield Finding(
                _("%(count)s 个%(kind)s没有%(role)s：%(names)s"),
                _("在“人员与岗位”里给它们安排人；没有人的时候，事情先由上一级接手。"),
                {"count": empty.count(), "kind": kind.label, "role": roles[0].label, "names": some(names)},
                "wrong" if level == "wrong" else "watch",
            )


@register("communities.left", _("停用的人没有留着岗位"))
def people_who_left(look: Look) -> Iterator[Finding]:
    """People who cannot sign in any more but still hold a role: what is sent to them, nobody reads."""
    now = RoleGrant.objects.filter(valid_from__lte=look.at).exclude(valid_until__lte=look.at)
    left = now.filter(person__user__is_active=False).select_related("person").order_by("pk")
    names = list(left[:6])
    if names:
        yield Finding(
            _("%(count)s 个岗位上的人已经停用：%(names)s"),
            _("在“人员与岗位”里把他们的岗位交给别人。"),
            {"count": left.count(), "names": some(f"{grant.person}（{grant.get_role_display()}）" for grant in names)},
        )


@register("communities.calendar", _("节假日和调休表是全的"))
def calendar(look: Look) -> Iterator[Finding]:
    """Years that deadlines reach into and whose holidays nobody has listed."""
    today = timezone.localtime(look.at).date()
    missing = unknown_calendar_years({today.year, (today + CALENDAR_AHEAD).year})
    if missing:
        yield Finding(
            _("%(years)s 年的节假日还没有录入，时限先只按周末算"),
            _("国务院公布放假安排以后，在“日历”里录入，或运行 manage.py seed_calendar。"),
            {"years": some(missing)},
            "watch",
        )
