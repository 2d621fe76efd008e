"""A photo comes in: what is taken, what is refused, and with which words."""

import hashlib
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from PIL import Image

from core.media import actions, reading
from core.media.actions import receive
from core.media.models import Photo
from core.media.refusals import (
    Busy,
    EmptyFile,
    NotAPhoto,
    TooManyBytes,
    TooManyDrafts,
    TooManyPixels,
    Unreadable,
)
from tests.core.media import pictures
from tests.core.media.pictures import encoded, exif, noise, scene, sent

pytestmark = pytest.mark.django_db
LI = "person:1"


def taken_in(content, now, name="photo.jpg", owner=LI):
    return receive(owner=owner, upload=sent(content, name), at=now)


@pytest.mark.parametrize(
    ("kind", "content_type", "name"),
    [
        ("JPEG", "image/jpeg", "a.jpg"),
        ("PNG", "image/png", "a.png"),
        ("WEBP", "image/webp", "a.webp"),
        ("HEIF", "image/heic", "IMG_0001.HEIC"),
    ],
)
def test_each_kind_of_photo_is_taken_in(kind, content_type, name, now, files, stored):
    content = encoded(scene(), kind)

    photo = taken_in(content, now, name)

    photo.refresh_from_db()
    assert (photo.content_type, photo.width, photo.height) == (content_type, 640, 480)
    assert photo.state == Photo.State.UPLOADED
    assert photo.byte_size == len(content)
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    assert photo.expires_at == now + timedelta(hours=24)
    assert stored() == [photo.original_key]
    assert (files / photo.original_key).read_bytes() == content


def test_the_stored_name_has_nothing_of_the_sent_name(now, files):
    photo = taken_in(encoded(scene()), now, "../../李小梅 13812342046.php.jpg")

    assert photo.original_key.startswith("photos/20261123/")
    assert photo.original_key.endswith(".jpg")
    assert "13812342046" not in photo.original_key


def test_what_a_photo_is_comes_from_its_content_and_not_its_name(now, files):
    assert taken_in(encoded(scene(), "PNG"), now, "sheet.xlsx").content_type == "image/png"


@pytest.mark.parametrize(
    "content",
    [
        pictures.executable(),
        pictures.windows_program(),
        pictures.archive(),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html><body>hello</body></html>",
        encoded(scene(), "GIF"),
        encoded(scene(), "BMP"),
        encoded(scene(), "TIFF"),
        b"just words",
        b"\0",
    ],
    ids=["elf", "exe", "zip", "svg", "html", "gif", "bmp", "tiff", "words", "zero"],
)
def test_what_is_not_a_photo_is_refused_whatever_its_name(content, now, stored):
    with pytest.raises(NotAPhoto) as refused:
        taken_in(content, now, "holiday.jpg")

    assert "不是照片" in refused.value.sentence()
    assert stored() == []
    assert not Photo.objects.exists()


def test_an_empty_file_is_refused(now, stored):
    with pytest.raises(EmptyFile) as refused:
        taken_in(b"", now)
    assert "空的" in refused.value.sentence()
    assert stored() == []


def test_more_than_fifteen_megabytes_are_refused(now, stored):
    with pytest.raises(TooManyBytes) as refused:
        taken_in(encoded(scene()) + bytes(15 * 1024 * 1024), now)
    assert "15 MB" in refused.value.sentence()
    assert stored() == []


@pytest.mark.parametrize(
    "content",
    [
        pictures.lying_png(),
        pictures.lying_png(10_000, 5_001),
        pictures.lying_png(9_000, 9_000),
        pictures.lying_png(33_000, 2),
        pictures.lying_webp(),
        pictures.lying_heic(60_000),
    ],
    ids=["3600 megapixels", "just over", "over Pillow's warning", "one long side", "webp", "heic"],
)
def test_a_picture_that_claims_too_many_pixels_is_refused_by_its_header(content, now, stored):
    with pytest.raises(TooManyPixels) as refused:
        taken_in(content, now)
    assert "5000 万像素" in refused.value.sentence()
    assert stored() == []


def test_a_real_picture_of_a_hundred_megapixels_is_refused_before_decoding(now, stored, monkeypatch):
    decoded = []
    monkeypatch.setattr(reading, "_decode_to_the_end", decoded.append)
    with pytest.raises(TooManyPixels):
        taken_in(pictures.hundred_megapixels(), now)
    assert decoded == []
    assert stored() == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_photo_that_ends_early_is_refused(kind, share, now, stored):
    content = encoded(noise(), kind)
    with pytest.raises(Unreadable) as refused:
        taken_in(content[: int(len(content) * share)], now)
    assert refused.value.sentence() == "这张照片打不开，请换一张或重新拍"
    assert stored() == []


def test_a_jpeg_that_lacks_only_its_last_bytes_is_refused(now, files):
    with pytest.raises(Unreadable):
        taken_in(encoded(noise((4000, 3000)))[:-64], now)


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic"]
)
def test_a_right_beginning_with_nonsense_behind_is_refused(head, now, files):
    with pytest.raises(Unreadable):
        taken_in(head + b"nonsense" * 200, now)


@pytest.mark.parametrize("side", [64, 6000])
def test_a_heic_of_another_size_than_it_claims_is_refused(side, now, files):
    with pytest.raises(Unreadable):
        taken_in(pictures.lying_heic(side), now)


def test_a_jpeg_of_endless_scans_is_refused_without_decoding_it(now, files, monkeypatch):
    decoded = []
    monkeypatch.setattr(reading, "_decode_to_the_end", decoded.append)
    with pytest.raises(Unreadable):
        taken_in(pictures.many_scans(), now)
    assert decoded == []


def test_a_progressive_jpeg_is_taken(now, files):
    assert taken_in(encoded(noise((3000, 2000)), progressive=True), now).width == 3000


@pytest.mark.parametrize(
    "content",
    [
        encoded(scene(mode="CMYK")),
        encoded(scene(mode="L").convert("I;16"), "PNG"),
        encoded(scene(mode="P"), "PNG"),
        encoded(scene(mode="1"), "PNG"),
        encoded(scene(mode="LA"), "PNG"),
        encoded(scene(mode="RGBA"), "WEBP"),
        encoded(scene(), "PNG", save_all=True, append_images=[noise()]),
        encoded(scene(), "WEBP", save_all=True, append_images=[noise()]),
        pictures.picture_with_archive(),
    ],
    ids=[
        "cmyk",
        "16 bit",
        "palette",
        "bitmap",
        "grey+alpha",
        "alpha",
        "moving png",
        "moving webp",
        "zip behind",
    ],
)
def test_unusual_photos_are_taken(content, now, files):
    assert taken_in(content, now).pk


def test_place_and_time_are_read(now, files):
    data = exif(taken="2026:11:23 09:30:00", offset="+08:00", gps=((36.0, 5.0, 11.04), "N", (111.0, 31.0, 7.32), "E"))

    photo = taken_in(encoded(scene(), exif=data), now)

    photo.refresh_from_db()
    assert photo.taken_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert photo.latitude == pytest.approx(36.0864, abs=1e-6)
    assert photo.longitude == pytest.approx(111.5187, abs=1e-6)


def test_place_and_time_are_read_from_a_heic(now, files):
    data = exif(taken="2026:11:23 09:30:00", gps=((36.0, 0.0, 0.0), "S", (111.0, 0.0, 0.0), "W"))
    photo = taken_in(encoded(scene(), "HEIF", exif=data.tobytes()), now)
    assert photo.taken_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert (photo.latitude, photo.longitude) == (-36.0, -111.0)


@pytest.mark.parametrize(
    "data",
    [
        exif(taken="0000:00:00 00:00:00"),
        exif(taken="yesterday"),
        exif(taken="2031:01:01 00:00:00"),
        exif(taken="1970:01:01 00:00:00"),
        exif(taken="2026:11:23 09:30:00", offset="+99:99"),
        exif(gps=((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E")),
        exif(gps=((91.0, 0.0, 0.0), "N", (111.0, 0.0, 0.0), "E")),
        exif(gps=((36.0, 0.0, 0.0), "Q", (111.0, 0.0, 0.0), "E")),
        exif(gps=((36.0, 0.0, 0.0), "N", (181.0, 0.0, 0.0), "E")),
    ],
)
def test_metadata_that_makes_no_sense_is_left_out(data, now, files):
    photo = taken_in(encoded(scene(), exif=data), now)
    assert (photo.taken_at, photo.latitude, photo.longitude) == (None, None, None)


def test_broken_metadata_does_not_refuse_the_photo(now, files):
    content = encoded(scene(), exif=b"Exif\0\0" + b"MM\0*\0\0\0\x08\xff\xff" + b"\xee" * 60)
    with pytest.warns(UserWarning):  # noqa: PT030
        photo = taken_in(content, now)
    assert photo.taken_at is None


def test_a_visitor_may_have_twelve_drafts(now, files, stored):
    content = encoded(scene((32, 32)))
    for _turn in range(12):
        taken_in(content, now, owner="visit:abc")

    with pytest.raises(TooManyDrafts) as refused:
        taken_in(content, now, owner="visit:abc")

    assert "12" in refused.value.sentence()
    assert len(stored()) == 12
    assert taken_in(content, now, owner="visit:other")
    assert taken_in(content, now + timedelta(hours=25), owner="visit:abc")


def test_nothing_is_left_behind_when_the_row_cannot_be_written(now, stored, monkeypatch):
    def stops(*_args):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(actions, "_new_draft", stops)
    with pytest.raises(RuntimeError):
        taken_in(encoded(scene()), now)
    assert stored() == []


def test_one_big_picture_at_a_time_is_decoded(now, files, monkeypatch):
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.01)
    with reading.decode_slot(12_000_000):
        with pytest.raises(Busy) as refused:
            taken_in(encoded(Image.new("RGB", (2000, 1500))), now)
        assert taken_in(encoded(scene()), now), "a small one need not wait"
    assert refused.value.status == 503
    assert taken_in(encoded(Image.new("RGB", (2000, 1500))), now)


def test_the_slot_is_free_again_after_a_refusal(now, files, monkeypatch):
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.01)
    content = encoded(noise((2000, 1500)))
    for _turn in range(2):
        with pytest.raises(Unreadable):
            taken_in(content[: len(content) // 2], now)


def test_a_worker_is_told_after_the_commit(now, files, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(actions, "nudge", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        photo = taken_in(encoded(scene()), now)
        assert told == []
    assert told == [photo.pk]


def test_half_a_place_is_no_place(now, files):
    photo = taken_in(encoded(scene()), now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(latitude=36.0)
    assert Photo.objects.filter(pk=photo.pk).update(latitude=36.0, longitude=111.0) == 1


@pytest.fixture
def dead_broker(monkeypatch):
    """A broker that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        monkeypatch.setattr(current_app.conf, "broker_url", address)
        monkeypatch.setattr(current_app.conf, "broker_write_url", address)
        yield address


def test_a_photo_is_taken_in_quickly_while_the_broker_is_dead(
    now, files, dead_broker, caplog, django_capture_on_commit_callbacks
):
    caplog.set_level("INFO", "core.media.nudge")
    with django_capture_on_commit_callbacks(execute=True):
        photo = taken_in(encoded(scene()), now)
        started = time.monotonic()
    assert time.monotonic() - started < 3
    assert "no nudge" in caplog.text
    assert Photo.objects.filter(pk=photo.pk).exists()
