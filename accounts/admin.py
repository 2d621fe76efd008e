"""Admin pages of the city's staff: people and sign-ins to look up, never to invent history."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from accounts.models import ActingFor, Consent, OpeningLog, Person, User


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


@admin.register(User)
class UserAdmin(LookOnly):
    """Sign-ins; the password's digest is not shown."""

    list_display = ("id", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    list_filter = ("is_active", "is_staff")
    exclude = ("password", "login", "person", "session_epoch", "ended_sessions")


@admin.register(Person)
class PersonAdmin(LookOnly):
    """People by number; names and phones are opened on the pages that log it."""

    list_display = ("id", "language", "elder_mode", "created_at", "merged_into_id")
    list_filter = ("language", "elder_mode")
    fields = ("language", "elder_mode", "theme", "merged_into_id", "created_at")
    readonly_fields = ("merged_into_id", "created_at")


@admin.register(Consent)
class ConsentAdmin(LookOnly):
    """Consents by person number."""

    list_display = ("id", "person_id", "what", "text_version", "at", "withdrawn_at")
    list_filter = ("what", "text_version")
    fields = ("what", "text_version", "at", "withdrawn_at")


@admin.register(ActingFor)
class ActingForAdmin(LookOnly):
    """Who may act for whom, by person number."""

    list_display = ("id", "person_id", "for_person_id", "valid_from", "valid_until")
    fields = ("valid_from", "valid_until")


@admin.register(OpeningLog)
class OpeningLogAdmin(LookOnly):
    """Who looked at what of whom, by person number."""

    list_display = ("id", "opener_id", "person_id", "field", "subject", "at")
    date_hierarchy = "at"
    fields = ("field", "subject", "reason", "at")


def _own_sign_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """The admin's own sign-in form has no limits: lead to ours, and those without the right away."""
    if request.user.is_authenticated:
        return redirect("home")
    return redirect_to_login(request.GET.get("next", "/"), resolve_url("sign_in_password"))


admin.site.login = _own_sign_in  # type: ignore[method-assign,assignment]
