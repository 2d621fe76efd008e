"""Sending photos one by one, looking at one's own drafts, taking one back."""

import uuid
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from core.access import anyone
from core.media import actions, queries
from core.media.limits import TooBigStops
from core.media.owner import owner_of
from core.media.refusals import CannotAttach, NothingReceived, PhotoRefused, TooManyBytes
from core.media.serving import photo_response


@anyone
@csrf_exempt  # only until the handler below is in place: _upload asks for the token
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take one photo: 201 with id, thumb_url and name, or a refusal with the sentence for the sender."""
    stop = TooBigStops(request)
    request.upload_handlers.insert(0, stop)
    return _upload(request, stop)


@csrf_protect
def _upload(request: HttpRequest, stop: TooBigStops) -> HttpResponse:
    try:
        sent = _one_file(request)
        if stop.stopped:
            raise TooManyBytes
        if sent is None:
            raise NothingReceived
        photo = actions.receive(owner=owner_of(request), upload=sent, at=timezone.now())
    except PhotoRefused as refusal:
        return _refused(refusal, refusal.code)
    answer = {
        "id": str(photo.pk),
        "thumb_url": reverse("media_thumb", args=[photo.pk]),
        "name": sent.name or "",
    }
    return JsonResponse(answer, status=201)


@anyone
@require_safe
def thumb(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponseBase:
    """Show the small copy of one of the asker's own drafts; another's is not there."""
    photo = queries.draft_of(owner_of(request), photo_id, at=timezone.now())
    if photo is None:
        raise Http404
    return photo_response(photo, "thumb", request)


@anyone
@require_POST
def remove(request: HttpRequest, photo_id: uuid.UUID) -> HttpResponse:
    """Take back one of the asker's own drafts: 204, or a refusal with the sentence for the sender."""
    try:
        actions.remove(photo_id=photo_id, owner=owner_of(request), at=timezone.now())
    except CannotAttach as refusal:
        return _refused(refusal, refusal.code)
    return HttpResponse(status=204)


def _one_file(request: HttpRequest) -> UploadedFile | None:
    """Return the photo of the request, whatever its field is called; None where nothing whole came."""
    try:
        files = cast("MultiValueDict[str, UploadedFile]", request.FILES)
    except (MultiPartParserError, OSError):
        return None
    return next((cast("UploadedFile", file) for _name, file in files.items()), None)


def _refused(refusal: PhotoRefused | CannotAttach, code: str) -> JsonResponse:
    return JsonResponse({"error": refusal.sentence(), "code": code}, status=refusal.status)
