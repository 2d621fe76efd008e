"""The copies that are shown: small, upright, in sRGB, and nothing but pixels."""

import contextlib
import io
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from PIL import Image

from core.media import actions, keeping, versions
from core.media.actions import make_missing_versions, make_versions, receive
from core.media.models import Photo
from tests.core.media import pictures
from tests.core.media.pictures import encoded, exif, noise, scene, sent

pytestmark = pytest.mark.django_db
RED, BLUE, WHITE = (220, 30, 30), (20, 60, 200), (255, 255, 255)


@pytest.fixture
def made(files, now):
    """Receive a picture and make its copies; gives the photo, and opens a copy."""

    def make(content):
        photo = receive(owner="person:1", upload=sent(content), at=now)
        assert make_versions(photo_id=photo.pk, at=now)
        photo.refresh_from_db()
        return photo

    return make


def opened(key):
    with keeping.private().open(key) as file:
        return Image.open(io.BytesIO(file.read()))


def near(colour, wanted, by=24):
    return all(abs(a - b) <= by for a, b in zip(colour, wanted, strict=True))


def test_copies_are_jpegs_of_their_sizes(made):
    photo = made(encoded(scene((4000, 3000))))
    assert photo.state == Photo.State.READY
    assert photo.versions_due_at is None
    shown, thumb = opened(photo.shown_key), opened(photo.thumb_key)
    assert (shown.format, shown.size, shown.mode) == ("JPEG", (1600, 1200), "RGB")
    assert (thumb.format, thumb.size, thumb.mode) == ("JPEG", (320, 240), "RGB")


def test_a_small_picture_is_not_blown_up(made):
    assert opened(made(encoded(scene((200, 100)))).shown_key).size == (200, 100)


def test_a_very_long_picture_keeps_at_least_a_line(made):
    assert opened(made(encoded(Image.new("RGB", (20_000, 2)), "PNG")).thumb_key).size == (320, 1)


# Where the red corner of an upright picture lies after the turning that each value asks for (EXIF 2.32, 4.6.4).
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_picture_stands_upright(kind, orientation, corner, made):
    photo = made(encoded(scene((640, 480)), kind, exif=exif(orientation=orientation)))
    shown = opened(photo.shown_key)
    width, height = (480, 640) if orientation >= 5 else (640, 480)
    assert shown.size == (width, height)
    for x in (0, 1):
        for y in (0, 1):
            place = (width // 4 + x * width // 2, height // 4 + y * height // 2)
            assert near(shown.getpixel(place), RED if (x, y) == corner else BLUE), (x, y)


def test_a_large_turned_photo_stands_upright(made):
    shown = opened(made(encoded(scene((4000, 3000)), exif=exif(orientation=6))).shown_key)
    assert shown.size == (1200, 1600)
    assert near(shown.getpixel((900, 400)), RED)


def test_a_turned_heic_stands_upright(made):
    photo = made(encoded(scene((640, 480)), "HEIF", exif=exif(orientation=6).tobytes()))
    shown = opened(photo.shown_key)
    assert shown.size == (480, 640)
    assert near(shown.getpixel((360, 160)), RED)


@pytest.mark.parametrize("profile", [None, pictures.srgb_profile()])
def test_nothing_but_pixels_is_left(profile, made):
    data = exif(taken="2026:11:23 09:30:00", gps=((36.0, 5.0, 0.0), "N", (111.0, 31.0, 0.0), "E"))
    content = encoded(scene(), exif=data, comment=b"taken at home", icc_profile=profile)
    photo = made(content + pictures.archive())
    for key in (photo.shown_key, photo.thumb_key):
        copy = opened(key)
        assert not copy.getexif()
        assert set(copy.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        with keeping.private().open(key) as file:
            content = file.read()
        assert b"home" not in content
        assert b"TestPhone" not in content
        assert b"run.sh" not in content


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (encoded(scene(mode="CMYK"), quality=95), RED, BLUE),
        (encoded(scene(mode="P"), "PNG"), RED, BLUE),
        (encoded(scene().convert("RGBA"), "WEBP"), RED, BLUE),
        (encoded(Image.new("I;16", (64, 64), 30_000), "PNG"), (117, 117, 117), (117, 117, 117)),
        (encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"), WHITE, WHITE),
        (encoded(Image.new("LA", (64, 64), (0, 0)), "PNG"), WHITE, WHITE),
        (encoded(Image.new("1", (64, 64), 1), "PNG"), WHITE, WHITE),
        (encoded(scene(), icc_profile=pictures.srgb_profile()), RED, BLUE),
        (encoded(scene(), icc_profile=pictures.lab_profile()), RED, BLUE),
        (encoded(scene(), icc_profile=b"nonsense"), RED, BLUE),
        (encoded(scene(), "PNG", save_all=True, append_images=[noise()]), RED, BLUE),
        (encoded(scene(), "WEBP", save_all=True, append_images=[noise()]), RED, BLUE),
    ],
    ids=[
        "cmyk", "palette", "alpha", "16 bit", "clear", "clear grey", "bitmap",
        "profile", "wrong profile", "broken profile", "moving png", "moving webp",
    ],
)  # fmt: skip
def test_unusual_pictures_show_their_colours(content, left, right, made):
    shown = opened(made(content).shown_key)
    by = 60 if left == RED else 8
    assert near(shown.getpixel((shown.width // 4, shown.height // 4)), left, by)
    assert near(shown.getpixel((shown.width * 3 // 4, shown.height * 3 // 4)), right, by)


def test_a_wide_gamut_profile_is_brought_to_srgb(made):
    # A profile whose red is greener than sRGB's: the numbers must change, the colour seen must not.
    profile = bytearray(pictures.srgb_profile())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    photo = made(encoded(Image.new("RGB", (64, 64), (220, 30, 30)), "PNG", icc_profile=bytes(profile)))
    assert near(opened(photo.shown_key).getpixel((32, 32)), (30, 220, 30), 40)


def test_made_twice_is_made_once(made, now, stored):
    photo = made(encoded(scene()))
    before = stored()
    assert make_versions(photo_id=photo.pk, at=now) is False
    assert stored() == before
    assert len(before) == 3


def test_a_photo_that_is_not_there_is_no_error(files, now):
    assert make_versions(photo_id="0b0e2d2e-3d0f-4f0e-9d6d-0a4a7e0d9f11", at=now) is False


def test_a_picture_that_turns_out_unreadable_becomes_broken(files, now):
    photo = receive(owner="person:1", upload=sent(encoded(scene())), at=now)
    (files / photo.original_key).write_bytes(b"\xff\xd8\xff\xe0 the disk ate it")
    assert make_versions(photo_id=photo.pk, at=now) is False
    photo.refresh_from_db()
    assert (photo.state, photo.versions_due_at) == (Photo.State.BROKEN, None)
    assert make_missing_versions(limit=5, at=now + timedelta(days=1)) == 0


def test_a_picture_that_brings_the_worker_down_is_given_up_after_five_times(files, now, monkeypatch):
    photo = receive(owner="person:1", upload=sent(encoded(scene())), at=now)

    def down(*_args):
        raise MemoryError

    monkeypatch.setattr(versions, "shown_and_thumb", down)
    for turn in range(actions.MAX_TRIES):
        assert make_missing_versions(limit=9, at=now + timedelta(hours=turn)) == 0
    photo.refresh_from_db()
    assert photo.state == Photo.State.UPLOADED
    make_missing_versions(limit=9, at=now + timedelta(hours=9))
    photo.refresh_from_db()
    assert photo.state == Photo.State.BROKEN


def test_the_sweep_makes_what_was_missed_and_passes_over_what_is_leased(files, now):
    photos = [receive(owner="person:1", upload=sent(encoded(scene((40, 30)))), at=now) for _turn in range(4)]
    Photo.objects.filter(pk=photos[0].pk).update(versions_due_at=now + timedelta(minutes=4))
    assert make_missing_versions(limit=2, at=now) == 2
    assert make_missing_versions(limit=9, at=now) == 1
    assert make_missing_versions(limit=9, at=now + timedelta(minutes=5)) == 1
    assert set(Photo.objects.values_list("state", flat=True)) == {Photo.State.READY}


def test_who_comes_second_throws_its_own_copies_away(files, now, stored, monkeypatch):
    photo = receive(owner="person:1", upload=sent(encoded(scene())), at=now)
    real = versions.shown_and_thumb

    def overtaken(file, content_type):
        monkeypatch.setattr(versions, "shown_and_thumb", real)
        assert make_versions(photo_id=photo.pk, at=now + actions.LEASE)
        return real(file, content_type)

    monkeypatch.setattr(versions, "shown_and_thumb", overtaken)
    assert make_versions(photo_id=photo.pk, at=now) is False
    assert len(stored()) == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work(files, now):
    for _turn in range(6):
        receive(owner="person:1", upload=sent(encoded(scene((40, 30)))), at=now)
    made = []

    def work():
        made.append(make_missing_versions(limit=6, at=now))
        connection.close()

    threads = [threading.Thread(target=work) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Photo.objects.filter(state=Photo.State.READY).count() == 6
    assert sum(made) == 6
    assert set(Photo.objects.values_list("version_tries", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_another_holds_is_passed_over(files, now):
    photos = [receive(owner="person:1", upload=sent(encoded(scene((40, 30)))), at=now) for _turn in range(3)]
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with contextlib.closing(connection), transaction.atomic():
            Photo.objects.select_for_update().get(pk=photos[0].pk)
            held.set()
            let_go.wait(timeout=20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=20)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert make_missing_versions(limit=9, at=now) == 2
    finally:
        let_go.set()
        holder.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
