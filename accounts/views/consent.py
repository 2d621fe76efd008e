"""The privacy notice, and the yes to it before first use."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, queries, rules
from accounts.addresses import safe_next
from accounts.forms import ConsentForm
from core.access import anyone, signed_in
from core.htmx import render_page


@anyone
@require_safe
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """The text of the notice, for everybody to read."""
    return render_page(request, "accounts/privacy_notice.html", {"version": rules.PRIVACY_VERSION})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Take the yes, once for each version of the text, and go back to where the person was."""
    next_address = safe_next(request)
    form, status = ConsentForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid():
            actions.consent_to_privacy(person=queries.user_of(request).person, at=timezone.now())
            request.session[rules.CONSENT_KEY] = rules.PRIVACY_VERSION
            return HttpResponseRedirect(next_address)
        status = 422
    context = {"form": form, "next": next_address, "version": rules.PRIVACY_VERSION}
    return render_page(request, "accounts/consent.html", context, status=status)
