"""Organisations (组织), their members, and roles granted to people."""

from datetime import date, timedelta
from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models.areas import Area
from core.reference import KnownKey, Reference, finders


class Organisation(models.Model):
    """A body that serves one or more areas and can hold what is sent to it."""

    class OrganisationKind(models.TextChoices):
        PARTY = "party", _("党组织")
        DEPARTMENT = "department", _("职能部门")
        PROPERTY = "property", _("物业企业")
        OWNERS = "owners", _("业主委员会")
        RESIDENTS = "residents", _("居民委员会")
        SOCIAL = "social", _("社会组织")
        VOLUNTEERS = "volunteers", _("志愿服务队")
        ENTERPRISE = "enterprise", _("社区社会企业")

    kind = models.CharField(_("类别"), max_length=12, choices=OrganisationKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    duty_phone = models.CharField(_("值班电话"), max_length=20, blank=True, default="")
    areas = models.ManyToManyField(Area, verbose_name=_("服务辖区"), related_name="organisations")
    closed_at = models.DateTimeField(_("停办时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = _("组织")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="organisation_named")]

    def __str__(self) -> str:
        return self.name


def _organisations() -> tuple[dict[int, Organisation], dict[int, list[Organisation]]]:
    bodies = Organisation.objects.using(DEFAULT_DB_ALIAS).in_bulk()
    serving: dict[int, list[Organisation]] = {}
    pairs = Organisation.areas.through.objects.using(DEFAULT_DB_ALIAS).order_by("organisation_id")
    for organisation_id, area_id in pairs.values_list("organisation_id", "area_id"):
        if bodies[organisation_id].closed_at is None:
            serving.setdefault(area_id, []).append(bodies[organisation_id])
    return bodies, serving


ORGANISATIONS: Final = Reference(_organisations, "communities_organisation", "communities_organisation_areas")
"""Every organisation by id, and the open ones by the area that they serve, the oldest first."""


def _organisation(pk: int) -> Organisation:
    found = ORGANISATIONS.get()[0].get(pk)
    if found is None:
        raise Organisation.DoesNotExist(pk)
    return found


finders[Organisation] = _organisation


class Membership(models.Model):
    """A person's position in an organisation, from–until. It is a roll: rights come from role grants."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("组织"), on_delete=models.PROTECT, related_name="memberships"
    )
    person = models.ForeignKey(Person, verbose_name=_("成员"), on_delete=models.PROTECT, related_name="memberships")
    position = models.CharField(_("职务"), max_length=40, blank=True, default="")
    is_lead = models.BooleanField(_("负责人"), default=False)
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("成员")
        verbose_name_plural = _("成员")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], condition=Q(valid_until=None), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.person_id}"


class Role(models.TextChoices):
    """What a person may be for a place or an organisation (the table of roles)."""

    RESIDENT = "resident", _("居民")
    GRID_WORKER = "grid_worker", _("网格员")
    DISPATCHER = "dispatcher", _("派单员")
    COMMUNITY_STAFF = "community_staff", _("社区工作者")
    COMMUNITY_HEAD = "community_head", _("社区书记")
    STREET_OFFICIAL = "street_official", _("街道干部")
    DISTRICT_OFFICIAL = "district_official", _("县（市、区）干部")
    CITY_ADMIN = "city_admin", _("市级管理员")
    AREA_ADMIN = "area_admin", _("辖区管理员")
    CALL_BACK = "call_back", _("回访员")
    SECRETARY = "secretary", _("书记")
    AUDITOR = "auditor", _("审计员")
    ORG_STAFF = "org_staff", _("组织经办人")
    ORG_LEAD = "org_lead", _("组织负责人")


ORGANISATION_ROLES = (Role.SECRETARY, Role.ORG_STAFF, Role.ORG_LEAD)


class TsTzRange(Func):
    """tstzrange(from, until): half open, endless where ``until`` is null."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class RoleGrant(models.Model):
    """A role at an area (it holds for all below) or at an organisation, from–until.

    "resident" is never granted: it follows from a verified residency. Two equal grants never overlap.
    """

    person = models.ForeignKey(Person, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    area = KnownKey(
        Area, verbose_name=_("辖区"), on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants"
    )
    organisation = KnownKey(
        Organisation, verbose_name=_("组织"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="role_grants",
    )  # fmt: skip
    valid_from = models.DateTimeField(_("起"))
    valid_until = models.DateTimeField(_("止"), null=True, blank=True)
    granted_by = models.ForeignKey(
        Person, verbose_name=_("授予人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_by = models.ForeignKey(
        Person, verbose_name=_("收回人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(_("收回原因"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("角色授权")
        verbose_name_plural = _("角色授权")
        indexes = [
            models.Index(fields=["role", "area"], name="rolegrant_role_area"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(area__isnull=False, organisation=None) | Q(area=None, organisation__isnull=False),
                name="rolegrant_one_place",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, role__in=[str(role) for role in ORGANISATION_ROLES])
                | (Q(area__isnull=False) & ~Q(role__in=["resident", *map(str, ORGANISATION_ROLES)])),
                name="rolegrant_role_fits_place",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="rolegrant_ends_later",
            ),
            ExclusionConstraint(
                name="rolegrant_area_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("area", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(area__isnull=False),
            ),
            ExclusionConstraint(
                name="rolegrant_organisation_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the role is held; None without an end."""
        if self.valid_until is None:
            return None
        return timezone.localdate(self.valid_until - timedelta(microseconds=1))
