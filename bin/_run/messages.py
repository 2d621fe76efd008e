"""Compile translations (`.po` to `.mo`) without gettext's tools, which a fresh machine does not have."""

import re
import struct
from collections.abc import Iterator

from _run.place import Place
from _run.say import Stop

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*$')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_FIELD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+(.*)$")


def compile_messages(place: Place) -> None:
    """Write the `.mo` beside every `.po` of the checkout where it would be new or different.

    Raises:
        Stop: a file of translations cannot be understood; names the file and line.
    """
    for source in sorted(
        [*place.root.glob("locale/*/LC_MESSAGES/*.po"), *place.root.glob("*/locale/*/LC_MESSAGES/*.po")]
    ):
        try:
            compiled = pack(catalogue(source.read_text(encoding="utf-8")))
        except ValueError as problem:
            raise Stop(
                f"翻译文件 {place.shown(source)} {problem} 行看不懂：改好它再运行一次",
                f"{place.shown(source)} cannot be read at line {problem}: mend it and try again",
            ) from None
        target = source.with_suffix(".mo")
        if not target.is_file() or target.read_bytes() != compiled:
            target.write_bytes(compiled)


def catalogue(text: str) -> dict[str, str]:
    """Return the messages of a `.po` text as gettext looks them up.

    Left out are entries marked fuzzy or without a translation; the header, under the empty key, stays.

    Raises:
        ValueError: a line that has no place in the format; its number is the message.
    """
    found: dict[str, str] = {}
    for entry, fuzzy in _entries(text):
        key = entry.get("msgid", "")
        if "msgid_plural" in entry:
            key = f"{key}\0{entry['msgid_plural']}"
        if "msgctxt" in entry:
            key = f"{entry['msgctxt']}\x04{key}"
        words = [value for name, value in entry.items() if name.startswith("msgstr")]
        if all(words) and words and (not fuzzy or key == ""):
            found[key] = "\0".join(words)
    return found


def _entries(text: str) -> Iterator[tuple[dict[str, str], bool]]:
    entry: dict[str, str] = {}
    field, fuzzy, next_fuzzy = "", False, False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#,") and "fuzzy" in line:
            next_fuzzy = True
        if not line or line.startswith("#"):
            continue
        begins = _FIELD.match(line)
        if begins:
            name = begins[1] + (begins[2] or "")
            if name in {"msgctxt", "msgid"} and "msgstr" in "".join(entry):
                yield entry, fuzzy
                entry = {}
            if not entry:
                fuzzy, next_fuzzy = next_fuzzy, False
            field, line = name, begins[3]
        quoted = _QUOTED.match(line)
        if not quoted or not field:
            raise ValueError(number)
        entry[field] = entry.get(field, "") + _ESCAPE.sub(lambda mark: _ESCAPES.get(mark[1], mark[1]), quoted[1])
    if entry:
        yield entry, fuzzy


def pack(messages: dict[str, str]) -> bytes:
    """Return the bytes of a `.mo` file (GNU gettext's format, little-endian, without a hash table)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    start = 28 + 16 * len(pairs)
    tables: tuple[list[bytes], list[bytes]] = ([], [])
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side].append(struct.pack("<II", len(pair[side]), start + len(body)))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(tables[0]) + b"".join(tables[1]) + body
