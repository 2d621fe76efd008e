"""Who hears of a hand-over at the end of a shift: the receiver of the offer, the giver of the answer."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from grievances import queries
from grievances.models import Answer, ShiftOffer
from grievances.notices.wording import INBOX

GIVER, TAKER = "giver", "taker"
TOLD = {
    "grievances.shift_offered": (TAKER, _("%(giver)s交班给您（%(n)s 件），请看看接不接")),
    "grievances.shift_withdrawn": (TAKER, _("%(giver)s收回了交班（%(n)s 件），不用接了")),
    "grievances.shift_taken": (GIVER, _("%(to)s接了您交的班（%(n)s 件里接走 %(moved)s 件）")),
    "grievances.shift_declined": (GIVER, _("%(to)s没有接您交的班，%(n)s 件还在您手上")),
    "grievances.shift_lapsed": (GIVER, _("您交给%(to)s的班过了时间没有人接，%(n)s 件还在您手上")),
}


def _to(row: Any, offer: ShiftOffer) -> list[Recipient]:
    """One person; an offer that was answered before anybody heard of it is not told as waiting."""
    role, _words = TOLD[row.kind]
    if row.kind == "grievances.shift_offered" and offer.answer != Answer.WAITS:
        return []
    person = offer.to if role == TAKER else offer.giver
    return [Recipient(as_role=role, person_id=person.pk, language=person.language or "zh-hans")]


def _words(row: Any, offer: Any, recipient: Recipient) -> Wording:
    facts = {"giver": str(offer.giver), "to": str(offer.to), "n": offer.n, "moved": offer.moved}
    return Wording(title=str(TOLD[row.kind][1]) % facts, url=reverse("shift_offer", args=[offer.pk]))


def _sample(kind: str) -> list[tuple[str, Wording]]:
    role, words = TOLD[kind]
    return [(role, Wording(title=str(words) % {"giver": "赵建国", "to": "钱芳", "n": 3, "moved": 3}))]


for _kind, (_role, _title) in TOLD.items():
    notice_kinds.register(
        _kind,
        NoticeKind(
            kind=_kind, label=_kind, to=_to, words=_words, channels={_role: INBOX}, sample=partial(_sample, _kind),
            subject=lambda row: queries.shift_for_notice(row.about_id),
        ),
    )  # fmt: skip
