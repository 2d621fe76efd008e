"""Files of photos are handed out privately."""

import pytest
from django.test import RequestFactory

from core.media.actions import make_versions, receive
from core.media.models import Photo
from core.media.serving import photo_response
from tests.core.media.pictures import encoded, scene, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(files, now):
    photo = receive(owner="person:1", upload=sent(encoded(scene(), "PNG")), at=now)
    make_versions(photo_id=photo.pk, at=now)
    photo.refresh_from_db()
    return photo


def asked(**headers):
    return RequestFactory().get("/", headers=headers)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("version", ["thumb", "shown", "original"])
def test_every_version_is_sent_with_private_headers(version, photo, files):
    response = photo_response(photo, version, asked())

    key = getattr(photo, f"{version}_key")
    assert response.status_code == 200
    assert body(response) == (files / key).read_bytes()
    assert response["Content-Type"] == ("image/png" if version == "original" else "image/jpeg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Disposition"].startswith("attachment" if version == "original" else "inline")


def test_a_copy_the_browser_has_is_not_sent_again(photo):
    etag = photo_response(photo, "shown", asked())["ETag"]
    again = photo_response(photo, "shown", asked(if_none_match=etag))
    assert again.status_code == 304
    assert again["Cache-Control"] == "private, no-cache"
    assert photo_response(photo, "thumb", asked(if_none_match=etag)).status_code == 200


def test_the_web_server_sends_the_file_where_it_can(photo, settings):
    settings.MEDIA_ACCEL = "/inside/"
    response = photo_response(photo, "shown", asked())
    assert response["X-Accel-Redirect"] == f"/inside/{photo.shown_key}"
    assert response.content == b""
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_until_the_copies_are_made_a_drawing_stands_in(files, now):
    photo = receive(owner="person:1", upload=sent(encoded(scene())), at=now)
    waiting = photo_response(photo, "thumb", asked())
    assert waiting["Content-Type"] == "image/svg+xml"
    assert waiting["Cache-Control"] == "private, no-store"
    photo.state = Photo.State.BROKEN
    assert photo_response(photo, "shown", asked()).content != waiting.content


def test_a_file_that_is_gone_is_a_missing_page_and_no_crash(photo, files):
    (files / photo.shown_key).unlink()
    assert photo_response(photo, "shown", asked()).status_code == 404
