"""Buildings, homes, who owns them and who lives in them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models.areas import Area, Kind
from communities.models.organisations import Organisation


class Building(models.Model):
    """A building (楼栋) of a compound. ``compound_kind`` lets the database refuse areas of other kinds."""

    compound = models.ForeignKey(Area, verbose_name=_("小区"), on_delete=models.PROTECT, related_name="buildings")
    compound_kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPOUND, editable=False)
    name = models.CharField(_("楼栋"), max_length=40)

    class Meta:
        verbose_name = _("楼栋")
        verbose_name_plural = _("楼栋")
        constraints = [
            models.UniqueConstraint(fields=["compound", "name"], name="building_once"),
            models.CheckConstraint(condition=Q(compound_kind="compound"), name="building_in_compound"),
        ]

    def __str__(self) -> str:
        return self.name


class Home(models.Model):
    """A part of a building that can be owned alone (专有部分)."""

    class HomeKind(models.TextChoices):
        FLAT = "flat", _("住宅")
        SHOP = "shop", _("商铺")
        GARAGE = "garage", _("车库")
        STORE = "store", _("储藏室")

    class AreaSource(models.TextChoices):
        REGISTER = "register", _("登记")
        SURVEY = "survey", _("实测")
        CONTRACT = "contract", _("合同")

    building = models.ForeignKey(Building, verbose_name=_("楼栋"), on_delete=models.PROTECT, related_name="homes")
    unit = models.CharField(_("单元"), max_length=20, blank=True, default="")
    room = models.CharField(_("房号"), max_length=20)
    kind = models.CharField(_("用途"), max_length=10, choices=HomeKind.choices, default=HomeKind.FLAT)
    floor_area = models.DecimalField(_("专有面积（平方米）"), max_digits=9, decimal_places=2, null=True, blank=True)
    area_source = models.CharField(_("面积来源"), max_length=10, choices=AreaSource.choices, blank=True, default="")

    class Meta:
        verbose_name = _("房屋")
        verbose_name_plural = _("房屋")
        constraints = [
            models.UniqueConstraint(fields=["building", "unit", "room", "kind"], name="home_once"),
            models.CheckConstraint(
                condition=Q(floor_area=None, area_source="")
                | (Q(floor_area__isnull=False, floor_area__gt=0) & ~Q(area_source="")),
                name="home_area_has_source",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.building.name, self.unit, self.room) if part)


class Ownership(models.Model):
    """A share of a home, from–until, held by a person or an organisation; shares are exact fractions."""

    home = models.ForeignKey(Home, verbose_name=_("房屋"), on_delete=models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(
        Person,
        verbose_name=_("业主"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ownerships",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("业主单位"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    share_num = models.PositiveIntegerField(_("份额分子"), default=1)
    share_den = models.PositiveIntegerField(_("份额分母"), default=1)
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("产权")
        verbose_name_plural = _("产权")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation=None) | Q(person=None, organisation__isnull=False),
                name="ownership_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(share_num__gt=0, share_den__gt=0, share_num__lte=F("share_den")),
                name="ownership_share",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="ownership_ends_later",
            ),
            models.UniqueConstraint(
                fields=["home", "person"],
                condition=Q(valid_until=None, person__isnull=False),
                name="ownership_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.home_id}: {self.share_num}/{self.share_den}"


class Residency(models.Model):
    """A person lives in (or owns) a home: pending until community staff verify it."""

    class ResidencyKind(models.TextChoices):
        OWNER = "owner", _("业主")
        TENANT = "tenant", _("租户")
        FAMILY = "family", _("家属")

    class State(models.TextChoices):
        PENDING = "pending", _("待核实")
        VERIFIED = "verified", _("已核实")
        ENDED = "ended", _("已结束")

    person = models.ForeignKey(Person, verbose_name=_("居民"), on_delete=models.PROTECT, related_name="residencies")
    home = models.ForeignKey(Home, verbose_name=_("房屋"), on_delete=models.PROTECT, related_name="residencies")
    kind = models.CharField(_("身份"), max_length=10, choices=ResidencyKind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PENDING)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    verified_by = models.ForeignKey(
        Person, verbose_name=_("核实人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end_reason = models.CharField(_("结束原因"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("居住关系")
        verbose_name_plural = _("居住关系")
        constraints = [
            models.UniqueConstraint(fields=["person", "home"], condition=~Q(state="ended"), name="residency_open_once"),
            models.CheckConstraint(
                condition=Q(state="pending", verified_at=None, ended_at=None)
                | Q(state="verified", verified_at__isnull=False, ended_at=None)
                | Q(state="ended", ended_at__isnull=False),
                name="residency_state_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("person")), name="residency_not_own_judge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.home_id}"
