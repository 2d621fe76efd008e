"""Areas: made, moved, renamed, ended. Each takes the tree's lock first and reads after it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from communities.actions.duty import DUTY_CHANGED
from communities.actions.tree import lock_tree, rekey_placed
from communities.models import Area, AreaEvent, CodePattern, Kind, Person
from communities.roles import roles_at
from communities.rules import (
    AreaEnded,
    CodeTaken,
    IntoItself,
    NoName,
    NotAllowed,
    StillOpenBelow,
    check_code,
    check_pair,
    full_code,
    may_administer,
)
from core import outbox

FACTS = frozenset({"name", "short_name", "subtype", "lat", "lng", "boundary", "population", "stage", "duty_phone"})


def create_area(
    *, kind: str, parent_id: int | None, code: str, name: str, by: Person | None, at: datetime,
    valid_from: date | None = None, **facts: Any,
) -> Area:  # fmt: skip
    """Make an area under its parent, as its last child.

    ``code`` of official kinds is padded to 12 digits; ``by`` None is the command line; ``facts`` are the
    other fields (short_name, subtype, lat, lng, boundary, population, stage, duty_phone).
    Returns the saved area. Raises WrongKind, AreaEnded, BadCode, CodeTaken, NoName, NotAllowed.
    """
    _known(facts)
    if not name.strip():
        raise NoName
    with transaction.atomic():
        lock_tree()
        parent = Area.objects.get(pk=parent_id) if parent_id is not None else None
        check_pair(kind, parent)
        _judge(by, parent)
        code = full_code(kind, code)
        _check_free(kind, code)
        area = Area(
            kind=kind, parent=parent, parent_kind=parent.kind if parent is not None else "", code=code,
            name=name.strip(), valid_from=valid_from or timezone.localdate(at), **facts,
        )  # fmt: skip
        area.save(force_insert=True)
        _record(area, AreaEvent.What.CREATED, by, at, after={"code": code, "parent": parent_id})
    return area


def move_area(*, area_id: int, parent_id: int, by: Person | None, at: datetime, reason: str = "") -> Area:
    """Move an area with everything below it under another parent, then re-key what lies in it.

    The move is one short transaction, and rights follow at once; the re-keying runs in batches after it
    and can be taken up again by ``manage.py rekey_areas``.
    Returns the moved area. Raises IntoItself, WrongKind, AreaEnded, NotAllowed.
    """
    with transaction.atomic():
        lock_tree()
        area = Area.objects.select_related("parent").get(pk=area_id)
        target = Area.objects.get(pk=parent_id)
        if not area.is_open:
            raise AreaEnded(area)
        if target.tree_id == area.tree_id and area.lft <= target.lft and target.rght <= area.rght:
            raise IntoItself(area)
        check_pair(area.kind, target)
        _judge(by, area.parent)
        _judge(by, target)
        before = area.parent_id
        if before == target.pk:
            return area
        _move(area, target)
        event = _record(area, AreaEvent.What.MOVED, by, at, {"parent": before}, {"parent": target.pk}, reason)
        # Duty hours that are inherited may be others now.
        outbox.put(DUTY_CHANGED, about=f"communities.area:{area.pk}", key=f"{DUTY_CHANGED}:moved:{event.pk}", at=at)
    rekey_placed(area)
    return area


def _move(area: Area, target: Area) -> None:
    """The package writes parent_id first and the rest after: the pair is checked at the end of both."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS area_parent_and_kind DEFERRED")
        area.parent_kind = target.kind
        area.move_to(target, "last-child")
        cursor.execute("SET CONSTRAINTS area_parent_and_kind IMMEDIATE")
    area.refresh_from_db()


def rename_area(*, area_id: int, name: str, by: Person | None, at: datetime, short_name: str | None = None) -> Area:
    """Give an area another name (and short name). Raises NoName, NotAllowed, AreaEnded."""
    changes: dict[str, Any] = {"name": name.strip()}
    if short_name is not None:
        changes["short_name"] = short_name.strip()
    return change_area(area_id=area_id, by=by, at=at, **changes)


def change_area(*, area_id: int, by: Person | None, at: datetime, **facts: Any) -> Area:
    """Set facts of an area that have nothing to do with the tree; what changed is kept as an event.

    Returns the area. Raises NoName, NotAllowed, AreaEnded; TypeError for a field that is no such fact.
    """
    _known(facts)
    if "name" in facts and not facts["name"]:
        raise NoName
    with transaction.atomic():
        area = Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area_id)
        _judge(by, area)
        if not area.is_open:
            raise AreaEnded(area)
        changed = {field: value for field, value in facts.items() if getattr(area, field) != value}
        if not changed:
            return area
        before = {field: _plain(getattr(area, field)) for field in changed}
        for field, value in changed.items():
            setattr(area, field, value)
        area.save(update_fields=list(changed))
        after = {field: _plain(value) for field, value in changed.items()}
        _record(area, AreaEvent.What.CHANGED, by, at, before, after)
    return area


def recode_area(*, area_id: int, code: str, by: Person | None, at: datetime) -> Area:
    """Give an area a new code; the old one is kept. Raises BadCode, CodeTaken, NotAllowed."""
    with transaction.atomic():
        lock_tree()
        area = Area.objects.select_for_update(no_key=True, of=("self",)).get(pk=area_id)
        _judge(by, area)
        code = full_code(area.kind, code)
        if code == area.code:
            return area
        _check_free(area.kind, code)
        before, area.code = area.code, code
        area.former_codes = [*area.former_codes, before]
        area.save(update_fields=["code", "former_codes"])
        _record(area, AreaEvent.What.CHANGED, by, at, {"code": before}, {"code": code})
    return area


def end_area(*, area_id: int, by: Person | None, at: datetime, reason: str = "") -> Area:
    """End an area that has no open areas below; it keeps its place, its code becomes free.

    Returns the area. Raises StillOpenBelow, AreaEnded, NotAllowed.
    """
    with transaction.atomic():
        lock_tree()
        area = Area.objects.select_related("parent").get(pk=area_id)
        _judge(by, area.parent or area)
        if not area.is_open:
            raise AreaEnded(area)
        below = Area.objects.filter(parent=area, valid_until=None).count()
        if below:
            raise StillOpenBelow(area, below)
        area.valid_until = max(timezone.localdate(at), area.valid_from)
        area.save(update_fields=["valid_until"])
        _record(area, AreaEvent.What.ENDED, by, at, after={"until": str(area.valid_until)}, reason=reason)
    return area


def _judge(by: Person | None, area: Area | None) -> None:
    """The command line may; a person needs to administer the place (a new city: nobody's place)."""
    if by is None:
        return
    if area is None or not may_administer(roles_at(by, area)):
        raise NotAllowed


def _known(facts: dict[str, Any]) -> None:
    if unknown := set(facts) - FACTS:
        raise TypeError(f"no such facts of an area: {sorted(unknown)}")


def _check_free(kind: str, code: str) -> None:
    rule = CodePattern.objects.filter(kind=kind).first() if kind in (Kind.COMPOUND, Kind.GRID) else None
    if rule is not None:
        check_code(kind, code, rule.pattern, rule.words)
    else:
        check_code(kind, code)
    taken = Area.objects.filter(kind=kind, code=code, valid_until=None).first()
    if taken is not None:
        raise CodeTaken(code, taken.name)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def _record(
    area: Area, what: str, by: Person | None, at: datetime, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None, reason: str = "",
) -> AreaEvent:  # fmt: skip
    return AreaEvent.objects.create(
        area=area, what=what, before=before or {}, after=after or {}, by=by, reason=reason, at=at
    )
