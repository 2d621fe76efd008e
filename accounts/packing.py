"""Putting a person's data into one file: JSON per app, a CSV per table, their files, and a page to begin with."""

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Person
from core.exports import Exporter, Redactor, StoredFile, exports

SPOOLED = 5_000_000
CHUNK = 1 << 20
# A sheet program would take these for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Packed:
    """The file, at its beginning, and its size in bytes."""

    file: IO[bytes]
    size: int


@dataclass
class Sheet:
    """One table as it is written: file name, title, the columns' words, and rows of plain values."""

    path: str
    label: str
    heads: list[str]
    keys: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def cells(self) -> list[list[str]]:
        """The rows in words, in the order of the columns."""
        return [[_words(row.get(key)) for key in self.keys] for row in self.rows]


def parts() -> int:
    """How many steps a copy takes: one per app for its tables, one for all the files."""
    return len(exports) + 1


@contextmanager
def pack(person: Person, *, at: datetime, tick: Callable[[], None]) -> Iterator[Packed]:
    """Make the file of one person's data in a temporary place that is gone afterwards.

    Args:
        person: whose data.
        at: now, written on the first page.
        tick: called after each of `parts()` steps.

    Yields:
        The finished ZIP.
    """
    redactor = _redactor(person)
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            chapters = []
            for key in exports:
                exporter = exports.get(key)
                sheets = _sheets(key, exporter, person, redactor)
                _write_app(bundle, key, sheets)
                chapters.append((str(exporter.label), sheets))
                tick()
            files = [file for key in exports for file in _write_files(bundle, exports.get(key).files(person))]
            context = {"chapters": chapters, "files": files, "at": at}
            bundle.writestr("index.html", render_to_string("accounts/export_index.html", context))
            tick()
        size = file.tell()
        file.seek(0)
        yield Packed(file, size)


def _redactor(person: Person) -> Redactor:
    others = [pair for key in exports for pair in exports.get(key).others(person)]
    return Redactor(others=others, own=(person.name, person.phone, person.phone2))


def _sheets(key: str, exporter: Exporter, person: Person, redactor: Redactor) -> list[Sheet]:
    return [
        Sheet(
            path=f"{key}/{table.name}.csv",
            label=str(table.label),
            heads=[str(words) for words in table.columns.values()],
            keys=list(table.columns),
            rows=[_plain(row, redactor) for row in table.rows],
        )
        for table in exporter.tables(person)
    ]


def _plain(row: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    return {
        key: redactor.clean(str(value)) if isinstance(value, str | Promise) else value for key, value in row.items()
    }


def _write_app(bundle: zipfile.ZipFile, key: str, sheets: list[Sheet]) -> None:
    said = {sheet.path.rpartition("/")[2].removesuffix(".csv"): sheet.rows for sheet in sheets}
    bundle.writestr(f"{key}/{key}.json", json.dumps(said, ensure_ascii=False, indent=1, default=_for_json))
    for sheet in sheets:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(sheet.heads)
        writer.writerows([[_harmless(cell) for cell in cells] for cells in sheet.cells])
        bundle.writestr(sheet.path, text.getvalue().encode("utf-8-sig"))


def _write_files(bundle: zipfile.ZipFile, files: Any) -> Iterator[str]:
    """Copy stored files as they are; one that the storage has lost is passed over, as its page says too."""
    store = storages["private"]
    for wanted in files:
        if not isinstance(wanted, StoredFile) or not store.exists(wanted.key):
            continue
        entry = zipfile.ZipInfo(wanted.name, date_time=timezone.localtime().timetuple()[:6])
        with store.open(wanted.key) as source, bundle.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, CHUNK)
        yield wanted.name


def _for_json(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
