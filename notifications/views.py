"""The inbox (消息), the demo's sent texts, and what staff see of deliveries."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.access import holds
from communities.roles import Role
from core import outbox
from core.access import anyone, signed_in
from core.htmx import render_page
from core.pager import Pager
from notifications import actions, queries

LOOKED_BACK = timedelta(days=7)


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The asker's messages, newest first."""
    person = request.user.person
    pager = Pager(queries.inbox(person), order=("-at", "-id"), after=request.GET.get("after"), size=30)
    context = {"pager": pager, "unread": queries.unread_count(person)}
    return render_page(request, "notifications/inbox.html", context, part="messages")


@signed_in
@require_POST
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it leads: only inside the portal."""
    message = queries.message_for(request.user.person, pk)
    actions.open_message(message=message, at=timezone.now())
    inside = message.url.startswith("/") and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if inside else reverse("inbox"))


@signed_in
@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.read_all(person=request.user.person, at=timezone.now())
    return redirect("inbox")


@anyone
@require_safe
def demo_sent(request: HttpRequest) -> HttpResponse:
    """What the demo's gateway "sent": only where DEMO is on."""
    if not settings.DEMO:
        raise Http404
    pager = Pager(queries.demo_sent(), order=("-at", "-id"), after=request.GET.get("after"), size=30)
    return render_page(request, "notifications/demo_sent.html", {"pager": pager})


@holds(Role.CITY_ADMIN, Role.AREA_ADMIN)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Texts that went wrong in the asker's areas, with counts of the last week, and stuck effects."""
    person = request.user.person
    shown = request.GET.get("state", "")
    shown = shown if shown in queries.TROUBLE else queries.State.FAILED.value
    troubled = queries.in_trouble(person, shown)
    counts = queries.counts_since(person, timezone.now() - LOOKED_BACK)
    context = {
        "pager": Pager(troubled, order=("-due_at", "-id"), after=request.GET.get("after"), size=50),
        "shown": shown,
        "counts": [(state, state.label, counts[state]) for state in queries.State],
        "troubles": queries.TROUBLE,
        "stuck": queries.stuck_work(person),
    }
    return render_page(request, "notifications/deliveries.html", context)


@holds(Role.CITY_ADMIN, Role.AREA_ADMIN)
@require_POST
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a text again that went wrong."""
    delivery = queries.delivery_for(request.user.person, pk)
    if actions.send_again(delivery=delivery, at=timezone.now()):
        messages.success(request, _("已重新排队，几秒钟后再发一次。"))
    else:
        messages.error(request, _("这一条现在发不了：对方还没有手机号，或者已经在发了。"))
    return redirect(f"{reverse('deliveries')}?state={delivery.state}")


@holds(Role.CITY_ADMIN)
@require_POST
def effect_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry out a stuck effect again."""
    outbox.send_again(work_id=pk, at=timezone.now())
    messages.success(request, _("已重新排队，几秒钟后再办一次。"))
    return redirect("deliveries")
