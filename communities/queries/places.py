"""Reading areas: above, below, by name, the one a visitor chose; the calendar of an area."""

from collections.abc import Collection, Iterable
from datetime import date, time

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest

from communities.models import (
    AREAS,
    CALENDAR,
    DUTY_HOURS,
    OFFICIAL_DIGITS,
    ORGANISATIONS,
    Area,
    DutyHours,
    Home,
    Kind,
    Organisation,
    Person,
    Residency,
    RoleGrant,
)
from communities.rules import shadow_of
from core.worktime import Calendar, Hours

COOKIE = "community"
COOKIE_SALT = "communities.chosen"
FOUND_AT_MOST = 30
DEFAULT_HOURS = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
DEFAULT_WEEKDAYS = range(5)


def ancestors_of(area: Area) -> list[Area]:
    """The area and those above it as they are now, from the top down."""
    return area.path()


def areas_under(area: Area, kind: str | None = None) -> QuerySet[Area]:
    """The open areas of the subtree, the area itself included; only those of ``kind`` where given.

    The subtree's numbers are read with the list, not taken from ``area``, which may be older than a move.
    """
    top = Area.objects.filter(pk=area.pk).order_by()
    below = Area.objects.filter(
        tree_id=top.values("tree_id")[:1],
        lft__gte=top.values("lft")[:1],
        lft__lte=top.values("rght")[:1],
        valid_until=None,
    ).order_by("lft")
    return below.filter(kind=kind) if kind else below


def children_of(area: Area | None) -> QuerySet[Area]:
    """The open areas right below ``area`` (None: the cities), in the tree's order."""
    return Area.objects.filter(parent=area, valid_until=None).order_by("tree_id", "lft")


def browse(area: Area | None) -> list[Area]:
    """What to list below ``area`` on the way to a community; a level with one area only is passed over."""
    level = list(children_of(area))
    while len(level) == 1 and level[0].kind in (Kind.CITY, Kind.DISTRICT):
        level = list(children_of(level[0]))
    return level


def path_between(area: Area) -> list[Area]:
    """The area and those above it, without the city."""
    return [step for step in area.path() if step.kind != Kind.CITY]


def path_words(area: Area) -> list[str]:
    """The names from the district (or the area itself, when it lies higher) down to the area."""
    path = ancestors_of(area)
    return [step.name for step in path if step.kind != Kind.CITY or step.pk == area.pk]


def open_area(area_id: int, kind: str | None = None) -> Area:
    """The open area of this id (and kind); raises Area.DoesNotExist."""
    areas = Area.objects.filter(valid_until=None)
    return (areas.filter(kind=kind) if kind else areas).get(pk=area_id)


def standing_area(area_id: int) -> Area | None:
    """The area of this id; of one that is no more, the nearest above it that still is."""
    area = Area.objects.filter(pk=area_id).first()
    path = area.path() if area is not None else []
    return next((step for step in reversed(path) if step.valid_until is None), None)


def find_communities(text: str, limit: int = FOUND_AT_MOST) -> list[Area]:
    """Open communities by their name, or by the name of a compound or street, best first.

    Each has its street and district fetched (``parent``, ``parent.parent``). Blank text finds nothing.
    """
    words = text.split()
    if not words:
        return []
    found = Area.objects.filter(kind=Kind.COMMUNITY, valid_until=None)
    for word in words:
        found = found.filter(
            Q(name__icontains=word)
            | Q(short_name__icontains=word)
            | Q(parent__name__icontains=word)
            | Q(pk__in=_with_compound_named(word))
        )
    first = words[0]
    rank = Case(
        When(Q(name__istartswith=first) | Q(short_name__istartswith=first), then=Value(0)),
        When(name__icontains=first, then=Value(1)),
        When(pk__in=_with_compound_named(first), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return list(found.select_related("parent__parent").order_by(rank, "tree_id", "lft")[:limit])


def _with_compound_named(word: str) -> QuerySet[Area]:
    compounds = Area.objects.filter(kind=Kind.COMPOUND, valid_until=None, name__icontains=word)
    return compounds.order_by().values("parent_id")


def home_community(person: Person) -> Area | None:
    """The community of the person's verified home, or None."""
    lived = (
        Residency.objects.filter(person=person, state=Residency.State.VERIFIED)
        .select_related("home__building__compound__parent")
        .order_by("-verified_at")
        .first()
    )
    return lived.home.building.compound.parent if lived is not None else None


def chosen_community(request: HttpRequest) -> Area | None:
    """The community that the visitor chose (cookie), else where they verifiably live, else work.

    Read once per request.
    """
    if not hasattr(request, "_chosen_community"):
        request._chosen_community = _read_choice(request)  # type: ignore[attr-defined]
    return request._chosen_community  # type: ignore[attr-defined]


def _read_choice(request: HttpRequest) -> Area | None:
    shadow = shadow_of(getattr(getattr(request, "user", None), "person", None))
    if shadow is not None:
        seen = _community_at(Area.objects.get(pk=shadow.area_id))
        if seen is not None:
            return seen
    kept = request.get_signed_cookie(COOKIE, default="", salt=COOKIE_SALT) or ""
    if kept.isascii() and kept.isdigit():
        area = area_known(int(kept))
        if area is not None and area.kind == Kind.COMMUNITY and area.valid_until is None:
            return area
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return home_community(user.person) or work_community(user.person)


def area_known(pk: int) -> Area | None:
    """The area of an id as every process knows it (shared: not to be changed), or None."""
    return next(iter(AREAS.get().path(pk)[-1:]), None)


def work_community(person: Person) -> Area | None:
    """The community of the first place below a street where the person holds a role, or None."""
    grants = RoleGrant.objects.filter(person=person, valid_until=None, area__level__gte=3).select_related("area")
    first = grants.order_by("pk").first()
    return _community_at(first.area) if first is not None and first.area is not None else None


def _community_at(area: Area) -> Area | None:
    """The community that the area is, or lies in; None above a community."""
    return next((place for place in ancestors_of(area) if place.kind == Kind.COMMUNITY), None)


def nearest_organisation(kind: str, area: Area) -> Organisation | None:
    """The open organisation of ``kind`` that serves the nearest area up the tree, or None."""
    serving = ORGANISATIONS.get()[1]
    bodies = (body for step in reversed(area.path()) for body in serving.get(step.pk, ()) if body.kind == kind)
    return next(bodies, None)


def organisations_serving(area: Area) -> list[Organisation]:
    """The open organisations that serve this area or one above it, the nearest first."""
    serving = ORGANISATIONS.get()[1]
    found: dict[int, Organisation] = {}
    for step in reversed(area.path()):
        for body in sorted(serving.get(step.pk, ()), key=lambda body: (body.name, body.pk)):
            found.setdefault(body.pk, body)
    return list(found.values())


def organisations_at(area_ids: Collection[int]) -> list[tuple[int, Organisation]]:
    """(area id, open organisation serving exactly that area), the oldest first."""
    serving = ORGANISATIONS.get()[1]
    pairs = [(area_id, body) for area_id in area_ids for body in serving.get(area_id, ())]
    return sorted(pairs, key=lambda pair: pair[1].pk)


def tree_below(area: Area) -> QuerySet[Area]:
    """The area and everything below it, ended areas too, with the columns that say what lies where; no order."""
    inside = Area.objects.filter(tree_id=area.tree_id, lft__gte=area.lft, lft__lte=area.rght).order_by()
    return inside.only("name", "short_name", "kind", "parent_id", "level", "valid_until")


def hours_at(area: Area | None) -> dict[int, Hours]:
    """Spans of duty by weekday (0 is Monday), of the nearest area up the tree that has any."""
    rows: list[DutyHours] = []
    if area is not None:
        held = DUTY_HOURS.get()
        rows = next((held[step.pk] for step in reversed(area.path()) if step.pk in held), [])
    if not rows:
        return dict.fromkeys(DEFAULT_WEEKDAYS, DEFAULT_HOURS)
    return {
        weekday: tuple((row.start, row.end) for row in rows if row.weekday == weekday)
        for weekday in sorted({row.weekday for row in rows})
    }


def calendar_for(area: Area | None) -> Calendar:
    """Working days and duty hours at ``area`` as plain values, for core.worktime."""
    return Calendar(days=CALENDAR.get(), hours=hours_at(area))


def calendar_days() -> dict[date, bool]:
    """Every listed day of the city's calendar: True works, False is off."""
    return dict(CALENDAR.get())


def calendars_at(area_ids: Collection[int]) -> tuple[dict[int, Calendar], Calendar]:
    """The calendars of those of the areas that have duty hours of their own, and the one all others begin with."""
    days = calendar_days()
    rows = DutyHours.objects.filter(area__in=area_ids).order_by("area_id", "weekday", "start")
    found: dict[int, dict[int, Hours]] = {}
    for row in rows:
        spans = found.setdefault(row.area_id, {})
        spans[row.weekday] = (*spans.get(row.weekday, ()), (row.start, row.end))
    usual = Calendar(days=days, hours=dict.fromkeys(DEFAULT_WEEKDAYS, DEFAULT_HOURS))
    return {area_id: Calendar(days=days, hours=hours) for area_id, hours in found.items()}, usual


def unknown_calendar_years(years: Iterable[int]) -> list[int]:
    """Those of ``years`` whose holidays are not listed: the administrator is to be warned."""
    listed = CALENDAR.get()
    return sorted(year for year in set(years) if date(year, 10, 1) not in listed)


def area_by_code(code: str) -> Area:
    """The open area with this official code (short codes are padded); raises Area.DoesNotExist."""
    return Area.objects.filter(valid_until=None).get(code=code.ljust(OFFICIAL_DIGITS, "0"))


def free_home(compound: Area, building: str) -> Home:
    """The first home of a building where nobody lives yet; raises Home.DoesNotExist."""
    homes = Home.objects.filter(building__compound=compound, building__name=building, residencies=None)
    return homes.order_by("pk")[:1].get()


def home_words(person: Person) -> str:
    """Where the person lives, as they would say it ("锦绣花园 · 3 号楼"), or "" where nobody verified it."""
    lived = (
        Residency.objects.filter(person=person, state=Residency.State.VERIFIED)
        .select_related("home__building__compound")
        .order_by("-verified_at")
        .first()
    )
    if lived is None:
        return ""
    return f"{lived.home.building.compound.name} · {lived.home.building.name}"


def places_to_report(community: Area) -> list[Area]:
    """The community with its compounds and their grids, in the tree's order: where a report may lie."""
    return AREAS.get().inside(community.pk)
