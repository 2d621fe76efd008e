"""Translations are compiled to what gettext itself would make of them."""

import gettext
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from _run.messages import catalogue, compile_messages, pack
from _run.place import Place
from _run.say import Stop

PO = r"""
# a comment
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: home.html:3
msgid "首页"
msgstr "Home"

msgctxt "verb"
msgid "关闭"
msgstr "Close"

msgid "关闭"
msgstr "Closed"

#, python-format
msgid "%(n)s 件"
msgid_plural "%(n)s 件"
msgstr[0] "%(n)s case"
msgstr[1] "%(n)s cases"

msgid ""
"长的"
"一行\n"
msgstr "a \"long\" "
"line\n"

#, fuzzy
msgid "存疑"
msgstr "Doubtful"

msgid "没译"
msgstr ""

#~ msgid "旧的"
#~ msgstr "Old"
"""


@pytest.fixture
def english() -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(pack(catalogue(PO))))


def test_every_kind_of_entry_is_found(english: gettext.GNUTranslations) -> None:
    assert english.gettext("首页") == "Home"
    assert english.pgettext("verb", "关闭") == "Close"
    assert english.gettext("关闭") == "Closed"
    assert [english.ngettext("%(n)s 件", "%(n)s 件", n) for n in (1, 2)] == ["%(n)s case", "%(n)s cases"]
    assert english.gettext("长的一行\n") == 'a "long" line\n'


def test_doubtful_missing_and_old_entries_stay_out(english: gettext.GNUTranslations) -> None:
    assert [english.gettext(words) for words in ("存疑", "没译", "旧的")] == ["存疑", "没译", "旧的"]


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="compares with gettext's own tool")
def test_same_as_msgfmt(english: gettext.GNUTranslations, tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text(PO, encoding="utf-8")
    subprocess.run(["msgfmt", "-o", tmp_path / "a.mo", tmp_path / "a.po"], check=True)
    with open(tmp_path / "a.mo", "rb") as file:
        assert gettext.GNUTranslations(file)._catalog == english._catalog


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "a"\nmsgstr "b\n', encoding="utf-8")
    with pytest.raises(Stop, match=r"locale/en/LC_MESSAGES/django\.po.*2"):
        compile_messages(Place(tmp_path, tmp_path / "var"))


def test_a_file_that_has_not_changed_is_left_alone(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    place = Place(tmp_path, tmp_path / "var")
    compile_messages(place)
    first = source.with_suffix(".mo").stat().st_mtime_ns
    compile_messages(place)
    assert source.with_suffix(".mo").stat().st_mtime_ns == first
