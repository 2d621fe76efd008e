"""Handing out the files of photos. Whether the asker may see one is decided before, by the calling view."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from core.media import keeping
from core.media.models import Photo
from core.media.reading import SUFFIXES

Version = Literal["thumb", "shown", "original"]

_HERE = Path(__file__).resolve().parent
_WAITING = (_HERE / "placeholder_wait.svg").read_bytes()
_BROKEN = (_HERE / "placeholder_broken.svg").read_bytes()


def photo_response(photo: Photo, version: Version, request: HttpRequest) -> HttpResponseBase:
    """Answer with one version of a photo, or with a drawing while its copies are not made yet.

    Where `settings.MEDIA_ACCEL` names an internal location of the web server, the server sends the file.
    The browser keeps the file but asks each time, so that the access check is made each time.

    Args:
        photo: which; the caller has checked that the asker may see it.
        version: "thumb" (at most 320 px), "shown" (at most 1600 px) or "original" (as sent, to download).
        request: asked for, its conditional headers are honoured.
    """
    key = {"thumb": photo.thumb_key, "shown": photo.shown_key, "original": photo.original_key}[version]
    if not key:
        return _drawing(photo)
    etag = f'"{photo.pk.hex}-{version}"'
    unchanged = get_conditional_response(request, etag=etag)
    answer = unchanged if unchanged is not None else _file(photo, version, key)
    answer["ETag"] = etag
    return _private(answer)


def _file(photo: Photo, version: Version, key: str) -> HttpResponseBase:
    content_type = photo.content_type if version == "original" else Photo.Type.JPEG.value
    name = f"{photo.pk}.{SUFFIXES[content_type]}"
    where = str(getattr(settings, "MEDIA_ACCEL", ""))
    if where:
        answer: HttpResponseBase = HttpResponse(content_type=content_type)
        answer["X-Accel-Redirect"] = f"{where.rstrip('/')}/{quote(key)}"
        kind = "attachment" if version == "original" else "inline"
        answer["Content-Disposition"] = f'{kind}; filename="{name}"'
        return answer
    try:
        file = keeping.private().open(key)
    except FileNotFoundError:
        return HttpResponse(_BROKEN, content_type="image/svg+xml", status=404)
    return FileResponse(file, content_type=content_type, filename=name, as_attachment=version == "original")


def _drawing(photo: Photo) -> HttpResponseBase:
    broken = photo.state == Photo.State.BROKEN
    answer = HttpResponse(_BROKEN if broken else _WAITING, content_type="image/svg+xml")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _private(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    # The file came from a stranger: should a browser ever open it as a page, it may do nothing.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
