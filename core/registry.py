"""Named things that apps register and core finds: modules, notice kinds, outbox kinds, timers."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class DuplicateKey(Exception):
    """Two apps registered the same key: one of them would be lost silently."""


class Registry(Generic[T]):
    """A dictionary that refuses a second item under a key. ``what`` names the things in messages."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def register(self, key: str, item: T) -> T:
        """Keep ``item`` under ``key`` and return it; raises DuplicateKey when the key is taken."""
        if key in self._items and self._items[key] != item:
            raise DuplicateKey(f"{self.what} {key!r} is registered twice")
        self._items[key] = item
        return item

    def get(self, key: str) -> T:
        """The item under ``key``; raises KeyError with the kind of thing in its words."""
        try:
            return self._items[key]
        except KeyError:
            raise KeyError(f"no {self.what} {key!r} is registered") from None

    def all(self) -> list[T]:
        """Every item, in the order of registration."""
        return list(self._items.values())

    def keys(self) -> list[str]:
        """Every key, in the order of registration."""
        return list(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
