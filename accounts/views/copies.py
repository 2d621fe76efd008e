"""A copy of my data: asking for it, waiting, downloading."""

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries
from core.access import signed_in
from core.htmx import render_page
from core.refusals import Refused

SHOWN = 10


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_data(request: HttpRequest) -> HttpResponse:
    """The copies of my data: those that can be downloaded, and the one that is being made, with how far it is."""
    person, refusal, status = queries.user_of(request).person, "", 200
    if request.method == "POST":
        try:
            actions.ask_export(person=person, at=timezone.now())
            return redirect("me_data")
        except Refused as error:
            refusal, status = error.sentence(), error.status
    return _page(request, refusal, status)


@signed_in
@never_cache
@require_POST
def me_data_download(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Hand me one of my copies; that I took it is written down."""
    now = timezone.now()
    try:
        export, file = actions.take_export(person=queries.user_of(request).person, export_id=pk, at=now)
    except Refused as refusal:
        return _page(request, refusal.sentence(), refusal.status)
    name = f"my-data-{timezone.localtime(export.asked_at):%Y%m%d}.zip"
    answer = FileResponse(file, content_type="application/zip", filename=name, as_attachment=True)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _page(request: HttpRequest, refusal: str, status: int) -> HttpResponse:
    person, now = queries.user_of(request).person, timezone.now()
    copies = [(export, export.is_open(now)) for export in queries.exports_of(person)[:SHOWN]]
    waiting = any(export.state == export.State.WAITING for export, _open in copies)
    context = {"copies": copies, "waiting": waiting, "refusal": refusal}
    return render_page(request, "accounts/me_data.html", context, part="copies", status=status)
