"""Why a photo was not taken, each in a sentence that says what to do."""

import uuid
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.refusals import Refused

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000


class PhotoRefused(Refused):
    """A photo was not received. `code` says why, for programs; `sentence()` says what to do, for people."""

    status = 422
    code = "refused"
    words: str | Promise = ""

    def __init__(self) -> None:
        super().__init__(self.words)


class NothingReceived(PhotoRefused):
    """The request carried no photo: none was chosen, or the sending broke off before it."""

    code = "nothing"
    words = _("没有收到照片，可能传到一半断了，请再传一次")


class EmptyFile(PhotoRefused):
    """A file of no bytes."""

    code = "empty"
    words = _("这个文件是空的，请重新选一张照片")


class TooManyBytes(PhotoRefused):
    """More than 15 MB."""

    code = "too_big"
    words = _("这张照片超过 15 MB，请换一张小一些的，或用手机重新拍一张")


class TooManyPixels(PhotoRefused):
    """The header says more than 50 megapixels, or a side that no camera makes; nothing was decoded."""

    code = "too_many_pixels"
    words = _("这张照片超过 5000 万像素，请把相机的尺寸调小一些再拍，或换一张")


class NotAPhoto(PhotoRefused):
    """By its content, whatever its name, not a JPEG, PNG, WebP or HEIC."""

    code = "not_a_photo"
    words = _("这个文件不是照片。能收 JPEG、PNG、WebP 和 HEIC 照片，请换一张或重新拍")


class Unreadable(PhotoRefused):
    """It begins like a photo but cannot be decoded to its end."""

    code = "unreadable"
    words = _("这张照片打不开，请换一张或重新拍")


class Busy(PhotoRefused):
    """Other photos are being decoded and this one waited too long."""

    status = 503
    code = "busy"
    words = _("现在传照片的人多，请过一会儿再传一次")


class TooManyDrafts(PhotoRefused):
    """The owner has as many drafts as one may have."""

    code = "too_many_drafts"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.words = format_lazy(_("已有 {limit} 张照片还没用上，请先移去几张，或把填好的内容先送出"), limit=limit)
        super().__init__()


class CannotAttach(Refused):
    """Photos were not attached, none of them. `photo_ids` names those that are the reason."""

    code = "cannot_attach"
    words: str | Promise = ""

    def __init__(self, photo_ids: Iterable[uuid.UUID]) -> None:
        self.photo_ids = list(photo_ids)
        super().__init__(self.words)


class NotYourPhotos(CannotAttach):
    """There are no such photos, or they are another's: the two are not told apart."""

    code = "not_yours"
    words = _("有照片找不到了，请重新添加后再送出")


class AlreadyAttached(CannotAttach):
    """The photos belong to something already."""

    code = "already_attached"
    words = _("有照片已经用在别的地方了，请重新添加后再送出")


class DraftExpired(CannotAttach):
    """The photos were sent more than 24 hours ago and not used."""

    code = "expired"
    words = _("有照片放了超过 24 小时，已经不能用了，请重新添加后再送出")


class BrokenPhotos(CannotAttach):
    """The photos turned out to be unreadable when their shown copies were made."""

    code = "broken"
    words = _("有照片打不开，请移去它，换一张或重新拍")


class TooManyPhotos(CannotAttach):
    """More photos than the form takes; `photo_ids` are those beyond."""

    code = "too_many"

    def __init__(self, photo_ids: Iterable[uuid.UUID], limit: int) -> None:
        self.limit = limit
        self.words = format_lazy(_("一次最多 {limit} 张照片，请移去几张再送出"), limit=limit)
        super().__init__(photo_ids)
