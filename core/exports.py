"""What of somebody's data each app holds: the parts of the copy a person can ask for (个人信息保护法 art. 45).

Apps register in their ``exports.py``. No part names other people: staff stand by their role, and what is
written in free words goes through ``Redactor`` before it is handed out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.personal import mask_phone
from core.registry import Registry

MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Table:
    """One table of a part: a short name for its file, its title, the columns' words by key, and the rows."""

    name: str
    label: str | Promise
    columns: Mapping[str, str | Promise]
    rows: Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class StoredFile:
    """A file of the person's own: the name it gets in the copy, and its key in the private storage."""

    name: str
    key: str


def _nothing(person: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class Exporter:
    """What one app holds of a person: its tables, files, and other people's names that its texts may say.

    ``others(person)`` gives pairs of a name and what stands for it, e.g. ("赵建国", "工作人员").
    """

    label: str | Promise
    tables: Callable[[Any], Iterable[Table]]
    files: Callable[[Any], Iterable[StoredFile]] = _nothing
    others: Callable[[Any], Iterable[tuple[str, str]]] = _nothing


exports: Registry[Exporter] = Registry("exporter")


class Redactor:
    """Takes other people's names and mobile numbers out of texts; one's own stay."""

    def __init__(self, *, others: Iterable[tuple[str, str]], own: Iterable[str]) -> None:
        """Prepare for one person.

        Args:
            others: pairs of a name and what stands for it.
            own: the person's own name and numbers.
        """
        self._own = {value for value in own if value}
        pairs = {name: words for name, words in others if len(name) >= SHORTEST_NAME and name not in self._own}
        self._words = pairs
        longest_first = sorted(pairs, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, longest_first))) if pairs else None

    def clean(self, text: str) -> str:
        """The text without other people's names and with their mobile numbers masked."""
        if self._names is not None:
            text = self._names.sub(lambda found: self._words[found[0]], text)
        return MOBILE.sub(lambda found: found[0] if found[0] in self._own else mask_phone(found[0]), text)
