"""Handing over at the end of a shift (交班): offered, then taken, declined, taken back or lapsed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from communities.rules import NotAllowed
from core import once as keys
from core import outbox, timers
from core.history import History
from core.refusals import Refused
from core.saying import listed_words, when_words
from core.workflow import Actor
from grievances import rules
from grievances.actions.base import flow
from grievances.actions.handover import hand_on, holder_after, judge_taker
from grievances.models import Answer, Case, Person, ShiftItem, ShiftOffer
from grievances.workflow import IN_HANDS

SHIFT = "grievances.shiftoffer"
MOST_OFFERED = 200
HELD = ("area", "category", "holder_area", "holder_organisation")


@dataclass
class Shifted:
    """What became of an offer or an answer: the offer, how many cases go over, a sentence for each that does not."""

    offer: ShiftOffer
    cases: int = 0
    left: list[str] = field(default_factory=list)


class NothingGoes(Refused):
    """None of the chosen cases can go to the chosen colleague."""

    status = 422

    def __init__(self, why: list[str]) -> None:
        super().__init__(listed_words(why) if why else _("请至少选一件要交的。"))


class NoWords(Refused):
    """Whoever takes over needs one line to begin with."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写一句要交代的话，接班的人好接着办。"))


class NoReason(Refused):
    """Whoever says no says why."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写一句为什么不接，对方好另找人。"))


class OfferOver(Refused):
    """Somebody answered first, or the time is over; ``offer`` says how it ended."""

    def __init__(self, offer: ShiftOffer, at: datetime) -> None:
        when = when_words(offer.answered_at or offer.until, now=at)
        facts = {"who": str(offer.answered_by or ""), "giver": str(offer.giver), "when": when}
        said = {
            Answer.TAKEN: _("这次交班%(who)s在%(when)s已经接了，不用再办。"),
            Answer.DECLINED: _("这次交班%(who)s在%(when)s回了“不接”，事还在%(giver)s手上。"),
            Answer.WITHDRAWN: _("%(who)s在%(when)s收回了这次交班，事还在%(giver)s手上。"),
        }.get(Answer(offer.answer), _("这次交班过了时间没有人接，事还在%(giver)s手上；需要的话请重新交一次。"))
        super().__init__(said % facts)
        self.offer = offer


def lapses_at(at: datetime) -> datetime:
    """The end of the day after ``at``: as long as an offer waits for an answer."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=2)


def offer_shift(
    *, by: Person, to: Person, case_ids: Collection[int], words: str, at: datetime,
    once: keys.Key | None = None, address: str = "",
) -> Shifted:  # fmt: skip
    """Offer open cases in one's hands (at most 200) to a colleague, with one line of words.

    The cases stay with ``by`` until ``to`` takes them. What was closed or moved meanwhile, is offered already, or
    cannot go to ``to`` is left out and told. Raises NothingGoes, NoWords, AlreadyDone.
    """
    if not words.strip():
        raise NoWords
    with transaction.atomic():
        keys.spend(once, address)
        cases = _locked(sorted(case_ids)[:MOST_OFFERED])
        offered = dict(
            ShiftItem.objects.filter(case__in=cases, is_open=True).values_list("case", "offer__to__name")
        )  # fmt: skip
        told = {case.pk: _why_not(case, by, to, at) or _is_offered(case, offered) for case in cases}
        left = [sentence for sentence in told.values() if sentence]
        going = [case for case in cases if not told[case.pk]]
        if not going:
            raise NothingGoes(left)
        offer = ShiftOffer.objects.create(
            giver=by, to=to, words=" ".join(words.split())[:120], offered_at=at, until=lapses_at(at)
        )
        ShiftItem.objects.bulk_create([ShiftItem(offer=offer, case=case) for case in going])
        timers.put(SHIFT, offer.pk, "lapse", offer.until)
        _tell("grievances.shift_offered", offer, at)
    return Shifted(offer, len(going), left)


def take_shift(*, offer_id: int, by: Person, at: datetime, once: keys.Key | None = None, address: str = "") -> Shifted:
    """Take over what was offered: each case that can still go changes hands, its state and its clock stay.

    What cannot go any more stays with the giver and is told. Raises NotAllowed for everybody but the one it was
    offered to, OfferOver where it was answered first, AlreadyDone.
    """
    with transaction.atomic():
        keys.spend(once, address)
        offer = _open(offer_id, by, "to", at)
        items = {item.case_id: item for item in offer.items.all()}
        for case in _locked(sorted(items)):
            item = items[case.pk]
            item.left = _take_one(case, offer, at)[:120]
            item.moved = not item.left
        _answer(offer, Answer.TAKEN, by, at, items.values())
        _tell("grievances.shift_taken", offer, at)
    left = [item.left for item in items.values() if item.left]
    return Shifted(offer, len(items) - len(left), left)


def decline_shift(
    *, offer_id: int, by: Person, why: str, at: datetime, once: keys.Key | None = None, address: str = ""
) -> ShiftOffer:  # fmt: skip
    """Say no, with a line why; the cases stay with the giver, who hears it. Raises as take_shift, and NoReason."""
    if not why.strip():
        raise NoReason
    with transaction.atomic():
        keys.spend(once, address)
        offer = _open(offer_id, by, "to", at)
        offer.why = " ".join(why.split())[:120]
        _answer(offer, Answer.DECLINED, by, at)
        _tell("grievances.shift_declined", offer, at)
    return offer


def withdraw_shift(
    *, offer_id: int, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> ShiftOffer:  # fmt: skip
    """The giver takes an offer back that nobody answered. Raises NotAllowed, OfferOver, AlreadyDone."""
    with transaction.atomic():
        keys.spend(once, address)
        offer = _open(offer_id, by, "giver", at)
        _answer(offer, Answer.WITHDRAWN, by, at)
        _tell("grievances.shift_withdrawn", offer, at)
    return offer


def _lapse(offer_id: int, step: str, at: datetime, recorded_at: datetime | None = None) -> None:
    """The clock ends an offer that nobody answered in time (``step`` is "lapse"). Raises OfferOver."""
    with transaction.atomic():
        offer = _locked_offer(offer_id)
        if not offer.is_open:
            raise OfferOver(offer, at)
        _answer(offer, Answer.LAPSED, None, at)
        _tell("grievances.shift_lapsed", offer, at)


def _why_not(case: Case, giver: Person, to: Person, at: datetime) -> str:
    """Why a case cannot go from ``giver`` to ``to``: a sentence with its number; nothing where it can."""
    facts = {"number": case.number, "giver": str(giver), "to": str(to), "state": case.get_state_display()}
    if giver.pk not in (case.handler_id, case.holder_person_id):
        return _("%(number)s 已经不在%(giver)s手上了。") % facts
    if case.state not in IN_HANDS:
        return _("%(number)s 现在是“%(state)s”，不用交了。") % facts
    if case.is_confidential and not rules.may_see(to, case):
        return _("%(number)s 是保密件，只能交给本来就能看的人。") % facts
    try:
        judge_taker(case=case, to=to, leaving=giver, at=at)
    except rules.CannotTake:
        return _("%(number)s 不能交给%(to)s：不在这件事的社区或单位任职。") % facts
    return ""


def _is_offered(case: Case, offered: dict[int, str]) -> str:
    if case.pk not in offered:
        return ""
    return _("%(number)s 已经交给%(to)s，正等着接。") % {"number": case.number, "to": offered[case.pk]}


def _take_one(case: Case, offer: ShiftOffer, at: datetime) -> str:
    """Move one case; the sentence that says why it stays, nothing where it went over."""
    giver, to = offer.giver, offer.to
    why = _why_not(case, giver, to, at)
    if why:
        return why

    def then(moved: Case, row: History) -> None:
        hand_on(case=moved, leaving=giver, to=to)

    try:
        flow.take(
            "take_over", case.pk, actor=Actor.of(to, acted_for=giver), at=at, then=then,
            texts={"reason": offer.words}, to=f"person:{to.pk}", holder=holder_after(case=case, leaving=giver, to=to),
        )  # fmt: skip
    except Refused as refusal:
        return f"{case.number} {refusal.sentence()}"
    return ""


def _locked(ids: Collection[int]) -> list[Case]:
    """These cases, locked in the order of their ids; read after the lock, so that joined rows are of that moment."""
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    return list(Case.objects.select_related(*HELD).filter(pk__in=ids).order_by("pk"))


def _locked_offer(offer_id: int) -> ShiftOffer:
    ShiftOffer.objects.select_for_update().get(pk=offer_id)
    return ShiftOffer.objects.select_related("giver", "to", "answered_by").get(pk=offer_id)


def _open(offer_id: int, by: Person, side: str, at: datetime) -> ShiftOffer:
    """The offer, locked, where it still waits and ``by`` is its giver or its receiver."""
    offer = _locked_offer(offer_id)
    if getattr(offer, f"{side}_id") != by.pk:
        raise NotAllowed
    if not offer.is_open or offer.until <= at:
        raise OfferOver(offer, at)
    return offer


def _answer(
    offer: ShiftOffer, answer: Answer, by: Person | None, at: datetime, items: Collection[ShiftItem] = ()
) -> None:  # fmt: skip
    offer.answer, offer.answered_by, offer.answered_at = answer, by, at
    offer.save(update_fields=["answer", "answered_by", "answered_at", "why"])
    for item in items:
        item.is_open = False
    ShiftItem.objects.bulk_update(items, ["is_open", "moved", "left"])
    ShiftItem.objects.filter(offer=offer, is_open=True).update(is_open=False)
    timers.withdraw(SHIFT, offer.pk)


def _tell(kind: str, offer: ShiftOffer, at: datetime) -> None:
    outbox.put(kind, about=f"{SHIFT}:{offer.pk}", key=f"{kind}:{offer.pk}", at=at)


for _kind, _label in {
    "grievances.shift_offered": _l("交班"),
    "grievances.shift_taken": _l("接班"),
    "grievances.shift_declined": _l("没有接班"),
    "grievances.shift_withdrawn": _l("收回交班"),
    "grievances.shift_lapsed": _l("交班过了时间"),
}.items():
    outbox.kinds.register(_kind, _label)
timers.takers.register(SHIFT, _lapse)
