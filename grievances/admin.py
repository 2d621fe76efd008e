"""Admin pages of the city's staff: categories and rules to edit, cases and their history only to look at."""

from django.contrib import admin
from django.http import HttpRequest

from grievances.models import Case, CaseHistory, Category, DispatchRule


class KeptForEver(admin.ModelAdmin):
    """Rows that history names: they are switched off, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes one here."""
        return False


class LookOnly(KeptForEver):
    """Rows that only actions write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes one here."""
        return False


@admin.register(Category)
class CategoryAdmin(KeptForEver):
    """The catalogue: deadlines, photos and handlers are the city's to set; codes stay."""

    list_display = (
        "name",
        "parent",
        "code",
        "tier",
        "contact_hours",
        "done_hours",
        "handler",
        "is_safety",
        "is_active",
    )
    list_filter = ("tier", "is_safety", "is_active")
    search_fields = ("name", "code")
    list_select_related = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The code and place of a category that is there: rules and figures go by them."""
        return () if obj is None else ("code", "parent")


@admin.register(DispatchRule)
class DispatchRuleAdmin(KeptForEver):
    """Rules of dispatch; one that is no longer wanted is switched off, because history names it."""

    list_display = (
        "id",
        "area",
        "category",
        "order",
        "role",
        "organisation_kind",
        "organisation",
        "at_once",
        "is_active",
    )
    list_filter = ("is_active", "at_once", "role")
    list_select_related = ("area", "category", "category__parent", "organisation")
    raw_id_fields = ("area", "organisation", "person")


@admin.register(Case)
class CaseAdmin(LookOnly):
    """Cases by number and state; words and people are read on the case's page, which checks who may."""

    list_display = ("number", "state", "category", "community", "due_at", "is_late", "reopened", "returned")
    list_filter = ("state", "kind", "source", "is_late")
    list_select_related = ("category", "category__parent", "community")
    exclude = ("title", "address", "lat", "lng", "reporter", "proxy", "last_hash")


@admin.register(CaseHistory)
class CaseHistoryAdmin(LookOnly):
    """Steps as they were taken; who took one is read on the case's page."""

    list_display = ("subject_id", "seq", "step", "from_state", "to_state", "role", "at", "recorded_at")
    list_filter = ("step",)
    exclude = ("subject", "actor", "acted_for", "prev_hash", "hash")
