"""Opening a masked value."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, queries
from accounts.addresses import safe_next
from accounts.forms import OpeningForm
from accounts.models import Person
from core.access import signed_in
from core.htmx import render_page
from core.refusals import Refused


@signed_in
@never_cache
@require_POST
def open_value(request: HttpRequest) -> HttpResponse:
    """Show the full value of one field after a reason was given: a fragment for htmx, else a page."""
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return render_page(request, "accounts/open_value.html", {"form": form}, part="value", status=422)
    asked = form.cleaned_data
    person = get_object_or_404(Person, pk=asked["person"])
    context = {"person": person, "asked": asked, "next": safe_next(request), "value": "", "refusal": ""}
    status = 200
    try:
        context["value"] = actions.open_value(
            opener=queries.user_of(request).person, person=person, field=asked["field"],
            subject=asked["subject"], reason=asked["reason"], at=timezone.now(),
        )  # fmt: skip
    except Refused as refusal:
        context["refusal"], status = refusal.sentence(), refusal.status
    return render_page(request, "accounts/open_value.html", context, part="value", status=status)
