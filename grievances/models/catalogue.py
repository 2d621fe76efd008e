"""Categories (诉求类别) with their deadlines, and the rules of dispatch."""

from typing import Final

from django.core.validators import MaxValueValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area, Organisation, Role
from core.personal import declare
from core.reference import KnownKey, Reference, finders


class Tier(models.TextChoices):
    """小事业主治、大物业办、难事社区商."""

    SMALL = "small", _("小事")
    LARGE = "large", _("大事")
    HARD = "hard", _("难事")


class RoundTheClock(models.TextChoices):
    """Which cases of a category count nights and days off too."""

    NEVER = "", _("都按上班时间算")
    URGENT = "urgent", _("紧急的不分昼夜")
    ALWAYS = "always", _("都不分昼夜")


class Hours(models.TextChoices):
    """When a rule is asked: whether the report falls into the duty hours of its place."""

    IN = "in", _("工作时间")
    OUT = "out", _("非工作时间")


class Urgency(models.TextChoices):
    """How quickly somebody must look."""

    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")


class Category(models.Model):
    """A main (no parent) or sub category with its deadlines in working hours and what a result must show."""

    parent = KnownKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subs")
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    icon = models.CharField(_("图标"), max_length=40, blank=True)
    tier = models.CharField(_("分级"), max_length=8, choices=Tier.choices, default=Tier.SMALL)
    contact_hours = models.PositiveSmallIntegerField(_("首次联系时限（工作小时）"), default=4)
    done_hours = models.PositiveSmallIntegerField(_("办结时限（工作小时）"), default=40)
    urgent_contact_hours = models.PositiveSmallIntegerField(_("紧急的首次联系时限（小时）"), null=True, blank=True)
    urgent_done_hours = models.PositiveSmallIntegerField(_("紧急的办结时限（小时）"), null=True, blank=True)
    round_the_clock = models.CharField(
        _("夜里和放假算不算"), max_length=6, choices=RoundTheClock.choices, blank=True, default=RoundTheClock.NEVER
    )
    photos_before = models.PositiveSmallIntegerField(_("处理前照片"), default=0, validators=[MaxValueValidator(3)])
    photos_after = models.PositiveSmallIntegerField(_("处理后照片"), default=0, validators=[MaxValueValidator(3)])
    least_text = models.PositiveSmallIntegerField(_("结果说明至少字数"), default=10)
    handler = models.CharField(_("默认承办"), max_length=20, default=Role.GRID_WORKER)
    is_safety = models.BooleanField(_("涉及安全"), default=False)
    needs_check = models.BooleanField(_("结果先核查"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("诉求类别")
        verbose_name_plural = _("诉求类别")
        ordering = ("order", "id")
        constraints = [
            models.CheckConstraint(condition=Q(photos_before__lte=3, photos_after__lte=3), name="category_photos"),
            models.CheckConstraint(condition=Q(contact_hours__lte=F("done_hours")), name="category_contact_first"),
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    Coalesce(F("urgent_contact_hours"), F("contact_hours")),
                    Coalesce(F("urgent_done_hours"), F("done_hours")),
                ),
                name="category_urgent_contact_first",
            ),
            models.CheckConstraint(
                condition=Q(urgent_contact_hours__isnull=True) | Q(urgent_contact_hours__lte=F("contact_hours")),
                name="category_urgent_contact",
            ),
            models.CheckConstraint(
                condition=Q(urgent_done_hours__isnull=True) | Q(urgent_done_hours__lte=F("done_hours")),
                name="category_urgent_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent.name} · {self.name}" if self.parent else self.name


class Catalogue:
    """Every category, each with its main one and its subs; in the catalogue's order."""

    def __init__(self) -> None:
        categories = Category.objects.using(DEFAULT_DB_ALIAS)
        mains = list(categories.filter(parent=None).prefetch_related("subs"))
        found = [one for main in mains for one in (main, *main.subs.all())]
        self.mains = [main for main in mains if main.is_active]
        self.by_id = {one.pk: one for one in found}
        self.by_code = {one.code: one for one in found}


CATALOGUE: Final = Reference(Catalogue, "grievances_category")
"""The catalogue as it is now."""


def _category(pk: int) -> Category:
    found = CATALOGUE.get().by_id.get(pk)
    if found is None:
        raise Category.DoesNotExist(pk)
    return found


finders[Category] = _category


class DispatchRule(models.Model):
    """Who receives which cases in an area: the first that fits, walking up the tree from the grid.

    A condition that is empty fits everything. The catch-all (one, at the root, without conditions) is asked
    last, after the tier's own way; the database keeps it from being deleted or switched off.
    """

    area = KnownKey(Area, on_delete=models.PROTECT, related_name="+")
    category = KnownKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tier = models.CharField(_("分级"), max_length=8, choices=Tier.choices, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency.choices, blank=True)
    hours = models.CharField(_("什么时间"), max_length=3, choices=Hours.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices, blank=True)
    organisation_kind = models.CharField(_("单位类型"), max_length=20, blank=True)
    organisation = KnownKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at_once = models.BooleanField(_("不经派单员，直接派出"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.PositiveIntegerField(_("第几版"), default=1, editable=False)
    is_catch_all = models.BooleanField(_("兜底"), default=False, editable=False)
    broken_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("派单规则")
        verbose_name_plural = _("派单规则")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(organisation__isnull=True, person__isnull=True) & (~Q(role="") ^ ~Q(organisation_kind=""))
                    | Q(role="", organisation_kind="") & (Q(organisation__isnull=False) ^ Q(person__isnull=False))
                ),
                name="rule_one_target",
            ),
            models.CheckConstraint(
                condition=Q(is_catch_all=False)
                | Q(category__isnull=True, tier="", urgency="", hours="", at_once=False, is_active=True),
                name="rule_catch_all_plain",
            ),
            models.UniqueConstraint(fields=["area"], condition=Q(is_catch_all=True), name="rule_one_catch_all"),
        ]
        indexes = [models.Index(fields=["area", "order"], name="rule_area_order")]

    @property
    def asks(self) -> int:
        """How many conditions it has besides place and category."""
        return bool(self.tier) + bool(self.urgency) + bool(self.hours)


declare(Category, plain=("code", "name", "icon", "handler", "round_the_clock"))


def _rules() -> dict[int, list[DispatchRule]]:
    found: dict[int, list[DispatchRule]] = {}
    for rule in DispatchRule.objects.using(DEFAULT_DB_ALIAS).filter(is_active=True).order_by("pk"):
        found.setdefault(rule.area_id, []).append(rule)
    return found


RULES: Final = Reference(_rules, "grievances_dispatchrule")
"""The rules in use by the id of their area."""

declare(DispatchRule, plain=("organisation_kind",))
