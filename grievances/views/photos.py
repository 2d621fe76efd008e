"""Draft photos of a form that reports something: those that were sent, and those to show again."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.media import queries as photos
from core.media.actions import receive
from core.media.owner import owner_of
from core.refusals import Refused
from grievances.actions import MOST_PHOTOS


def photos_sent(request: HttpRequest, name: str = "photos") -> tuple[list[str], str]:
    """The ids of the drafts that were sent, with files of a browser without scripts taken in; and a refusal."""
    ids = [sent for sent in dict.fromkeys(request.POST.getlist(name)) if sent != request.POST.get("drop_photo")]
    too_many = _("最多 %(most)s 张，多出来的没有加上，前面的都在。") % {"most": MOST_PHOTOS}
    refusal = ""
    for upload in request.FILES.getlist(f"{name}_files"):
        if len(ids) >= MOST_PHOTOS:
            return ids, too_many
        try:
            ids.append(str(receive(owner=owner_of(request), upload=upload, at=timezone.now()).pk))
        except Refused as why:
            refusal = why.sentence()
    return (ids[:MOST_PHOTOS], too_many) if len(ids) > MOST_PHOTOS else (ids, refusal)


def drafts_of(request: HttpRequest, photo_ids: list[str]) -> dict[str, Any]:
    """The photos by id. A visitor's visit begins here, so that photos sent at the same moment belong to one."""
    owner = owner_of(request)
    return {str(photo.pk): photo for photo in photos.for_owner(owner)} if photo_ids else {}
