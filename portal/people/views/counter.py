"""At the counter: the number of a resident who lost their phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import change_number_by_staff
from communities.access import holds
from communities.actions import COUNTER
from communities.roles import Role
from core import once
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused
from portal.people.forms import CounterForm
from portal.people.views.shared import key_of


@holds(*COUNTER, Role.CITY_ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counter_number(request: HttpRequest) -> HttpResponse:
    """Give a resident another number, with the old one and a reason; they read who did it and why."""
    form, refusal, status = CounterForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("old_phone", "phone", "reason")}
            try:
                change_number_by_staff(by=request.user.person, at=timezone.now(), once=key_of(request), **given)  # type: ignore[union-attr]
                messages.success(request, _("换好了。请居民用新号码登录一次试试。"))
                return redirect("counter_number")
            except AlreadyDone:
                return redirect("counter_number")
            except Refused as error:
                refusal, status = error.sentence(), 422 if error.status == 404 else error.status
    context = {"form": form, "refusal": refusal, "once": once.fresh_key()}
    return render_page(request, "portal/people/counter.html", context, status=status)
