"""The area tree (辖区) and what happened to it."""

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from mptt.models import MPTTModel, TreeForeignKey

from accounts.models import Person
from core.reference import KnownKey, Reference, finders

OFFICIAL_CODE = r"^[0-9]{12}$"
OFFICIAL_DIGITS = 12
MOST_KNOWN: Final = 20_000
FREE_CODE = r"^[0-9A-Za-z一-鿿#_.-]{1,40}$"


_UP = """
WITH RECURSIVE up (id, parent_id) AS (
    SELECT id, parent_id FROM communities_area WHERE id = %s
    UNION SELECT a.id, a.parent_id FROM communities_area a JOIN up ON a.id = up.parent_id
) SELECT id FROM up
"""


def ids_above(area_id: int) -> RawSQL:
    """A subquery of the ids of an area and all above it: six key look-ups, however large the tree."""
    return RawSQL(_UP, [area_id])  # noqa: S611 - a fixed text, the id is a parameter


class Kind(models.TextChoices):
    """The six kinds of areas, from the top down."""

    CITY = "city", _("市")
    DISTRICT = "district", _("县（市、区）")
    STREET = "street", _("街道（乡镇）")
    COMMUNITY = "community", _("社区（村）")
    COMPOUND = "compound", _("小区")
    GRID = "grid", _("网格")


PARENTS: dict[str, tuple[str, ...]] = {
    Kind.CITY: ("",),
    Kind.DISTRICT: (Kind.CITY,),
    Kind.STREET: (Kind.DISTRICT,),
    Kind.COMMUNITY: (Kind.STREET,),
    Kind.COMPOUND: (Kind.COMMUNITY,),
    Kind.GRID: (Kind.COMPOUND, Kind.COMMUNITY),
}
OFFICIAL_KINDS = (Kind.CITY, Kind.DISTRICT, Kind.STREET, Kind.COMMUNITY)


def _allowed_pairs() -> Q:
    pairs = Q()
    for kind, parents in PARENTS.items():
        pairs |= Q(kind=str(kind), parent_kind__in=[str(parent) for parent in parents])
    return pairs


class Area(MPTTModel):
    """One area. Its place in the tree is written by ``communities.actions`` only: a trigger refuses others.

    ``parent_kind`` repeats the parent's kind ("" for a city); a composite foreign key holds the two together
    and a CHECK allows only the pairs of ``PARENTS``. Codes carry no logic.
    """

    class Subtype(models.TextChoices):
        URBAN = "urban", _("城市社区")
        VILLAGE = "village", _("村")

    class Stage(models.TextChoices):
        PLANNED = "planned", _("待建")
        PILOT = "pilot", _("试点")
        LIVE = "live", _("已开通")
        PLATFORM = "platform", _("街道平台")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    parent = TreeForeignKey(
        "self",
        verbose_name=_("上级"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    parent_kind = models.CharField(max_length=10, choices=Kind.choices, blank=True, default="", editable=False)
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    tree_id = models.PositiveIntegerField(editable=False)
    level = models.PositiveIntegerField(editable=False)

    code = models.CharField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True, default="")
    subtype = models.CharField(_("类型"), max_length=10, choices=Subtype.choices, blank=True, default="")
    former_codes = ArrayField(models.CharField(max_length=40), verbose_name=_("曾用编码"), default=list, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("撤销日期"), null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lng = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    population = models.PositiveIntegerField(_("人口"), null=True, blank=True)
    stage = models.CharField(_("建设阶段"), max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    duty_phone = models.CharField(_("值班电话"), max_length=20, blank=True, default="")

    class Meta:
        verbose_name = _("辖区")
        verbose_name_plural = _("辖区")
        ordering = ["tree_id", "lft"]
        indexes = [
            models.Index(fields=["tree_id", "lft"], name="area_tree_lft"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "kind"], name="area_id_kind"),
            models.UniqueConstraint(fields=["kind", "code"], condition=Q(valid_until=None), name="area_open_code_once"),
            models.CheckConstraint(condition=_allowed_pairs(), name="area_parent_pair"),
            models.CheckConstraint(
                condition=Q(parent=None, parent_kind="") | (Q(parent__isnull=False) & ~Q(parent_kind="")),
                name="area_parent_kind_stored",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in OFFICIAL_KINDS]) | Q(code__regex=OFFICIAL_CODE),
                name="area_official_code",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="area_named"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="area_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lng=None)
                | Q(lat__isnull=False, lng__isnull=False, lat__range=(-90, 90), lng__range=(-180, 180)),
                name="area_centre",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def near_name(self) -> str:
        """The name as it is told apart: a grid with its compound's (or community's) before it."""
        return f"{self.parent.name}{self.name}" if self.kind == Kind.GRID and self.parent is not None else self.name

    @property
    def is_open(self) -> bool:
        """Whether the area has not been ended."""
        return self.valid_until is None

    def path(self) -> "list[Area]":
        """The area and those above it as they are now, from the top down; shared: not to be changed."""
        return AREAS.get().path(self.pk)

    def children_open(self) -> "list[Area]":
        """The areas just below that have not been ended, in the tree's order; shared: not to be changed."""
        return AREAS.get().children(self.pk)

    @property
    def label(self) -> str:
        """The short name where there is one, for narrow places."""
        return self.short_name or self.name


class AreaBook:
    """Areas by id, each with its parent set; a street is read whole, because its cases stand in one list."""

    def __init__(self) -> None:
        self._known: dict[int, Area] = {}
        self._children: dict[int, list[Area]] = {}
        self._inside: dict[int, list[Area]] = {}

    def one(self, pk: int) -> Area:
        """The area; raises Area.DoesNotExist."""
        found = self._known.get(pk) or self._read(pk).get(pk)
        if found is None:
            raise Area.DoesNotExist(pk)
        return found

    def path(self, pk: int | None) -> list[Area]:
        """The area and those above it, from the top down; empty where there is no such area."""
        found: list[Area] = []
        step = None if pk is None else self._known.get(pk) or self._read(pk).get(pk)
        while step is not None:
            found.append(step)
            step = step.parent
        return found[::-1]

    def children(self, pk: int) -> list[Area]:
        """The areas just below one that have not been ended, in the tree's order."""
        found = self._children.get(pk)
        if found is None:
            below = Area.objects.using(DEFAULT_DB_ALIAS).filter(parent=pk, valid_until=None)
            found = [self.one(child) for child in below.order_by("lft").values_list("pk", flat=True)]
            kept = self._children if len(self._children) < MOST_KNOWN else {}
            self._children = kept | {pk: found}
        return found

    def inside(self, pk: int) -> list[Area]:
        """An area below a street with all below it that have not been ended, in the tree's order."""
        found = self._inside.get(pk)
        if found is None:
            top = self.one(pk)
            found = [
                area for area in self._known.values()
                if area.tree_id == top.tree_id and top.lft <= area.lft <= top.rght and area.is_open
            ]  # fmt: skip
            found.sort(key=lambda area: area.lft)
            kept = self._inside if len(self._inside) < MOST_KNOWN else {}
            self._inside = kept | {pk: found}
        return found

    def _read(self, pk: int) -> dict[int, Area]:
        areas = Area.objects.using(DEFAULT_DB_ALIAS).defer("boundary")
        found = list(areas.filter(pk__in=ids_above(pk)).order_by("level"))
        street = next((area for area in found if area.kind == Kind.STREET), None)
        if street is not None:
            inside = areas.filter(tree_id=street.tree_id, lft__gt=street.lft, rght__lt=street.rght)
            found = [*found[: found.index(street) + 1], *inside.order_by("level")]
        read: dict[int, Area] = {}
        for area in found:
            area.parent = read.get(area.parent_id) if area.parent_id is not None else None
            read[area.pk] = area
        self._known = read | self._known if len(self._known) < MOST_KNOWN else read
        return read


AREAS: Final = Reference(AreaBook, "communities_area")
"""The areas that were asked for since the tree last changed."""
finders[Area] = lambda pk: AREAS.get().one(pk)


class CodePattern(models.Model):
    """The pattern (regular expression) that the city sets for codes of compounds or grids."""

    kind = models.CharField(
        _("类别"), max_length=10, choices=[(Kind.COMPOUND, _("小区")), (Kind.GRID, _("网格"))], unique=True
    )
    pattern = models.CharField(_("编码规则"), max_length=200)
    words = models.CharField(_("规则说明"), max_length=200)

    class Meta:
        verbose_name = _("编码规则")
        verbose_name_plural = _("编码规则")

    def __str__(self) -> str:
        return self.words


class AreaEvent(models.Model):
    """What was done to an area, by whom. A trigger refuses changing or deleting rows."""

    class What(models.TextChoices):
        CREATED = "created", _("设立")
        MOVED = "moved", _("改隶")
        CHANGED = "changed", _("修改")
        ENDED = "ended", _("撤销")

    area = models.ForeignKey(Area, verbose_name=_("辖区"), on_delete=models.PROTECT, related_name="events")
    what = models.CharField(_("事项"), max_length=10, choices=What.choices)
    before = models.JSONField(_("之前"), default=dict)
    after = models.JSONField(_("之后"), default=dict)
    by = models.ForeignKey(
        Person, verbose_name=_("经办人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("原因"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("辖区变更")
        verbose_name_plural = _("辖区变更")
        indexes = [models.Index(fields=["area", "-at"], name="areaevent_area_at")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.area_id}"


class Placed(models.Model):
    """Base of everything that lies in an area: carries the ids of its district, street, community, compound.

    A list at any level is then one index range. A move of the area writes the ids anew
    (``actions.rekey_placed``). Concrete models add the indexes they need.
    """

    area = KnownKey(Area, verbose_name=_("所在辖区"), on_delete=models.PROTECT, related_name="+")
    district = KnownKey(Area, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    street = KnownKey(Area, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    community = KnownKey(Area, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    compound = KnownKey(Area, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    KEYED: ClassVar[tuple[str, ...]] = (Kind.DISTRICT, Kind.STREET, Kind.COMMUNITY, Kind.COMPOUND)

    class Meta:
        abstract = True

    def place_at(self, area: Area) -> None:
        """Set the area and the four ids above it; the caller saves."""
        self.area = area
        path = {above.kind: above.pk for above in area.path()}
        for kind in self.KEYED:
            setattr(self, f"{kind}_id", path.get(kind))
