"""Making the copies that are shown: small, upright, in sRGB, and without anything the camera wrote beside."""

import io
from typing import IO

from PIL import Image, ImageCms, ImageOps

from core.media.reading import DECODE_ERRORS, decode_slot, open_image
from core.media.refusals import TooManyPixels, Unreadable

SHOWN_SIDE = 1600
THUMB_SIDE = 320
QUALITY = 82
_WHITE = (255, 255, 255)
_SIXTEEN_BIT = ("I", "I;16", "I;16L", "I;16B", "I;16N")


def shown_and_thumb(file: IO[bytes], content_type: str) -> tuple[bytes, bytes]:
    """Re-encode a photo as two JPEGs, at most 1600 and 320 pixels on the longer side.

    Args:
        file: the original.
        content_type: its type as found when it was received.

    Raises:
        Unreadable: it cannot be decoded.
        Busy: another big picture was being decoded for too long.
    """
    with open_image(file, content_type) as image:
        try:
            with decode_slot(image.width * image.height):
                small = _reduced(image)
            plain = _flat_rgb(small)
            return _jpeg(plain, SHOWN_SIDE), _jpeg(plain, THUMB_SIDE)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except DECODE_ERRORS as error:
            raise Unreadable from error


def _reduced(image: Image.Image) -> Image.Image:
    """Decode at no more than the shown size and turn upright; a moving picture gives its first frame."""
    if image.mode in _SIXTEEN_BIT:
        image = _eight_bit_grey(image)
    elif image.mode in ("1", "P", "PA", "F"):
        image = image.convert("RGBA" if _has_alpha(image) else "RGB")
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    return upright if upright is not None else image


def _eight_bit_grey(image: Image.Image) -> Image.Image:
    """Keep the upper eight bits of a sixteen-bit grey picture: a plain conversion would clip it to white."""
    info = image.info
    grey = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey.info = {key: info[key] for key in ("exif", "icc_profile") if key in info}
    return grey


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info


def _flat_rgb(image: Image.Image) -> Image.Image:
    """Bring a picture to sRGB on white paper, with nothing beside its pixels."""
    image = _in_srgb(image)
    if _has_alpha(image):
        clear = image.convert("RGBA")
        paper = Image.new("RGB", clear.size, _WHITE)
        paper.paste(clear, mask=clear.getchannel("A"))
        image = paper
    image = image.convert("RGB")
    image.info = {}
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Apply the colour profile the camera wrote; a profile that makes no sense is left out of account."""
    profile = image.info.get("icc_profile")
    target = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB", "L": "RGB"}.get(image.mode)
    if not profile or target is None:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted if converted is not None else image


def _jpeg(image: Image.Image, side: int) -> bytes:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
