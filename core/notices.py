"""Notice kinds: who hears of what, in which words. Apps declare theirs in their ``notices.py``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise

from core.registry import Registry

Channel = Literal["inbox", "sms"]


@dataclass(frozen=True)
class Recipient:
    """Someone a notice goes to: a person with an account or not, or a bare phone number.

    ``key`` is what makes them one recipient: "person:12" or "phone:1391…"; ``as_role`` is the role in
    which they hear of it (reporter, holder, dispatcher …), used for the wording and the documents.
    """

    as_role: str
    person_id: int | None = None
    phone: str = ""
    language: str = "zh-hans"

    @property
    def key(self) -> str:
        """What makes this recipient one and the same."""
        return f"person:{self.person_id}" if self.person_id else f"phone:{self.phone}"


@dataclass(frozen=True)
class Wording:
    """The words of one notice for one recipient; an SMS is one plain line."""

    title: str
    body: str = ""
    sms: str = ""
    url: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """What the outbox kind ``kind`` tells people.

    ``subject(row)`` loads what the row is about; ``to(row, subject)`` lists the recipients;
    ``words(row, subject, recipient)`` writes the text in the recipient's language at sending time.
    ``channels`` names the channels by role; ``life_seconds`` is how long an undelivered text is worth
    sending; ``sent(row)`` is called once a gateway has taken it; ``sample()`` gives the texts that the
    generated documents show, by role.
    """

    kind: str
    label: str | Promise
    to: Callable[[Any, Any], list[Recipient]]
    words: Callable[[Any, Any, Recipient], Wording]
    subject: Callable[[Any], Any]
    channels: dict[str, tuple[Channel, ...]] = field(default_factory=dict)
    urgency: Literal["normal", "urgent"] = "normal"
    sent: Callable[[Any], None] | None = None
    life_seconds: int | None = None
    sample: Callable[[], list[tuple[str, Wording]]] | None = None


notice_kinds: Registry[NoticeKind] = Registry("notice kind")
