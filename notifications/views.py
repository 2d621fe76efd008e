"""The inbox (消息), the demo's sent texts, and what staff see of deliveries."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from communities.access import holds
from communities.roles import Role
from core.access import anyone, signed_in
from core.htmx import render_page
from core.pager import Pager
from notifications import actions, queries

LOOKED_BACK = timedelta(days=7)


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """The asker's messages, newest first."""
    person = request.user.person
    pager = Pager(queries.inbox(person), order=("-at", "-id"), after=request.GET.get("after"), size=30)
    context = {"pager": pager, "unread": queries.unread_count(person)}
    return render_page(request, "notifications/inbox.html", context, part="messages")


@signed_in
@require_POST
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it leads."""
    message = queries.message_for(request.user.person, pk)
    actions.open_message(message=message, at=timezone.now())
    safe = message.url and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if safe else "inbox")


@signed_in
@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.read_all(person=request.user.person, at=timezone.now())
    return redirect("inbox")


@anyone
def demo_sent(request: HttpRequest) -> HttpResponse:
    """What the demo's gateway "sent": only where DEMO is on."""
    if not settings.DEMO:
        raise Http404
    pager = Pager(queries.demo_sent(), order=("-at", "-id"), after=request.GET.get("after"), size=30)
    return render_page(request, "notifications/demo_sent.html", {"pager": pager})


@holds(Role.CITY_ADMIN, Role.AREA_ADMIN)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Texts that failed or whose fate is unknown, with counts of the last week."""
    person = request.user.person
    pager = Pager(queries.troubled(person), order=("-due_at", "-id"), after=request.GET.get("after"), size=50)
    counts = queries.counts_since(person, timezone.now() - LOOKED_BACK)
    return render_page(request, "notifications/deliveries.html", {"pager": pager, "counts": counts})


@holds(Role.CITY_ADMIN, Role.AREA_ADMIN)
@require_POST
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or unknown delivery again."""
    actions.send_again(delivery_id=pk, at=timezone.now())
    return redirect("deliveries")
