"""Areas from a CSV file: all or nothing, and the same file twice changes nothing."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.tree import lock_tree, rebuild_areas
from communities.models import PARENTS, Area, AreaEvent, CodePattern, Kind, Person
from communities.rules import BadCode, ImportRefused, check_code, full_code
from core.saying import listed_words

COLUMNS = ("kind", "code", "name", "parent_code")
OPTIONAL = ("parent_kind", "short_name", "subtype", "lat", "lng", "population", "stage", "duty_phone")
DIVISIONS = ("code", "name", "parent", "level", "kind")
LEVELS = {"city": Kind.CITY, "county": Kind.DISTRICT, "street": Kind.STREET, "community": Kind.COMMUNITY}
OFFICES = re.compile(r"(社区)?(居民委员会|居委会|村民委员会|村委会)$")
NEW_LAST = 1_000_000_000

Key = tuple[str, str]


@dataclass
class Row:
    """One area of the file; ``line`` is its line there, counted as an editor counts."""

    line: int
    kind: str
    code: str
    name: str
    parent: Key | None = None
    parent_code: str = ""
    parent_kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Kind and code: what an area is known by among the open ones."""
        return self.kind, self.code


@dataclass(frozen=True)
class Imported:
    """What an import did: how many areas were new, changed, and as they stood."""

    created: int
    changed: int
    unchanged: int


def import_areas(*, content: bytes, by: Person | None, at: datetime) -> Imported:
    """Take in areas from CSV bytes (UTF-8 or GB 18030), all or none.

    Columns: kind, code, name, parent_code and, if wanted, parent_kind, short_name, subtype, lat, lng,
    population, stage, duty_phone. The divisions list of the statistics bureau (code, name, parent, level,
    kind) is recognised by its head. Official codes are padded to 12 digits. An area that is there already
    (same kind and code) gets the file's name and facts; it is never moved.
    Raises ImportRefused naming each bad line and why. Permission is the caller's matter.
    """
    rows, errors = _read(content)
    _check_rows(rows, errors)
    with transaction.atomic():
        lock_tree()
        known = {(area.kind, area.code): area for area in Area.objects.filter(valid_until=None)}
        _find_parents(rows, known, errors)
        if errors:
            raise ImportRefused(sorted(errors))
        changed = _change([row for row in rows if row.key in known], known, by, at)
        created = _create([row for row in rows if row.key not in known], known, by, at)
        if created:
            rebuild_areas()
    return Imported(created, changed, len(rows) - created - changed)


def _read(content: bytes) -> tuple[list[Row], list[tuple[int, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    if "\ufffd" in text or "\x00" in text:
        raise ImportRefused([(1, _("读不出文字，请另存为 UTF-8 编码的 CSV。"))])
    reader = csv.DictReader(io.StringIO(text, newline=""))
    head = tuple((name or "").strip() for name in reader.fieldnames or ())
    reader.fieldnames = list(head)
    divisions = set(DIVISIONS) <= set(head)
    missing = [] if divisions else [name for name in COLUMNS if name not in head]
    if missing:
        raise ImportRefused([(1, _("缺少列：%(names)s") % {"names": listed_words(missing)})])
    rows: list[Row] = []
    errors: list[tuple[int, str]] = []
    try:
        for cells in reader:
            plain = {name: (value or "").strip() for name, value in cells.items() if isinstance(value, str | None)}
            if any(plain.values()):
                _take(rows, errors, reader.line_num, plain, divisions)
    except csv.Error as error:
        errors.append((reader.line_num, _("这一行不是 CSV：%(why)s") % {"why": error}))
    return rows, errors


def _take(rows: list[Row], errors: list[tuple[int, str]], line: int, cells: dict[str, str], divisions: bool) -> None:
    if divisions:
        if cells["level"] == "province":
            return
        rows.append(_division(line, cells))
        return
    kind = cells["kind"]
    row = Row(
        line, kind, full_code(kind, cells["code"]), cells["name"], None, cells["parent_code"],
        cells.get("parent_kind", ""),
    )  # fmt: skip
    try:
        row.facts = _facts(cells)
    except ValueError as error:
        errors.append((line, str(error)))
    rows.append(row)


def _division(line: int, cells: dict[str, str]) -> Row:
    """A line of the statistics bureau: its level names the kind, its kind tells 居委会 from 村委会."""
    kind = LEVELS.get(cells["level"], cells["level"])
    name, facts = cells["name"], {}
    if kind == Kind.COMMUNITY:
        urban = "居委会" in cells["kind"]
        facts["subtype"] = Area.Subtype.URBAN if urban else Area.Subtype.VILLAGE if cells["kind"] == "村委会" else ""
        stem = OFFICES.sub("", name) or name
        name = f"{stem}社区" if urban and not stem.endswith("社区") else stem
        facts["short_name"] = stem.removesuffix("社区") or stem
    parent = cells["parent"] if kind != Kind.CITY else ""
    return Row(line, kind, full_code(kind, cells["code"]), name, None, parent, "", facts)


def _facts(cells: dict[str, str]) -> dict[str, Any]:
    """The optional cells that are filled, in their types; raises ValueError with a sentence."""
    facts: dict[str, Any] = {name: cells[name] for name in ("short_name", "duty_phone") if cells.get(name)}
    for name, choices in (("subtype", Area.Subtype), ("stage", Area.Stage)):
        if value := cells.get(name):
            if value not in choices.values:
                raise ValueError(
                    _("%(column)s 只能是：%(values)s") % {"column": name, "values": listed_words(choices.values)}
                )
            facts[name] = value
    if value := cells.get("population"):
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise ValueError(_("population 应为整数。"))
        facts["population"] = int(value)
    if bool(cells.get("lat")) != bool(cells.get("lng")):
        raise ValueError(_("lat 和 lng 要一起填。"))
    if cells.get("lat"):
        facts["lat"], facts["lng"] = _degrees(cells["lat"], 90), _degrees(cells["lng"], 180)
    return facts


def _degrees(text: str, limit: int) -> Decimal:
    try:
        value = round(Decimal(text), 6)
    except InvalidOperation:
        raise ValueError(_("经纬度应为数字：%(text)s") % {"text": text}) from None
    if not value.is_finite() or abs(value) > limit:
        raise ValueError(_("经纬度超出范围：%(text)s") % {"text": text})
    return value


def _check_rows(rows: list[Row], errors: list[tuple[int, str]]) -> None:
    patterns = {rule.kind: rule for rule in CodePattern.objects.all()}
    counted = Counter(row.key for row in rows)
    for row in rows:
        if row.kind not in Kind.values:
            errors.append((row.line, _("不认识的类别：%(kind)s") % {"kind": row.kind or "—"}))
            continue
        if not row.name or len(row.name) > 80 or len(row.facts.get("short_name", "")) > 40:
            errors.append((row.line, _("名称应为 1 到 80 个字，简称不超过 40 个字。")))
        if counted[row.key] > 1:
            errors.append((row.line, _("编码 %(code)s 在文件里出现了不止一次。") % {"code": row.code}))
        rule = patterns.get(row.kind)
        try:
            check_code(row.kind, row.code, *((rule.pattern, rule.words) if rule else ()))
        except BadCode as refused:
            errors.append((row.line, refused.sentence()))


def _find_parents(rows: list[Row], known: dict[Key, Area], errors: list[tuple[int, str]]) -> None:
    """Give each row the key of its parent, in the file or among the open areas."""
    there = {row.key for row in rows} | set(known)
    for row in rows:
        if row.kind not in Kind.values:
            continue
        if row.kind == Kind.CITY:
            if row.parent_code:
                errors.append((row.line, _("市没有上级，parent_code 应为空。")))
            continue
        kinds = [kind for kind in PARENTS[row.kind] if not row.parent_kind or kind == row.parent_kind]
        fitting = [(str(kind), full_code(kind, row.parent_code)) for kind in kinds]
        found = [key for key in fitting if key in there]
        if not found:
            errors.append((row.line, _("找不到上级 %(code)s。") % {"code": row.parent_code or "—"}))
        elif len(found) > 1:
            errors.append((row.line, _("上级 %(code)s 不止一个，请填 parent_kind。") % {"code": row.parent_code}))
        else:
            row.parent = found[0]
            _check_unmoved(row, known, errors)


def _check_unmoved(row: Row, known: dict[Key, Area], errors: list[tuple[int, str]]) -> None:
    area = known.get(row.key)
    if area is None or row.parent is None:
        return
    parent = known.get(row.parent)
    if parent is None or parent.pk != area.parent_id:
        errors.append(
            (
                row.line,
                _("“%(name)s”现在属于别的上级，导入不改变隶属，请用“改隶”办理。") % {"name": area.name},
            )
        )


def _change(rows: list[Row], known: dict[Key, Area], by: Person | None, at: datetime) -> int:
    events, areas = [], []
    for row in rows:
        area, wanted = known[row.key], {"name": row.name, **row.facts}
        before = {name: getattr(area, name) for name, value in wanted.items() if getattr(area, name) != value}
        if not before:
            continue
        for name in before:
            setattr(area, name, wanted[name])
        areas.append(area)
        after = {name: wanted[name] for name in before}
        events.append(_event(area, AreaEvent.What.CHANGED, by, at, before, after))
    facts = ["name", *(name for name in OPTIONAL if name != "parent_kind")]
    Area.objects.bulk_update(areas, facts, batch_size=500)
    AreaEvent.objects.bulk_create(events, batch_size=1000)
    return len(areas)


def _create(rows: list[Row], known: dict[Key, Area], by: Person | None, at: datetime) -> int:
    """Insert level by level, so that parents have ids; the numbers are counted by the rebuild after it."""
    today: date = timezone.localdate(at)
    for kind in Kind:
        areas = []
        for row in (row for row in rows if row.kind == kind):
            parent = known[row.parent] if row.parent is not None else None
            areas.append(
                Area(
                    kind=row.kind, code=row.code, name=row.name, parent=parent, valid_from=today,
                    parent_kind=parent.kind if parent is not None else "", tree_id=NEW_LAST, level=0,
                    lft=NEW_LAST, rght=NEW_LAST + 1, **row.facts,
                )
            )  # fmt: skip
        Area.objects.bulk_create(areas, batch_size=1000)
        known.update({(area.kind, area.code): area for area in areas})
        AreaEvent.objects.bulk_create(
            [_event(a, AreaEvent.What.CREATED, by, at, {}, {"code": a.code, "parent": a.parent_id}) for a in areas],
            batch_size=1000,
        )
    return len(rows)


def _event(
    area: Area, what: str, by: Person | None, at: datetime, before: dict[str, Any], after: dict[str, Any]
) -> AreaEvent:
    def plain(values: dict[str, Any]) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}

    return AreaEvent(area=area, what=what, before=plain(before), after=plain(after), by=by, at=at)
