"""How the further turns of a case are offered: in which order, with which words and icons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.workflow import Step
from grievances.forms.step import StepForm


@dataclass(frozen=True)
class Offer:
    """The words of one turn: what its fold says, what its button says; ``first`` ones stand open on top."""

    icon: str
    title: str | Promise
    label: str | Promise
    first: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Turn:
    """One turn that may be taken now; its form is there where it stands open."""

    name: str
    offer: Offer
    form: StepForm | None


OFFERS: Final[Mapping[str, Offer]] = {
    "rule_return": Offer("signpost", _("裁定退单：由谁办"), _("定下来"), first=True, strong=True),
    "decide_extension": Offer("clock", _("批延期"), _("交答复"), first=True, strong=True),
    "suspend": Offer("clock", _("同意挂账"), _("同意挂账"), first=True, strong=True),
    "refuse_suspension": Offer("x-circle", _("不同意挂账"), _("不同意"), first=True),
    "check_pass": Offer("check-circle", _("核查通过"), _("通过，把结果告诉居民"), first=True, strong=True),
    "check_fail": Offer("arrow-return-left", _("核查不通过"), _("退回接着办"), first=True),
    "settle": Offer("check-circle", _("复核终结"), _("同意终结"), first=True),
    "drop_settlement": Offer("x-circle", _("不终结"), _("不终结，继续办"), first=True),
    "answer_urge": Offer("megaphone", _("答复督办"), _("交答复"), first=True, strong=True),
    "resume": Offer("arrow-left-right", _("恢复办理"), _("现在就恢复办理"), first=True),
    "end_waiting": Offer("arrow-left-right", _("不等补充了"), _("不等了，接着办"), first=True),
    "triage": Offer("card-checklist", _("定类别、紧急程度"), _("定下来")),
    "answer_directly": Offer("chat-dots", _("直接答复，不用派单"), _("答复居民")),
    "ask_reporter": Offer("chat-dots", _("请居民补充"), _("问居民，时限先停下")),
    "ask_extension": Offer("clock", _("申请延期"), _("交给上级批")),
    "ask_suspension": Offer("clock", _("申请挂账"), _("交给上级批")),
    "transfer": Offer("arrow-left-right", _("改派给别人"), _("改派")),
    "recategorise": Offer("card-checklist", _("改类别、紧急程度，不重新派单"), _("改好")),
    "merge": Offer("plus-circle", _("和另一件是同一件事，并进去"), _("并进去")),
    "unmerge": Offer("arrow-left-right", _("分开单独办"), _("分开")),
    "propose_settlement": Offer("x-circle", _("提出终结"), _("交另一个人复核")),
    "urge": Offer("megaphone", _("督办"), _("发督办")),
    "comment": Offer("chat-dots", _("内部留言"), _("留言")),
}


def is_drawn(name: str, chosen: str) -> bool:
    """Whether the form of a step is drawn: all but those of the further turns that nobody opened."""
    return name not in OFFERS or OFFERS[name].first or name == chosen


def turns_of(possible: Mapping[str, Step], forms: Mapping[str, StepForm]) -> dict[str, list[Turn]]:
    """The turns that may be taken now: those that stand open with their forms, and the others as links."""
    found = [Turn(name, offer, forms.get(name)) for name, offer in OFFERS.items() if name in possible]
    return {"open": [turn for turn in found if turn.form], "more": [turn for turn in found if not turn.form]}
