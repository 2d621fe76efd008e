"""In which community somebody of the staff writes something down."""

from django.http import HttpRequest

from communities.queries import areas_under, chosen_community
from communities.roles import areas_where
from grievances.models import Area
from grievances.rules import WORKS_HERE

MOST_COMMUNITIES = 200


def where_i_work(request: HttpRequest) -> tuple[Area | None, list[Area]]:
    """The community in which something is written down, and all in which the person works (the first 200).

    The one that was asked for, else the one chosen for the whole portal, else the first.
    """
    tops = areas_where(request.user.person, WORKS_HERE)
    inside = {step.pk: step for top in tops for step in top.path() if step.kind == "community"}
    for top in tops:
        if top.kind in ("city", "district", "street"):
            inside |= {area.pk: area for area in areas_under(top, "community")[:MOST_COMMUNITIES]}
    asked = request.POST.get("community") or request.GET.get("community", "")
    wanted = inside.get(int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    chosen = chosen_community(request)
    usual = inside.get(chosen.pk) if chosen is not None else None
    return wanted or usual or next(iter(inside.values()), None), list(inside.values())
