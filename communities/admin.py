"""Admin pages of the city's staff: the tree, roles and switches to look at; the calendar and hours to edit."""

from django.contrib import admin
from django.http import HttpRequest

from communities.models import (
    Area,
    AreaEvent,
    CalendarDay,
    CodePattern,
    DutyHours,
    ModuleSwitch,
    ModuleSwitchLog,
    Organisation,
    RoleGrant,
)


class LookOnly(admin.ModelAdmin):
    """Rows that only actions write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes one here."""
        return False


@admin.register(Area)
class AreaAdmin(LookOnly):
    """The tree, in its order."""

    list_display = ("name", "kind", "code", "parent", "stage", "valid_from", "valid_until")
    list_filter = ("kind", "stage", "subtype")
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    ordering = ("tree_id", "lft")


@admin.register(AreaEvent)
class AreaEventAdmin(LookOnly):
    """What was done to areas."""

    list_display = ("at", "what", "area", "reason")
    list_filter = ("what",)
    list_select_related = ("area",)


@admin.register(Organisation)
class OrganisationAdmin(LookOnly):
    """Organisations and their duty phones."""

    list_display = ("name", "kind", "duty_phone", "closed_at")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(RoleGrant)
class RoleGrantAdmin(LookOnly):
    """Roles by person number."""

    list_display = ("person_id", "role", "area", "organisation", "valid_from", "valid_until")
    list_filter = ("role",)
    list_select_related = ("area", "organisation")
    fields = ("role", "area", "organisation", "valid_from", "valid_until")


@admin.register(ModuleSwitch)
class ModuleSwitchAdmin(LookOnly):
    """Module switches as they stand."""

    list_display = ("area", "module", "state", "locked", "changed_at")
    list_filter = ("module", "state")
    list_select_related = ("area",)


@admin.register(ModuleSwitchLog)
class ModuleSwitchLogAdmin(LookOnly):
    """Every change of a module switch."""

    list_display = ("at", "area", "module", "before", "after")
    list_filter = ("module",)
    list_select_related = ("area",)


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """Holidays and make-up workdays, edited when the next year's notice comes."""

    list_display = ("date", "is_working", "note")
    list_filter = ("is_working",)
    date_hierarchy = "date"


@admin.register(DutyHours)
class DutyHoursAdmin(admin.ModelAdmin):
    """Duty hours of areas."""

    list_display = ("area", "weekday", "start", "end")
    list_select_related = ("area",)
    autocomplete_fields = ("area",)


@admin.register(CodePattern)
class CodePatternAdmin(admin.ModelAdmin):
    """The city's patterns for codes of compounds and grids."""

    list_display = ("kind", "pattern", "words")
