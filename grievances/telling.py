"""A case as the one who reported it reads it: what was done, by whom, in plain words (网格员赵师傅)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.roles import Role
from core.history import StepText
from core.saying import day_words, due_words, length_words
from grievances import queries, routing
from grievances.models import Case, CasePhoto, Person, Visibility
from grievances.queries import Call, StepView
from grievances.routing import Holder, holder_of
from grievances.workflow import (
    LATE_ANSWER,
    RESULT_STEPS,
    UNRATED,
    WAITING_FOR_DISPATCH,
    WORKING,
    Outcome,
    State,
    Suspension,
    told_at,
)

TWO_SIGN_FAMILIES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "夏侯",
    "东方",
    "令狐",
    "宇文",
    "长孙",
)
NOT_TOLD = frozenset(
    {
        "contact_soon", "warn_contact", "warn_due", "warn_ruling", "warn_urge", "comment", "urge", "answer_urge", "ask_extension",
        "ask_suspension", "refuse_suspension", "propose_settlement", "drop_settlement",
    }
)  # fmt: skip
NEW_HOLDER = frozenset(
    {"dispatch", "transfer", "rule_return", "answer_directly", "patrol_done", "reopen", "hand_over", "take_over"}
)


WORDS_TOLD = {
    "contact": "line", "reopen": "reason", "rate": "words", "add": "added", "ask_reporter": "question",
    "reporter_answers": "answer", "transfer": "reason", "rule_return": "reason", "decide_extension": "reason",
    "check_fail": "reason", "unmerge": "reason", **dict.fromkeys(RESULT_STEPS, "result_text"),
}  # fmt: skip
TURNS: dict[State, Callable[[], str]] = {
    State.WAITING: lambda: _("办理的人想再问您一句，请在下面补充。五个工作日没有回音，就按现有情况接着办。"),
    State.SUSPENDED: lambda: _("这件事要先等一等，原因和恢复的时间写在经过里；到时候自动接着办。"),
    State.CHECKING: lambda: _("办好了，另一位工作人员正在核查，通过后马上告诉您结果。"),
    State.MERGED: lambda: _("和邻居反映的是一件事，合在一起办；结果也会告诉您。"),
}


@dataclass(frozen=True)
class Told:
    """One step in the words of the resident: what, who, further lines, photos, and when."""

    what: str
    at: datetime
    who: str = ""
    lines: tuple[str, ...] = ()
    photos: Sequence[CasePhoto] = ()
    by_clock: bool = False


def family_name(name: str) -> str:
    """赵 of 赵建国, 欧阳 of 欧阳修远; a name in other letters stays whole."""
    if not name or name[0].isascii():
        return name
    return name[:2] if name.startswith(TWO_SIGN_FAMILIES) and len(name) > 2 else name[:1]


def worker_words(person: Person | None, holder: Holder) -> str:
    """Who works on it, as a neighbour would say: 网格员赵师傅, 锦绣物业尤师傅, 街道干部."""
    known = family_name(person.name) if person is not None else ""
    if holder.organisation is not None:
        role = holder.organisation.name
    elif holder.role:
        role = str(Role(holder.role).label)
        if holder.role != Role.GRID_WORKER:
            return role
    else:
        role = ""
    return _("%(role)s%(family)s师傅") % {"role": role, "family": known} if known else role


def holder_words(holder: Holder) -> str:
    """To whom it was given, without the full name of a person."""
    return worker_words(holder.person, holder) if holder.person is not None else holder.words


def in_hands_of(case: Case) -> str:
    """Who has it now: the one who accepted it where there is one, else to whom it was given."""
    holder = holder_of(case)
    return worker_words(case.handler, holder) if case.handler is not None else holder_words(holder)


def in_hands_and_place(case: Case) -> str:
    """Who has it now, and the place they work for: 网格员赵师傅 · 第 1 网格."""
    place = case.holder_area.name if case.holder_area is not None and case.handler is not None else ""
    return " · ".join(filter(None, (in_hands_of(case), place)))


def told(case: Case, steps: Sequence[StepView], reader: Person) -> list[Told]:
    """The steps for ``reader`` (reporter or proxy), newest first; reminders among staff are left out."""
    earlier = {view.row.seq for view in queries.told_results(steps)[:-1]}
    found = []
    for view, holder in zip(steps, _holders(case, steps), strict=True):
        if not is_told(view):
            continue
        what, who = _what_and_who(case, view, holder, reader)
        found.append(
            Told(
                what=what, at=view.row.at, who=who, lines=_lines(view, earlier), photos=_photos(view, earlier),
                by_clock=view.row.actor_kind == "system" and view.row.step != "dispatch",
            )
        )  # fmt: skip
    return found[::-1]


def is_told(view: StepView) -> bool:
    """Whether the resident hears of a step at all; what staff ask and say among themselves is theirs."""
    if view.row.step in ("hand_over", "take_over"):
        return bool(view.row.from_state != State.DISPATCHED)
    return view.row.step not in NOT_TOLD and not _is_refused(view)


def next_words(case: Case, now: datetime) -> str:
    """What happens next and by when, in one sentence; "" where nothing more does."""
    facts = {"due": due_words(case.due_at, now=now), "who": in_hands_of(case), "contact": _contact_words(case, now)}
    if case.state in (*WAITING_FOR_DISPATCH, *WORKING) and case.due_at < now:
        return _("比答应您的时间晚了。已经提醒办理的人和社区，请再等一等。")
    if case.state == State.REPORTED:
        return _("社区正在看该由谁来办。%(contact)s%(due)s办好。") % facts
    if case.state == State.DISPATCHED:
        return _("已派给%(who)s，等着接单。%(contact)s%(due)s办好。") % facts
    if case.state == State.HANDLING:
        return _("%(who)s正在办，%(due)s办好。") % facts
    if case.state in TURNS:
        return TURNS[State(case.state)]()
    if case.state == State.RETURNED:
        return _("第一次派得不对，正在换人来办；答应的时间不变，%(due)s办好。") % facts
    if case.state == State.FEEDBACK:
        return _("办好了没有，请您说一句。七天没有回音，就按“未评价”办结。")
    if case.outcome in UNRATED and case.result_at is not None and now <= told_at(case) + LATE_ANSWER:
        return _("七天没有等到您的评价，先按“未评价”办结了；%(until)s还可以补上。") % {
            "until": due_words(told_at(case) + LATE_ANSWER, now=now)
        }
    return ""


def took_words(case: Case) -> str:
    """How long it took, and how much earlier or later than promised; "" while there is no result that stands."""
    if case.result_at is None or case.state not in (State.FEEDBACK, State.CLOSED):
        return ""
    facts = {
        "length": length_words(case.result_at - case.reported_at),
        "gap": length_words(abs(case.due_at - case.result_at)),
    }
    if case.result_at <= case.due_at:
        return _("用时 %(length)s，提前 %(gap)s") % facts
    return _("用时 %(length)s，晚了 %(gap)s") % facts


@dataclass(frozen=True)
class Row:
    """One of my reports in a list: the case, and how it stands in a few words."""

    case: Case
    words: str
    call: Call | None = None


def rows(cases: Iterable[Case], calls: Mapping[int, Call] | None = None) -> list[Row]:
    """My reports as rows of a list, each with whom to call about it where ``calls`` are given."""
    return [Row(case, _standing(case), (calls or {}).get(case.pk)) for case in cases]


def _standing(case: Case) -> str:
    who = in_hands_of(case)
    said = {
        State.REPORTED: _("社区正在看该由谁来办"),
        State.DISPATCHED: _("已派给%(who)s") % {"who": who},
        State.HANDLING: _("%(who)s正在办") % {"who": who},
        State.RETURNED: _("正在换人来办"),
        State.WAITING: _("办理的人想再问您一句"),
        State.SUSPENDED: _("先等一等，到时候自动接着办"),
        State.CHECKING: _("办好了，正在核查"),
        State.FEEDBACK: _("看看结果，说说办得怎么样"),
        State.MERGED: _("和邻居反映的合在一起办"),
    }
    return said.get(State(case.state), "")


def _contact_words(case: Case, now: datetime) -> str:
    if case.contacted_at is not None or case.contact_due is None or case.contact_due < now:
        return ""
    return _("%(contact)s会有人联系您，") % {"contact": due_words(case.contact_due, now=now)}


def _holders(case: Case, steps: Sequence[StepView]) -> list[Holder]:
    """In whose hands the case was at each step: after the last change of hands, as the case says now."""
    now = holder_of(case)
    last = max((index for index, view in enumerate(steps) if view.row.step in NEW_HOLDER), default=-1)
    found: list[Holder] = []
    holder = Holder()
    for index, view in enumerate(steps):
        if index == last:
            holder = now
        elif view.row.step in ("dispatch", "transfer", "rule_return", "hand_over", "take_over"):
            holder = _holder_then(view, now)
        found.append(holder)
    return found


def _holder_then(view: StepView, now: Holder) -> Holder:
    code = str(view.row.given.get("holder", ""))
    if code == now.code:
        return now
    return routing.from_code(code) or Holder()


def _what_and_who(case: Case, view: StepView, holder: Holder, reader: Person) -> tuple[str, str]:
    row = view.row
    worker = worker_words(row.actor, holder)
    ways = {"phone": _("打电话联系了您"), "visit": _("上门找过您"), "message": _("发消息联系了您")}
    if row.step == "report":
        return _report_words(case, view, reader), ""
    if row.step == "dispatch":
        who = _("按规则自动派单") if row.actor is None else _("社区派单员")
        return _("派给%(holder)s") % {"holder": holder_words(holder)}, who
    if row.step in ("transfer", "rule_return"):
        who = _("社区派单员") if row.step == "transfer" else _("上级")
        return _("改由%(holder)s办，答应您的时间不变") % {"holder": holder_words(holder)}, who
    if row.step in ("decide_extension", "suspend"):
        return _time_words(view), ""
    if row.step == "rate":
        return _rate_words(row.given.get("stars")), ""
    said = {
        "add": (_("您补充了"), ""),
        "wish": (_wish_words(row.given.get("visibility")), ""),
        "release": (_("放上了公开栏，没有您的名字和住处"), _("社区工作人员")),
        "unrelease": (_("不在公开栏显示"), _("社区工作人员")),
        "accept": (_("已接单"), worker),
        "contact": (ways.get(str(row.given.get("how")), _("联系了您")), worker),
        "return": (_("派得不对，换人来办"), worker),
        "hand_over": (_("换人接着办，答应您的时间不变"), ""),
        "take_over": (_("换人接着办，答应您的时间不变"), ""),
        "result": (_("办好了，结果已告诉您"), worker),
        "reopen": (_("您说没解决，重新办理"), ""),
        "close_unrated": (_("七天没有评价，先办结了"), ""),
        "reject": (_("这件事不归本平台办"), _("社区派单员")),
        "withdraw": (_("撤回了这件事"), ""),
        "leave": (_("不再跟进，办理照常"), ""),
        "report_for": (_("工作人员替您记下了这件事"), ""),
        "triage": (_("定了类别"), _("社区派单员")),
        "recategorise": (_("改了类别"), _("社区派单员")),
        "answer_directly": (_("社区直接答复了您"), _("社区派单员")),
        "ask_reporter": (_("想再问您一句，等您补充，时限先停下"), worker),
        "reporter_answers": (_("您补充了，接着办"), ""),
        "end_waiting": (_("没有等到补充，先按现有情况接着办"), ""),
        "resume": (_("接着办了"), ""),
        "result_to_check": (_("办好了，正在核查"), worker),
        "check_pass": (_("核查通过，结果已告诉您"), _("核查人")),
        "check_fail": (_("核查没有通过，退回接着办"), _("核查人")),
        "settle": (_("街道给了说法，办结为“未解决”"), _("街道")),
        "merge": (_("和邻居反映的是一件事，合在一起办"), _("社区派单员")),
        "unmerge": (_("重新单独办理"), _("社区派单员")),
        "take_in": (_("有邻居也反映了这件事，合在一起办"), _("社区派单员")),
        "let_out": (_("邻居反映的那件分开办了"), _("社区派单员")),
        "mark_overdue": (_("超过了答应您的时间，已提醒办理的人"), ""),
        "escalate": (_("还没有办好，已报给上一级督促"), ""),
        "alarm": (_("十分钟没有人接，已报给上一级催办"), ""),
        "recompute": (_("放假安排或上班时间变了，时限重新算过"), ""),
    }
    return said.get(row.step, (view.label, ""))


def _report_words(case: Case, view: StepView, reader: Person) -> str:
    if view.row.actor_id == reader.pk and case.proxy_id == reader.pk:
        return _("您替%(name)s上报了这件事") % {"name": case.reporter or ""}
    if view.row.actor_id == reader.pk or view.row.actor is None:
        return _("您上报了这件事")
    return _("%(name)s替您上报了这件事") % {"name": view.row.actor.name}


def _wish_words(visibility: object) -> str:
    return _("您同意公开这件事") if visibility == Visibility.PUBLIC else _("您不再公开这件事")


def _time_words(view: StepView) -> str:
    """A later date, or a rest: until when, and for which reason."""
    given = view.row.given
    if view.row.step == "decide_extension":
        return _("办好的时间改到 %(day)s") % {"day": _day(given.get("new"))}
    facts = {"day": _day(given.get("until")), "why": Suspension(given["code"]).label}
    return _("先等一等：%(why)s；%(day)s 自动接着办，时限先停下") % facts


def _is_refused(view: StepView) -> bool:
    return view.row.step == "decide_extension" and view.row.given.get("granted") != "yes"


def _day(moment: object) -> str:
    return day_words(datetime.fromisoformat(str(moment))) if moment else ""


def wall_words(case: Case) -> str:
    """How a case on the public wall stands, for everybody."""
    if case.state == State.FEEDBACK:
        return _("已办好，等反映人评价")
    if case.state == State.CLOSED:
        if case.outcome == Outcome.UNSOLVED_SETTLED:
            return _("没有解决，街道已给说法")
        return _("反映人说解决了") if case.outcome == Outcome.SOLVED else _("已办结")
    return case.get_state_words()


def _rate_words(stars: object) -> str:
    if not isinstance(stars, int):
        return _("您评价了：已解决")
    return ngettext("您评价了：已解决，%(n)s 颗星", "您评价了：已解决，%(n)s 颗星", stars) % {"n": stars}


def _lines(view: StepView, earlier: Collection[int]) -> tuple[str, ...]:
    """The words of a step; of results only the earlier ones, because the newest stands above."""
    texts, step = view.texts, view.row.step
    if step == "dispatch" and "why" in texts:
        return (_("因为：%(why)s") % {"why": _words(texts["why"])},)
    wanted = WORDS_TOLD.get(step, "")
    if wanted not in texts or (step in RESULT_STEPS and view.row.seq not in earlier):
        return ()
    return (_words(texts[wanted]),)


def _photos(view: StepView, earlier: Collection[int]) -> Sequence[CasePhoto]:
    """Photos that stand nowhere else on the page: of earlier results and of what was not solved."""
    hidden = view.row.step == "report" or (view.row.step in RESULT_STEPS and view.row.seq not in earlier)
    return () if hidden else view.photos


def _words(text: StepText) -> str:
    return _("（已按期删除）") if text.erased_at else text.body
