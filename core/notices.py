"""Notice kinds: who hears of what, in which words. Apps declare theirs in their ``notices.py``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.crypto import salted_hmac
from django.utils.functional import Promise

from core.registry import Registry

Channel = Literal["inbox", "sms"]


@dataclass(frozen=True)
class Recipient:
    """Someone a notice goes to: a person with an account or not, or a bare phone number.

    ``key`` is what makes them one recipient: "person:12", or "phone:" and a keyed digest of the number,
    because keys are kept and shown where numbers must not be; ``as_role`` is the role in which they hear
    of it (reporter, holder, dispatcher …), used for the wording and the documents.
    """

    as_role: str
    person_id: int | None = None
    phone: str = ""
    language: str = "zh-hans"

    @property
    def key(self) -> str:
        """What makes this recipient one and the same."""
        if self.person_id:
            return f"person:{self.person_id}"
        return f"phone:{salted_hmac('core.notices', self.phone, algorithm='sha256').hexdigest()[:24]}"


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

    ``subject(row)`` loads what the row is about; ``to(row, subject)`` lists the recipients, who each hear
    once, in the first role that names them; ``words(row, subject, recipient)`` writes the text in the
    recipient's language: the inbox's when the row is carried out, the SMS's when it is sent.
    ``channels`` names the channels by role (a role that is not named has the inbox only);
    ``life_seconds`` counts from the row's moment and says how long an undelivered text is worth sending;
    ``sent(row)`` is called in the transaction that records that a gateway has taken it; ``sample()``
    gives the texts that docs/notices.md shows, by role (manage.py print_notices asks for it).
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
