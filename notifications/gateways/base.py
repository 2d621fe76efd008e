"""What every SMS gateway promises."""

from typing import Protocol


class PermanentRefusal(Exception):
    """The gateway will never take this text for this number."""


class TryLater(Exception):
    """The gateway does not take it now."""


class Gateway(Protocol):
    """Carries one text. ``knows_keys``: a second sending of a key is the same text, sent once."""

    knows_keys: bool

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Hand the text over and return the gateway's own id; raises PermanentRefusal or TryLater."""
        ...
