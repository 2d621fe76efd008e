"""Photos are sent one by one from a browser, by anybody."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from core.media import limits, views
from core.media.actions import make_versions
from core.media.models import Photo
from core.media.owner import claim_visit, owner_of, visit_of
from tests.core.media import pictures
from tests.core.media.pictures import encoded, noise, scene, sent

pytestmark = pytest.mark.django_db
BOUNDARY = "XbOuNdArYx"
PHOTO = encoded(scene())


@pytest.fixture
def send(client, files):
    def post(content, name="photo.jpg", by=client):
        return by.post(reverse("media_upload"), {"photo": sent(content, name)})

    return post


def multipart(content, *, end=True):
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    return head + content + (f"\r\n--{BOUNDARY}--\r\n".encode() if end else b"")


def post_raw(client, body, **headers):
    return client.post(
        reverse("media_upload"),
        data=body,
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        **headers,
    )


def test_a_visitor_sends_a_photo_and_sees_it(send, client):
    response = send(PHOTO, "水管 漏了.jpg")

    assert response.status_code == 201
    answer = response.json()
    photo = Photo.objects.get()
    assert answer == {
        "id": str(photo.pk),
        "thumb_url": reverse("media_thumb", args=[photo.pk]),
        "name": "水管 漏了.jpg",
    }
    assert photo.owner.startswith("visit:")
    assert client.get(answer["thumb_url"])["Content-Type"] == "image/svg+xml"
    make_versions(photo_id=photo.pk)
    assert client.get(answer["thumb_url"])["Content-Type"] == "image/jpeg"


def test_photos_of_one_visit_have_one_owner_and_of_two_visits_two(send, client, files):
    send(PHOTO)
    send(PHOTO)
    send(PHOTO, by=Client())
    owners = list(Photo.objects.order_by("created_at").values_list("owner", flat=True))
    assert owners[0] == owners[1] != owners[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pictures.executable(), "不是照片"),
        (pictures.archive(), "不是照片"),
        (pictures.lying_png(), "5000 万像素"),
        (encoded(noise())[:9000], "打不开"),
        (encoded(noise(), "HEIF")[:9000], "打不开"),
        (b"", "空的"),
    ],
    ids=["renamed executable", "renamed zip", "bomb", "truncated jpeg", "truncated heic", "empty"],
)
def test_a_bad_file_gets_a_sentence(content, words, send):
    response = send(content)
    assert response.status_code == 422
    assert words in response.json()["error"]
    assert not Photo.objects.exists()


@pytest.mark.parametrize("size", [(640, 480), (3000, 2000)], ids=["in memory", "in a file"])
@pytest.mark.parametrize("missing", [1.0, 0.9, 0.5, 0.01])
def test_an_upload_cut_off_in_the_middle_gets_a_sentence(missing, size, client, files):
    body = multipart(encoded(noise(size), quality=90))
    response = post_raw(client, body[: int(len(body) * (1 - missing))])
    assert response.status_code == 422
    assert response.json()["error"] == "没有收到照片，可能传到一半断了，请再传一次"
    assert not Photo.objects.exists()


@pytest.mark.parametrize("length", [20, 60, 110])
def test_an_upload_cut_off_before_the_photo_gets_a_sentence(length, client, files):
    response = post_raw(client, multipart(PHOTO)[:length])
    assert response.status_code == 422
    assert "再传一次" in response.json()["error"]


def test_an_upload_that_lacks_its_closing_line_may_be_cut_and_is_refused(client, files):
    assert post_raw(client, multipart(PHOTO, end=False)).status_code == 422
    assert post_raw(client, multipart(PHOTO)).status_code == 201


def test_a_connection_that_breaks_while_sending_gets_a_sentence(client, files):
    class Breaks:
        def __init__(self, content):
            self.content = content

        def read(self, _size=-1):
            part, self.content = self.content, b""
            if not part:
                raise OSError("connection reset")
            return part

    request = RequestFactory().post("/", b"", content_type=f"multipart/form-data; boundary={BOUNDARY}")
    body = multipart(encoded(noise()))
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = Breaks(body[:5000])
    request._read_started = False
    request.user, request.session, request._dont_enforce_csrf_checks = AnonymousUser(), SessionStore(), True
    response = views.upload(request)
    assert response.status_code == 422
    assert "再传一次" in response.content.decode("unicode_escape")


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "text/plain", "application/json", "multipart/form-data; boundary="],
)
def test_a_body_that_is_no_form_gets_a_sentence(content_type, client, files):
    response = client.post(reverse("media_upload"), data=b"anything", content_type=content_type)
    assert response.status_code == 422
    assert "再传一次" in response.json()["error"]


@pytest.mark.parametrize("factor", [1, 5])
def test_a_photo_that_is_too_big_is_stopped_on_its_way(factor, client, files, monkeypatch, tmp_path, settings):
    monkeypatch.setattr(limits, "MAX_BYTES", 300_000)
    monkeypatch.setattr(limits, "DRAIN_BYTES", 1_000_000)
    written = []
    monkeypatch.setattr(views.actions, "receive", written.append)
    response = post_raw(client, multipart(PHOTO + bytes(400_000 * factor)))
    assert response.status_code == 422
    assert "15 MB" in response.json()["error"]
    assert written == []


def test_the_thirteenth_draft_of_a_visitor_is_refused(send):
    for _turn in range(12):
        assert send(PHOTO).status_code == 201
    response = send(PHOTO)
    assert response.status_code == 422
    assert "12" in response.json()["error"]
    assert Photo.objects.count() == 12


def test_another_visitor_neither_sees_nor_removes_a_draft(send, client):
    photo_id = send(PHOTO).json()["id"]
    stranger = Client()
    assert stranger.get(reverse("media_thumb", args=[photo_id])).status_code == 404
    response = stranger.post(reverse("media_remove", args=[photo_id]))
    assert response.status_code == 409
    assert Photo.objects.filter(expires_at__gt=timezone.now()).exists()


def test_a_visitor_takes_a_draft_back(send, client, stored, django_capture_on_commit_callbacks):
    photo_id = send(PHOTO).json()["id"]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("media_remove", args=[photo_id])).status_code == 204
    assert client.get(reverse("media_thumb", args=[photo_id])).status_code == 404
    assert stored() == []


def test_a_used_or_old_draft_is_not_shown_as_a_draft(send, client):
    address = send(PHOTO).json()["thumb_url"]
    Photo.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 404


def test_looking_never_writes_and_writing_is_post_only(send, client):
    photo_id = send(PHOTO).json()["id"]
    assert client.get(reverse("media_upload")).status_code == 405
    assert client.get(reverse("media_remove", args=[photo_id])).status_code == 405
    assert client.post(reverse("media_thumb", args=[photo_id])).status_code == 405


def test_a_photo_from_a_foreign_page_is_refused(files):
    strict = Client(enforce_csrf_checks=True)
    assert post_raw(strict, multipart(PHOTO)).status_code == 403
    assert not Photo.objects.exists()
    token = "a" * 32
    strict.cookies["csrftoken"] = token
    assert post_raw(strict, multipart(PHOTO), headers={"X-CSRFToken": token}).status_code == 201


def test_the_views_say_who_may_call_them():
    for view in (views.upload, views.thumb, views.remove):
        assert [mark.name for mark in view.access] == ["anyone"]


def visitor(session=None):
    request = RequestFactory().get("/")
    request.session = SessionStore() if session is None else session
    request.user = AnonymousUser()
    return request


def test_a_visit_begins_when_it_is_needed():
    request = visitor()
    assert visit_of(request) is None
    assert not request.session.modified
    assert owner_of(request) == owner_of(request) == visit_of(request)


def test_somebody_signed_in_owns_by_person():
    request = visitor()
    request.user = SimpleNamespace(is_authenticated=True, person_id=12)
    assert owner_of(request) == "person:12"
    assert visit_of(request) is None


def test_after_a_sign_in_the_drafts_of_the_visit_are_the_persons(files, now):
    request = visitor()
    views.actions.receive(owner=owner_of(request), upload=sent(PHOTO), at=now)
    assert claim_visit(request) == 0, "nobody has signed in"
    request.user = SimpleNamespace(is_authenticated=True, person_id=12)
    assert claim_visit(request) == 1
    assert Photo.objects.get().owner == "person:12"
    assert visit_of(request) is None
    assert claim_visit(request) == 0
