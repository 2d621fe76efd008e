"""What every SMS gateway promises."""

from typing import Protocol


class PermanentRefusal(Exception):
    """The gateway will never take this text for this number."""


class TryLater(Exception):
    """The gateway did not take it now: it is certain that nothing was sent."""


class Gateway(Protocol):
    """Carries one text.

    ``knows_keys``: a second sending of a key is the same text, sent once. At a gateway that does not
    know keys, any other exception than the two above means that nobody knows whether it was sent.
    """

    knows_keys: bool

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Hand the text over and return the gateway's own id, in far less than a minute.

        Raises PermanentRefusal or TryLater.
        """
        ...
