"""Looking into a sent photo: what it is by its content, whether it is whole, when and where it was taken.

The file comes from anybody, so everything here expects lies: a name that says something else, a header that
claims more pixels than memory has, a body that ends early, metadata that is nonsense.
"""

import hashlib
import math
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import filetype
import pillow_heif
from django.utils import timezone
from PIL import Image

from core.media.refusals import (
    MAX_BYTES,
    MAX_PIXELS,
    Busy,
    EmptyFile,
    NotAPhoto,
    TooManyBytes,
    TooManyPixels,
    Unreadable,
)

# A copy must be made of the picture itself, never of a preview that the sender put beside it.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)
# The second guard, for every decode of this process: Pillow raises above twice this.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

MAX_SIDE = 32_000
MAX_SCANS = 100
BIG_PIXELS = 2_000_000
WAIT_SECONDS = 20
HEAD_BYTES = 8192
CHECK_SHRINK = 8

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}
_SAME = {"image/apng": "image/png"}
# Brands of HEVC still pictures (ISO/IEC 23008-12 annex B) that the type library does not list.
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})

# What Pillow and its plugins raise for a body that is not what its header promised.
DECODE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    IndexError,
    struct.error,
    TypeError,
)
_METADATA_ERRORS = (*DECODE_ERRORS, KeyError, ZeroDivisionError, OverflowError, AttributeError)

_decoding = threading.BoundedSemaphore(1)

_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    """What was found in a photo. Width and height in pixels as stored, before any turning."""

    content_type: str
    byte_size: int
    width: int
    height: int
    sha256: str
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


@contextmanager
def decode_slot(pixels: int) -> Iterator[None]:
    """Let at most one big picture be decoded at a time in this process: memory is the limit, not time.

    Raises:
        Busy: the place did not become free within 20 seconds.
    """
    if pixels < BIG_PIXELS:
        yield
        return
    if not _decoding.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _decoding.release()


def type_of(head: bytes) -> str | None:
    """Return the content type that the first bytes say, if it is one we take, else None."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "image/heic"
    mime = filetype.guess_mime(head)
    mime = _SAME.get(mime, mime)
    return mime if mime in FORMATS else None


def open_image(file: IO[bytes], content_type: str) -> Image.Image:
    """Open a photo with the one decoder of its type; reads the header only.

    Raises:
        TooManyPixels: the header claims more than we decode.
        Unreadable: the header makes no sense.
    """
    file.seek(0)
    try:
        image = Image.open(file, formats=[FORMATS[content_type]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except DECODE_ERRORS:
        raise Unreadable from None
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise TooManyPixels
    return image


def read(file: IO[bytes], byte_size: int, *, at: datetime) -> Facts:
    """Look a sent photo through.

    Args:
        file: the bytes, at any position; left open, at any position.
        byte_size: their number.
        at: now, to tell a camera with a wrong clock.

    Raises:
        PhotoRefused: one of its kinds, with the sentence for the sender.
    """
    if byte_size == 0:
        raise EmptyFile
    if byte_size > MAX_BYTES:
        raise TooManyBytes
    file.seek(0)
    content_type = type_of(file.read(HEAD_BYTES))
    if content_type is None:
        raise NotAPhoto
    if content_type == "image/jpeg":
        _refuse_endless_scans(file)
    with open_image(file, content_type) as image:
        width, height = image.size
        _decode_to_the_end(image)
        taken_at, latitude, longitude = _metadata(image, at)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return Facts(content_type, byte_size, width, height, digest, taken_at, latitude, longitude)


def _refuse_endless_scans(file: IO[bytes]) -> None:
    """Refuse a progressive JPEG of absurdly many scans: a small file that takes minutes to decode.

    Cameras write up to about ten. Inside a scan the byte FF is always followed by 00 or a restart marker,
    so counting the scan markers in the raw bytes is enough.
    """
    file.seek(0)
    if file.read().count(b"\xff\xda") > MAX_SCANS:
        raise Unreadable


def _decode_to_the_end(image: Image.Image) -> None:
    """Decode the picture, a JPEG at an eighth of its size, to find out that it is whole."""
    claimed = image.width * image.height
    if image.format in ("JPEG", "MPO"):
        image.draft(image.mode, (max(1, image.width // CHECK_SHRINK), max(1, image.height // CHECK_SHRINK)))
    try:
        with decode_slot(claimed):
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except DECODE_ERRORS:
        raise Unreadable from None
    if image.width * image.height > claimed:
        raise Unreadable


def _metadata(image: Image.Image, at: datetime) -> tuple[datetime | None, float | None, float | None]:
    """Return when and where, each None where the photo does not say it or says nonsense."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
    except _METADATA_ERRORS:
        return None, None, None
    latitude = _degrees(gps.get(2), gps.get(1), "N", "S", 90)
    longitude = _degrees(gps.get(4), gps.get(3), "E", "W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        latitude = longitude = None
    return _taken_at(details, at), latitude, longitude


def _taken_at(details: dict[int, Any], at: datetime) -> datetime | None:
    """Read the moment of the shot; a camera that names no offset is taken to show the city's time."""
    try:
        text = str(details[_TAKEN]).strip("\0 ")
        offset = str(details.get(_TAKEN_OFFSET, "")).strip("\0 ")
        moment = datetime.strptime(f"{text} {offset or '+00:00'}", "%Y:%m:%d %H:%M:%S %z")
        if not offset:
            moment = moment.replace(tzinfo=timezone.get_default_timezone())
        moment = moment.astimezone(UTC)
    except _METADATA_ERRORS:
        return None
    return moment if _OLDEST <= moment <= at + timedelta(days=1) else None


def _degrees(parts: Any, side: Any, plus: str, minus: str, limit: int) -> float | None:
    """Turn degrees, minutes, seconds and a letter into degrees with a sign (EXIF 2.32, 4.6.6)."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
        letter = str(side).strip("\0 ").upper()
    except _METADATA_ERRORS:
        return None
    if letter not in (plus, minus) or not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(value if letter == plus else -value, 7)
