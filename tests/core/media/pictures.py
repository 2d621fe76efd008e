"""Pictures to send, good and bad, made when they are asked for."""

import io
import struct
import zipfile
import zlib

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()


def scene(size=(640, 480), mode="RGB"):
    """A picture with a red left upper corner on blue, so that turning shows."""
    picture = Image.new("RGB", size, (20, 60, 200))
    picture.paste((220, 30, 30), (0, 0, size[0] // 2, size[1] // 2))
    return picture.convert(mode)


def noise(size=(640, 480)):
    """A picture that does not compress, so that its file is long enough to be cut."""
    return Image.effect_noise(size, 70).convert("RGB")


def encoded(picture, kind="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def sent(content, name="photo.jpg"):
    """The bytes as an upload whose name and declared type nobody should believe."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def exif(*, orientation=None, taken=None, offset=None, gps=None):
    """EXIF as a phone writes it; gps = ((d, m, s), "N", (d, m, s), "E")."""
    data = Image.Exif()
    if orientation:
        data[0x0112] = orientation
    data[0x010F] = "TestPhone"
    details = data.get_ifd(0x8769)
    if taken:
        details[0x9003] = taken
    if offset:
        details[0x9011] = offset
    if gps:
        place = data.get_ifd(0x8825)
        place[2], place[1], place[4], place[3] = gps
    return data


def _chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def lying_png(width=60_000, height=60_000):
    """Some hundred bytes that claim to be a picture of `width` × `height`."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _chunk(b"IEND", b"")
    )


def lying_webp():
    """A moving WebP of 64 × 64 whose canvas claims 16383 × 16383."""
    content = bytearray(encoded(scene((64, 64)), "WEBP", save_all=True, append_images=[noise((64, 64))]))
    canvas = content.index(b"VP8X") + 12
    content[canvas : canvas + 6] = (16_382).to_bytes(3, "little") * 2
    return bytes(content)


def lying_heic(side):
    """A HEIC of 256 × 256 that claims to be `side` × `side`."""
    content = bytearray(encoded(noise((256, 256)), "HEIF"))
    size = content.index(b"ispe") + 8
    content[size : size + 8] = side.to_bytes(4, "big") * 2
    return bytes(content)


def hundred_megapixels():
    """A real picture of 100 million pixels in a file of some kilobytes."""
    return encoded(Image.new("1", (10_000, 10_000)), "PNG")


def executable():
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(2000)


def windows_program():
    return b"MZ\x90\x00\x03" + bytes(2000)


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("run.sh", "echo hello" * 50)
    return out.getvalue()


def picture_with_archive():
    """A whole JPEG with a ZIP behind it: both programs would open it."""
    return encoded(scene()) + archive()


def many_scans(count=3000):
    """A progressive JPEG whose last scan is repeated until decoding it would take minutes."""
    content = encoded(noise((64, 64)), progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * count + b"\xff\xd9"


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def lab_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
