"""What is set at areas: module switches, the calendar, duty hours."""

from datetime import date
from typing import Final

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models.areas import Area
from core.reference import KnownKey, Reference


class ModuleSwitch(models.Model):
    """A module's setting at an area; no row means inherited from above."""

    class State(models.TextChoices):
        ON = "on", _("开启")
        OFF = "off", _("关闭")

    area = KnownKey(Area, verbose_name=_("辖区"), on_delete=models.PROTECT, related_name="module_switches")
    module = models.CharField(_("模块"), max_length=40)
    state = models.CharField(_("状态"), max_length=3, choices=State.choices)
    locked = models.BooleanField(_("锁定下级"), default=False)
    options = models.JSONField(_("选项"), default=dict, blank=True)
    changed_by = models.ForeignKey(
        Person, verbose_name=_("修改人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("模块开关")
        verbose_name_plural = _("模块开关")
        constraints = [models.UniqueConstraint(fields=["area", "module"], name="moduleswitch_once")]

    def __str__(self) -> str:
        return f"{self.module} {self.state}"


class ModuleSwitchLog(models.Model):
    """Every change of a module's setting: who, when, from what to what. Append-only."""

    area = models.ForeignKey(Area, verbose_name=_("辖区"), on_delete=models.PROTECT, related_name="+")
    module = models.CharField(_("模块"), max_length=40)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    by = models.ForeignKey(Person, verbose_name=_("修改人"), on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("模块开关记录")
        verbose_name_plural = _("模块开关记录")
        indexes = [models.Index(fields=["area", "-at"], name="moduleswitchlog_area_at")]

    def __str__(self) -> str:
        return f"{self.module} {self.at:%Y-%m-%d %H:%M}"


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a make-up workday (调休).

    A year is known when its National Day is listed; of an unknown year only the weekends are counted.
    """

    date = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = _("节假日与调休")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.note}"


class DutyHours(models.Model):
    """A span of duty on a weekday at an area; the nearest area up the tree that has any wins as a whole."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("星期一")
        TUESDAY = 1, _("星期二")
        WEDNESDAY = 2, _("星期三")
        THURSDAY = 3, _("星期四")
        FRIDAY = 4, _("星期五")
        SATURDAY = 5, _("星期六")
        SUNDAY = 6, _("星期日")

    area = KnownKey(Area, verbose_name=_("辖区"), on_delete=models.PROTECT, related_name="duty_hours")
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday.choices)
    start = models.TimeField(_("上班时间"))
    end = models.TimeField(_("下班时间"))

    class Meta:
        verbose_name = _("值班时间")
        verbose_name_plural = _("值班时间")
        ordering = ["area", "weekday", "start"]
        constraints = [
            models.UniqueConstraint(fields=["area", "weekday", "start"], name="dutyhours_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="dutyhours_ends_later"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="dutyhours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}–{self.end:%H:%M}"


class SettingChange(models.Model):
    """Every change of a setting: who, when, from what to what. Append-only.

    ``subject`` names what was set ("category:12", "rule:5", "duty:41", "calendar:2027"); ``before`` and
    ``after`` hold codes, ids and numbers by the name of the field; None before: it was new, None after: removed.
    """

    subject = models.CharField(_("哪一项"), max_length=60)
    area = models.ForeignKey(
        Area, verbose_name=_("辖区"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    by = models.ForeignKey(Person, verbose_name=_("修改人"), on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("设置的修改")
        verbose_name_plural = _("设置的修改")
        indexes = [models.Index(fields=["subject", "-id"], name="settingchange_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"


def _switches() -> dict[int, list[ModuleSwitch]]:
    found: dict[int, list[ModuleSwitch]] = {}
    for row in ModuleSwitch.objects.using(DEFAULT_DB_ALIAS).order_by("pk"):
        found.setdefault(row.area_id, []).append(row)
    return found


def _duty_hours() -> dict[int, list[DutyHours]]:
    found: dict[int, list[DutyHours]] = {}
    for row in DutyHours.objects.using(DEFAULT_DB_ALIAS).order_by("area_id", "weekday", "start"):
        found.setdefault(row.area_id, []).append(row)
    return found


def _days() -> dict[date, bool]:
    return dict(CalendarDay.objects.using(DEFAULT_DB_ALIAS).values_list("date", "is_working"))


SWITCHES: Final = Reference(_switches, "communities_moduleswitch")
"""The module switches by the id of their area."""
DUTY_HOURS: Final = Reference(_duty_hours, "communities_dutyhours")
"""The spans of duty by the id of their area, in order."""
CALENDAR: Final = Reference(_days, "communities_calendarday")
"""Every listed day of the city's calendar: True works, False is off."""
