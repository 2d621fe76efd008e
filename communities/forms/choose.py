"""What the pages of areas check of what a browser sent."""

from django import forms
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from communities.models import Area, Kind
from communities.queries import open_area

LONGEST_SEARCH = 40


class LookForm(forms.Form):
    """Search words, or the area whose children to list; nonsense counts as nothing."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    area = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def words(self) -> str:
        """The search words, "" when none (or too many) were sent."""
        return self.cleaned_data.get("q", "") if self.is_bound and self._checked() else ""

    def place(self) -> Area | None:
        """The open city, district or street to list, or None."""
        pk = self.cleaned_data.get("area") if self._checked() else None
        if pk is None:
            return None
        try:
            area = open_area(pk)
        except Area.DoesNotExist:
            return None
        return area if area.kind in (Kind.CITY, Kind.DISTRICT, Kind.STREET) else None

    def _checked(self) -> bool:
        self.is_valid()
        return True


class ChooseForm(forms.Form):
    """The community a visitor chose."""

    community = forms.IntegerField(
        min_value=1,
        max_value=2**62,
        error_messages={"required": _("请选一个社区。"), "invalid": _("请从下面选一个社区。")},
    )

    def clean_community(self) -> Area:
        """The open community of the id that was sent."""
        try:
            return open_area(self.cleaned_data["community"], Kind.COMMUNITY)
        except Area.DoesNotExist:
            raise forms.ValidationError(_("这个社区已经找不到了，请重新选一个。")) from None


def next_address(request: HttpRequest) -> str:
    """The address to go on to (form first, then query) if it lies on this site, else ""."""
    sent = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(sent, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return sent if safe else ""
