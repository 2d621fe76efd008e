"""The English catalogue is whole: no text missing, empty, doubtful or with a placeholder of its own."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import template as template_texts
from django.utils.translation import trans_real

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
ELSEWHERE = {".venv", "node_modules", "var", "tests", "bin", "bench", "static", "locale", "docs"}

# Texts that are the same in every language, and pure punctuation joining two of them.
NOT_CHINESE = {"English", "OTP", "，", "、", "%(cause)s（%(reason)s）"}

# Position of the context, of the text and of its plural among a call's arguments.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "_": (None, 0, None), "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1), "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None), "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)(?:%%)*%[ds]|\{\w*\}|</?\w+")
_LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_TEMPLATE_CALL = re.compile(
    rf"(?<!\w)(_|gettext|ngettext|pgettext|npgettext)\(\s*u?({_LITERAL}(?:\s*,\s*u?{_LITERAL})*)", re.DOTALL
)

Key = tuple[str, str]


def _compiler():
    """The checkout's own compiler of translations, which needs no tool of the machine."""
    tools = str(ROOT / "bin")
    if tools not in sys.path:
        sys.path.append(tools)
    from _run import messages

    return messages


def _entries() -> list[tuple[dict[str, str], bool]]:
    found = list(_compiler()._entries(CATALOGUE.read_text(encoding="utf-8")))
    return [(entry, fuzzy) for entry, fuzzy in found if entry["msgid"]]


def _keys() -> set[Key]:
    return {(entry.get("msgctxt", ""), entry["msgid"]) for entry, _ in _entries()}


def _sources(suffix: str) -> Iterator[Path]:
    for path in sorted(ROOT.rglob(f"*{suffix}")):
        inside = path.relative_to(ROOT).parts
        if inside[0] not in ELSEWHERE and not inside[0].startswith("."):
            yield path


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _aliases(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({found.asname or found.name: found.name for found in node.names if found.name in CALLS})
    return names


def _of_code(path: Path) -> Iterator[Key]:
    """Every marked text of a module, whatever name the marking function was imported under."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = _aliases(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names):
            continue
        context, text, _plural = CALLS[names[node.func.id]]
        words = [_text(argument) for argument in node.args]
        if len(words) > text and (found := words[text]):
            yield (words[context] or "" if context is not None else ""), found


def _of_template(path: Path) -> Iterator[Key]:
    """Every marked text of a template, as Django hands it to gettext's tools."""
    for call in _TEMPLATE_CALL.finditer(template_texts.templatize(path.read_text(encoding="utf-8"))):
        context, text, _plural = CALLS[call[1]]
        words = [ast.literal_eval(found) for found in re.findall(_LITERAL, call[2], re.DOTALL)]
        if len(words) > text and words[text]:
            yield (words[context] if context is not None else ""), words[text]


def _marked() -> dict[Key, str]:
    found: dict[Key, str] = {}
    for suffix, read in ((".py", _of_code), (".html", _of_template), (".txt", _of_template)):
        for path in _sources(suffix):
            for key in read(path):
                found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def _translations(entry: dict[str, str]) -> list[str]:
    return [value for name, value in entry.items() if name.startswith("msgstr")]


def test_every_marked_text_is_in_the_catalogue():
    known = _keys()
    assert [f"{where}: {key[1]}" for key, where in _marked().items() if key not in known] == []


def test_the_search_for_marked_texts_finds_them():
    marked = _marked()
    assert len(marked) > 500
    assert marked["", "跳到正文"].startswith("templates/")
    assert ("date", "%(m)s月%(d)s日") in marked
    assert ("", "%(n)s 件等您派单") in marked, "a text with a plural in a template"


def test_nothing_is_empty_or_doubtful():
    assert [entry["msgid"] for entry, fuzzy in _entries() if fuzzy or not all(_translations(entry))] == []


def test_plurals_have_both_forms():
    for entry, _fuzzy in _entries():
        if "msgid_plural" in entry:
            assert all(entry.get(form) for form in ("msgstr0", "msgstr1")), entry["msgid"]
        else:
            assert entry.get("msgstr"), entry["msgid"]


def test_the_sources_are_chinese():
    odd = [entry["msgid"] for entry, _fuzzy in _entries() if not re.search("[\u4e00-\u9fff]", entry["msgid"])]
    assert set(odd) - NOT_CHINESE == set()


def test_no_chinese_is_left_in_the_english():
    left = [words for entry, _fuzzy in _entries() for words in _translations(entry)]
    assert [words for words in left if re.search("[\u4e00-\u9fff，。；：]", words)] == []


def test_placeholders_agree():
    for entry, _fuzzy in _entries():
        wanted = set(_PLACEHOLDER.findall(entry["msgid"]))
        for words in _translations(entry):
            assert set(_PLACEHOLDER.findall(words)) == wanted, entry["msgid"]


@pytest.fixture
def compiled():
    """The catalogue beside its source, compiled as bin/demo and bin/test do it, and read anew."""
    messages = _compiler()
    target = CATALOGUE.with_suffix(".mo")
    fresh = messages.pack(messages.catalogue(CATALOGUE.read_text(encoding="utf-8")))
    if not target.is_file() or target.read_bytes() != fresh:
        target.write_bytes(fresh)
    trans_real._translations.pop("en", None)
    return target


@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [("en", "Sign in with your phone", "用手机号登录"), ("zh-hans", "用手机号登录", "Sign in with your phone")],
)
def test_a_page_speaks_the_language_of_the_browser(client, db, compiled, language, shown, hidden):
    page = client.get("/sign-in/", headers={"accept-language": language}).content.decode()
    assert shown in page
    assert hidden not in page
    assert f'lang="{language}"' in page.lower()
