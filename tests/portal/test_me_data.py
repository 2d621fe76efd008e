"""The copy of my data: what is in it, what never is, and who can have it."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from accounts import actions as accounts
from accounts.actions.exporting import NotThere, TooLate
from accounts.actions.limits import TooOften
from accounts.models import AccountEvent, DataExport, OpeningLog
from core import outbox
from core.exports import exports
from core.media import actions as media
from core.outbox import OutboxRow
from grievances import actions
from notifications.models import Message
from tests.core.media.pictures import encoded, scene, sent

APPS = ("accounts", "communities", "grievances", "notifications")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A private storage of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def made(person, at=None) -> DataExport:
    """A finished copy of a person's data."""
    now = at or timezone.now()
    export = accounts.ask_export(person=person, at=now)
    accounts.make_exports(at=now)
    return DataExport.objects.get(pk=export.pk)


def opened(export) -> zipfile.ZipFile:
    with storages["private"].open(export.file_key) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def said(bundle, app) -> dict:
    return json.loads(bundle.read(f"{app}/{app}.json"))


def test_every_app_that_holds_something_is_in_it(town):
    case = town.closed()
    bundle = opened(made(town.li))
    assert set(APPS) <= set(exports)
    for app in APPS:
        assert f"{app}/{app}.json" in bundle.namelist()
    assert said(bundle, "accounts")["profile"][0]["phone"] == town.li.phone
    assert said(bundle, "grievances")["cases"][0]["number"] == case.number
    assert said(bundle, "grievances")["ratings"][0]["stars"] == 5
    assert said(bundle, "accounts")["consents"]


def test_steps_stand_as_the_resident_reads_them(town):
    town.closed()
    steps = said(opened(made(town.li)), "grievances")["steps"]
    assert steps[0]["what"] == "您上报了这件事"
    assert "楼道口漏水" in steps[0]["words"]
    assert [step["who"] for step in steps] == ["本人", "派单员", "承办人", "承办人", "本人"]
    assert any("已到现场处理完毕" in step["words"] for step in steps)


def test_nobody_elses_name_or_number_is_in_it(town):
    case = town.handling()
    actions.contact(
        case_id=case.pk,
        by=town.zhao,
        how="phone",
        line="赵建国已联系，物业王强电话 13987654321",
        at=town.at(minutes=45),
    )
    OpeningLog.objects.create(
        opener=town.zhao, person=town.li, field="phone", subject="grievances.case:1", reason="赵建国约时间", at=town.now
    )
    for row in OutboxRow.objects.filter(about=f"grievances.case:{case.pk}"):
        outbox.handlers_of(row.kind)["notices"](row)
    bundle = opened(made(town.li))
    text = "".join(bundle.read(name).decode("utf-8-sig") for name in bundle.namelist())
    for other in ("赵建国", "赵师傅", "孙丽", "13987654321", town.zhao.phone):
        assert other not in text, other
    assert "139****4321" in text
    assert "李晓梅" in text
    assert town.li.phone in text


def test_nobody_elses_case_is_in_it(town):
    other = town.report(by=town.wang)
    bundle = opened(made(town.li))
    assert said(bundle, "grievances")["cases"] == []
    assert other.number not in bundle.read("index.html").decode()


def test_what_i_sent_for_somebody_stands_without_their_name(town):
    accounts.let_act_for(
        person=town.li,
        for_person=town.wang,
        valid_from=town.at(days=2),
        valid_until=None,
        at=town.at(days=2),
        text_version="1",
    )
    case = town.report(reporter=town.wang)
    bundle = opened(made(town.li))
    assert said(bundle, "grievances")["for_others"][0]["number"] == case.number
    assert said(bundle, "grievances")["cases"] == []
    text = "".join(bundle.read(name).decode("utf-8-sig") for name in bundle.namelist())
    assert "王强" not in text


def test_own_photos_are_in_it_as_they_were_sent(town):
    owner = f"person:{town.li.pk}"
    content = encoded(scene())
    photo = media.receive(owner=owner, upload=sent(content), at=town.at(hours=3))
    case = town.report(photo_ids=[str(photo.pk)], owner=owner)
    bundle = opened(made(town.li))
    (name,) = [name for name in bundle.namelist() if name.startswith("photos/")]
    assert case.number in name
    assert bundle.read(name) == bytes(content)


def test_a_file_that_the_storage_lost_spoils_nothing(town):
    owner = f"person:{town.li.pk}"
    photo = media.receive(owner=owner, upload=sent(encoded(scene())), at=town.at(hours=3))
    town.report(photo_ids=[str(photo.pk)], owner=owner)
    storages["private"].delete(photo.original_key)
    assert made(town.li).state == "ready"


def test_tables_open_in_a_sheet_and_run_nothing(town):
    accounts.set_name(person=town.li, name="=HYPERLINK(1)")
    row = opened(made(town.li)).read("accounts/profile.csv").decode("utf-8-sig").splitlines()[1]
    assert row.startswith("'=HYPERLINK(1)")


def test_the_page_in_it_escapes_what_was_typed(town):
    accounts.set_name(person=town.li, name="<b>李</b>")
    page = opened(made(town.li)).read("index.html").decode()
    assert "<b>李</b>" not in page
    assert "&lt;b&gt;李" in page


def test_how_far_it_is_can_be_read_on_the_way(town, monkeypatch):
    export = accounts.ask_export(person=town.li, at=timezone.now())
    seen = []
    exporter = exports.get("notifications")
    monkeypatch.setitem(
        exports._items, "notifications",
        type(exporter)(exporter.label, lambda who: seen.append(DataExport.objects.get(pk=export.pk).percent) or ()),
    )  # fmt: skip
    accounts.make_exports(at=timezone.now())
    assert 0 < seen[0] < 100
    assert DataExport.objects.get(pk=export.pk).percent == 100


def test_a_message_says_that_it_is_ready(town):
    made(town.li)
    row = OutboxRow.objects.get(kind="accounts.export_ready")
    outbox.handlers_of(row.kind)["notices"](row)
    message = Message.objects.get(row=row)
    assert (message.person, message.url) == (town.li, "/me/data/")


def test_asked_twice_is_one_copy(town):
    now = timezone.now()
    assert accounts.ask_export(person=town.li, at=now) == accounts.ask_export(person=town.li, at=now)
    assert accounts.make_exports(at=now) == 1
    assert accounts.make_exports(at=now) == 0


def test_three_a_day_are_enough(town):
    now = timezone.now()
    for _number in range(3):
        made(town.li, now)
    with pytest.raises(TooOften):
        accounts.ask_export(person=town.li, at=now)
    assert made(town.li, now + timedelta(days=1, minutes=1)).state == "ready"


def test_a_worker_that_died_is_followed_by_another(town):
    now = timezone.now()
    export = accounts.ask_export(person=town.li, at=now)
    DataExport.objects.filter(pk=export.pk).update(claimed_until=now + timedelta(minutes=15), tries=1)
    assert accounts.make_exports(at=now) == 0
    assert accounts.make_exports(at=now + timedelta(minutes=16)) == 1


def test_what_cannot_be_made_is_tried_thrice_and_said(town, monkeypatch):
    def broken(person):
        raise RuntimeError

    exporter = exports.get("notifications")
    monkeypatch.setitem(exports._items, "notifications", type(exporter)(exporter.label, broken))
    now = timezone.now()
    export = accounts.ask_export(person=town.li, at=now)
    for minutes in (0, 5, 10):
        accounts.make_exports(at=now + timedelta(minutes=minutes))
    assert DataExport.objects.get(pk=export.pk).state == "failed"
    assert accounts.ask_export(person=town.li, at=now).pk != export.pk


def test_closing_the_account_meanwhile_leaves_no_file(town, files, django_capture_on_commit_callbacks):
    now = timezone.now()
    export = made(town.li)
    assert list(files.rglob("*.zip"))
    with django_capture_on_commit_callbacks(execute=True):
        accounts.close_account(user=town.li.user, proven_at=now, at=now)
    assert not list(files.rglob("*.zip"))
    assert DataExport.objects.get(pk=export.pk).state == "gone"


class TestDownload:
    def test_its_person_gets_it_and_it_is_written_down(self, at_home, town):
        export = made(town.li)
        page = at_home(town.li)
        assert f"/me/data/{export.pk}/download/" in page.get("/me/data/").content.decode()
        answer = page.post(f"/me/data/{export.pk}/download/")
        assert answer["Content-Type"] == "application/zip"
        assert "attachment" in answer["Content-Disposition"]
        assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
        assert AccountEvent.objects.filter(person=town.li, what="download", by=town.li).count() == 1

    @pytest.mark.parametrize("who", ["wang", "qin", "zhao"])
    def test_nobody_else_gets_it(self, at_home, town, who):
        export = made(town.li)
        assert at_home(getattr(town, who)).post(f"/me/data/{export.pk}/download/").status_code == 404
        assert not AccountEvent.objects.filter(what="download").exists()

    def test_a_forged_address_leads_nowhere(self, at_home, town):
        assert at_home(town.li).post(f"/me/data/{uuid.uuid4()}/download/").status_code == 404

    def test_a_visitor_signs_in_first(self, town):
        export = made(town.li)
        answer = Client().post(f"/me/data/{export.pk}/download/")
        assert answer.headers["Location"].startswith("/sign-in/")

    def test_after_a_week_it_is_gone(self, at_home, town, files, django_capture_on_commit_callbacks):
        asked = timezone.now() - timedelta(days=7, minutes=1)
        export = made(town.li, asked)
        with pytest.raises(TooLate):
            accounts.take_export(person=town.li, export_id=export.pk, at=timezone.now())
        answer = at_home(town.li).post(f"/me/data/{export.pk}/download/")
        assert answer.status_code == 410
        assert "按约定删除了" in answer.content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            assert accounts.forget_exports(at=timezone.now()) == 1
            assert accounts.forget_exports(at=timezone.now()) == 0
        assert not list(files.rglob("*.zip"))
        with pytest.raises(TooLate):
            accounts.take_export(person=town.li, export_id=export.pk, at=timezone.now())

    def test_before_it_is_ready_there_is_nothing(self, town):
        export = accounts.ask_export(person=town.li, at=timezone.now())
        with pytest.raises(NotThere):
            accounts.take_export(person=town.li, export_id=export.pk, at=timezone.now())


class TestPage:
    def test_asking_and_waiting(self, at_home, town):
        page = at_home(town.li)
        assert "要一份我的资料" in page.get("/me/data/").content.decode()
        assert page.post("/me/data/").headers["Location"] == "/me/data/"
        text = page.get("/me/data/").content.decode()
        assert "正在准备" in text
        assert 'hx-trigger="every 3s"' in text
        accounts.make_exports(at=timezone.now())
        part = page.get("/me/data/", headers={"HX-Request": "true"}).content.decode()
        assert "下载（ZIP 文件）" in part
        assert "<html" not in part
        assert "every 3s" not in part

    def test_too_often_is_said_on_the_page(self, at_home, town):
        for _number in range(3):
            made(town.li)
        assert at_home(town.li).post("/me/data/").status_code == 429
