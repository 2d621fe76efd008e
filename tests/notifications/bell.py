"""A notice kind of the tests' own, and a gateway that answers as it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core import outbox
from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from core.outbox import OutboxRow

KIND = "bell.rung"
PHONE = "13812342046"


@dataclass
class Bell:
    """What the kind "bell.rung" tells, to whom; ``kind`` can be changed by ``set``."""

    monkeypatch: Any
    people: list[Recipient] = field(default_factory=list)
    words: Callable[[Any, Any, Recipient], Wording] = lambda row, subject, recipient: Wording(
        title=f"铃响了，{recipient.as_role}", sms=f"铃响了 {recipient.as_role}", url="/me/"
    )
    subject: Any = None
    rung: int = 0

    def __post_init__(self) -> None:
        kind = NoticeKind(
            kind=KIND,
            label="铃",
            to=lambda row, subject: self.people,
            words=lambda row, subject, recipient: self.words(row, subject, recipient),
            subject=lambda row: self.subject,
            channels={"both": ("inbox", "sms"), "sms": ("sms",)},
            sample=lambda: [("both", Wording(title="铃响了", sms="铃响了"))],
        )
        self.monkeypatch.setitem(outbox.kinds._items, KIND, "铃")
        self.monkeypatch.setitem(notice_kinds._items, KIND, kind)

    def set(self, **facts: Any) -> None:
        """Change the kind: channels, urgency, life_seconds, sent, sample."""
        self.monkeypatch.setitem(notice_kinds._items, KIND, replace(notice_kinds.get(KIND), **facts))

    def ring(self, *people: Recipient, at: datetime) -> OutboxRow:
        """Put a row for these recipients."""
        self.people = list(people) or self.people
        self.rung += 1
        return outbox.put(KIND, about="bell.bell:1", key=f"bell:{self.rung}", at=at)


class ToldGateway:
    """Notes what it is asked to send; takes its answers (an exception, a function or an id) from a list."""

    knows_keys = False
    sent: list[tuple[str, str, str]] = []
    answers: list[Any] = []

    def send(self, *, phone: str, text: str, key: str) -> str:
        answer = self.answers.pop(0) if self.answers else "id-1"
        if callable(answer):
            answer = answer()
        if isinstance(answer, BaseException):
            raise answer
        self.sent.append((phone, text, key))
        return str(answer)


class KnowingGateway(ToldGateway):
    """The same, but one that knows keys: nothing is lost by sending again."""

    knows_keys = True
