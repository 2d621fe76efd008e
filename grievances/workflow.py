"""The turns a case can take (诉求): report → dispatch → handle → feedback → rating."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.workflow import BACK, SAME, SYSTEM, Step


class State(TextChoices):
    """Where a case stands; ``feedback`` means that the result has been told to the resident."""

    REPORTED = "reported", _("待派单")
    DISPATCHED = "dispatched", _("待签收")
    HANDLING = "handling", _("处理中")
    WAITING = "waiting", _("待居民补充")
    RETURNED = "returned", _("退单待裁")
    SUSPENDED = "suspended", _("挂账")
    CHECKING = "checking", _("待核查")
    FEEDBACK = "feedback", _("待评价")
    CLOSED = "closed", _("已办结")
    REJECTED = "rejected", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")
    MERGED = "merged", _("已并入")


class Outcome(TextChoices):
    """How a closed case ended."""

    SOLVED = "solved", _("已解决")
    NOT_RATED = "not_rated", _("未评价")
    UNSOLVED_SETTLED = "unsolved_settled", _("未解决，已终结")
    ANSWERED_DIRECTLY = "answered_directly", _("直接答复")
    SELF_HANDLED = "self_handled", _("即采即办")


class Relation(TextChoices):
    """What somebody is to a case; the step table names these."""

    REPORTER = "reporter", _("反映人")
    PROXY = "proxy", _("代办人")
    LINK_HOLDER = "link_holder", _("评价链接持有人")
    DISPATCHER = "dispatcher", _("派单员")
    HOLDER = "holder", _("承办人")
    PUBLISHER = "publisher", _("公开审核人")
    ADMINISTRATOR = "administrator", _("辖区管理员")
    STAFF = "staff", _("工作人员")
    FINDER = "finder", _("巡查人")
    SUPERIOR = "superior", _("上级")
    CHECKER = "checker", _("核查人")
    SETTLER = "settler", _("终结提出人")
    SECOND_SETTLER = "second_settler", _("终结复核人")
    TAKER = "taker", _("接班人")


class How(TextChoices):
    """How somebody reached the resident."""

    PHONE = "phone", _("打电话")
    VISIT = "visit", _("上门")
    MESSAGE = "message", _("发消息")


class Reached(TextChoices):
    """What came of a call to the resident; only the first one is a contact."""

    YES = "yes", _("接通了")
    NO_ANSWER = "no_answer", _("没人接")
    WRONG = "wrong", _("号码不对")


class Wall(TextChoices):
    """Where a case stands on the public wall; "news" is on it, and a newer result waits to be released."""

    NEVER = "", _("不上墙")
    WAITS = "waits", _("等待上墙")
    SHOWN = "shown", _("已上墙")
    NEWS = "news", _("已上墙，有新结果")
    HELD = "held", _("已撤下")


class NotHere(TextChoices):
    """Why a request is not taken in."""

    NOT_OURS = "not_ours", _("不归本平台管")
    COURT = "court", _("已进入诉讼或仲裁")
    UNCLEAR = "unclear", _("说不清楚，无法办理")
    REPEAT = "repeat", _("同一件事已办结")


class Asked(TextChoices):
    """What the holder (or the street) asked for and somebody else decides; one thing at a time."""

    NOTHING = "", _("没有")
    EXTENSION = "extension", _("延期")
    SUSPENSION = "suspension", _("挂账")
    SETTLEMENT = "settlement", _("终结")


class Suspension(TextChoices):
    """Why work on a case rests (挂账)."""

    FUNDS = "funds", _("等资金到位")
    WEATHER = "weather", _("等天气或季节")
    OWNERS = "owners", _("等业主表决")
    MATERIAL = "material", _("等材料或设备")
    OTHERS = "others", _("等别的单位配合")


class NextDoor(TextChoices):
    """Where a resident may go after a settlement (终结)."""

    REVIEW = "review", _("向区里申请复核")
    PETITION = "petition", _("到信访部门反映")
    COURT = "court", _("到法院起诉，或申请仲裁")


ANSWER_DAYS = timedelta(days=7)
LATE_ANSWER = timedelta(days=14)
MOST_REOPENED = 2
MOST_RETURNED = 2
ANSWER_WORKING_DAYS = 5
FARTHEST = timedelta(days=2 * 366)
RULING_HOURS = 4
ALARM = timedelta(minutes=10)
RESULT_STEPS = frozenset({"result", "result_to_check", "answer_directly"})
TOLD_BY = frozenset({"result", "check_pass", "answer_directly"})
UNRATED = frozenset({Outcome.NOT_RATED, Outcome.ANSWERED_DIRECTLY})


def told_at(case: Any) -> datetime:
    """Since when the resident can read the newest result: where it was checked first, since it passed."""
    if not case.needs_check:
        return case.result_at  # type: ignore[no-any-return]
    passed = case.history.filter(step="check_pass").order_by("-seq").values_list("at", flat=True).first()
    return max(case.result_at, passed or case.result_at)


def may_rate(case: Any, at: datetime) -> bool:
    """A result can be rated while it waits for it; a late answer within 14 days replaces "not rated"."""
    if case.state == State.CLOSED:
        return case.outcome in UNRATED and at <= told_at(case) + LATE_ANSWER
    return True


def may_reopen(case: Any, at: datetime) -> bool:
    """Within 14 days after the result, and twice at most: the first holder again, then one level up."""
    return case.reopened < MOST_REOPENED and case.result_at is not None and at <= told_at(case) + LATE_ANSWER


def may_withdraw(case: Any, at: datetime) -> bool:
    """Cases of danger and safety go on without the reporter."""
    return not case.is_safety


def may_leave(case: Any, at: datetime) -> bool:
    """The reporter of a safety case may stop following it."""
    return case.is_safety and not case.reporter_left


def may_choose_who_sees(case: Any, at: datetime) -> bool:
    """A confidential case stays so; the others may become public and not public again."""
    return case.visibility in ("public", "not_public")


def may_release(case: Any, at: datetime) -> bool:
    """Only what its sender agreed to show."""
    return case.visibility == "public"


def may_take_down(case: Any, at: datetime) -> bool:
    """What is on the wall, or waits for it."""
    return case.visibility == "public" and case.wall not in (Wall.NEVER, Wall.HELD)


def may_dispatch(case: Any, at: datetime) -> bool:
    """What came back twice is ruled on by the level above, so that it does not go to and fro."""
    return case.state != State.RETURNED or case.returned < MOST_RETURNED


def needs_no_check(case: Any, at: datetime) -> bool:
    """The result goes to the resident at once."""
    return not case.needs_check


def needs_check(case: Any, at: datetime) -> bool:
    """Somebody else looks at the result first."""
    return bool(case.needs_check)


def has_reporter(case: Any, at: datetime) -> bool:
    """There is a resident who can be asked."""
    return case.reporter_id is not None and not case.reporter_left


def asks_nothing(case: Any, at: datetime) -> bool:
    """Nothing is waiting for a decision."""
    return case.asked == Asked.NOTHING


def asks_extension(case: Any, at: datetime) -> bool:
    """The holder asked for a later date."""
    return case.asked == Asked.EXTENSION


def asks_suspension(case: Any, at: datetime) -> bool:
    """The holder asked to let it rest."""
    return case.asked == Asked.SUSPENSION


def asks_settlement(case: Any, at: datetime) -> bool:
    """Somebody of the street proposed to settle it."""
    return case.asked == Asked.SETTLEMENT


def may_settle(case: Any, at: datetime) -> bool:
    """After two reopenings, when nothing else waits for a decision."""
    return case.reopened >= MOST_REOPENED and case.asked == Asked.NOTHING


def is_urged(case: Any, at: datetime) -> bool:
    """The level above waits for an answer."""
    return case.urge_due is not None


def is_not_urged(case: Any, at: datetime) -> bool:
    """No answer is owed already."""
    return case.urge_due is None


def contact_is_ahead(case: Any, at: datetime) -> bool:
    """Nobody reached the resident yet, and there is still time; past it the later warning says enough."""
    return case.contacted_at is None and case.contact_due is not None and at <= case.contact_due


def nobody_called(case: Any, at: datetime) -> bool:
    """The first contact is still owed."""
    return case.contacted_at is None


def due_is_ahead(case: Any, at: datetime) -> bool:
    """There is still time; past the deadline the later warning says enough."""
    return bool(at <= case.due_at)


def nobody_took_it(case: Any, at: datetime) -> bool:
    """Urgent, and nobody has accepted it yet."""
    return case.urgency == "urgent" and case.state in UNTAKEN


PAUSED = frozenset({State.WAITING, State.SUSPENDED})
WORKING = frozenset({State.DISPATCHED, State.HANDLING})
IN_HANDS = WORKING | PAUSED | {State.CHECKING}
WAITING_FOR_DISPATCH = frozenset({State.REPORTED, State.RETURNED})
UNTAKEN = WAITING_FOR_DISPATCH | {State.DISPATCHED}
OPEN = WAITING_FOR_DISPATCH | IN_HANDS | {State.FEEDBACK}
ENDED = frozenset({State.CLOSED, State.REJECTED, State.WITHDRAWN, State.MERGED})
MERGEABLE = WORKING | {State.REPORTED}
RUNNING = WAITING_FOR_DISPATCH | WORKING
RECKONED = RUNNING | PAUSED
STANDING = OPEN | {State.CLOSED}
ON_WALL = frozenset({Wall.SHOWN, Wall.NEWS})
WAITING_FOR_WALL = frozenset({Wall.WAITS, Wall.NEWS})
ANSWERERS = frozenset({Relation.REPORTER, Relation.PROXY, Relation.LINK_HOLDER})
_CLOCK = frozenset({SYSTEM})
_PUBLISHER = frozenset({Relation.PUBLISHER})
_HOLDER = frozenset({Relation.HOLDER})
_SUPERIOR = frozenset({Relation.SUPERIOR})
_SETTLED_FROM = frozenset({State.DISPATCHED, State.FEEDBACK})

STEPS = (
    Step("report", _("上报"), frozenset({None}), State.REPORTED, frozenset({Relation.REPORTER, Relation.PROXY}),
         needs=("text",), puts=("grievances.reported",), clock="start"),
    Step("report_for", _("代录"), frozenset({None}), State.REPORTED, frozenset({Relation.STAFF}),
         needs=("text", "source", "caller"), puts=("grievances.reported",), clock="start"),
    Step("patrol_done", _("即采即办"), frozenset({None}), State.CLOSED, frozenset({Relation.FINDER}),
         needs=("text", "before", "after"), puts=("grievances.patrolled",), clock="none"),
    Step("triage", _("定类别"), frozenset({State.REPORTED}), SAME, frozenset({Relation.DISPATCHER, SYSTEM}),
         needs=("category", "urgency"), puts=("grievances.triaged",), clock="set anew"),
    Step("recategorise", _("改类别"), OPEN - {State.REPORTED, State.FEEDBACK}, SAME, frozenset({Relation.DISPATCHER}),
         needs=("category", "urgency", "reason"), puts=("grievances.triaged",), clock="set anew"),
    Step("dispatch", _("派单"), WAITING_FOR_DISPATCH, State.DISPATCHED, frozenset({Relation.DISPATCHER, SYSTEM}),
         needs=("holder", "why"), puts=("grievances.dispatched",), clock="run", when=may_dispatch),
    Step("answer_directly", _("直接答复"), frozenset({State.REPORTED}), State.FEEDBACK,
         frozenset({Relation.DISPATCHER}), needs=("result_text",), puts=("grievances.result",), clock="stop"),
    Step("transfer", _("改派"), WORKING, State.DISPATCHED, frozenset({Relation.DISPATCHER}),
         needs=("holder", "reason"), puts=("grievances.transferred",), clock="run"),
    Step("accept", _("签收"), frozenset({State.DISPATCHED}), State.HANDLING, frozenset({Relation.HOLDER}),
         puts=("grievances.accepted",), clock="run"),
    Step("contact", _("首次联系"), WORKING, SAME, frozenset({Relation.HOLDER}),
         needs=("how", "line"), puts=("grievances.contacted",), clock="stop first response"),
    Step("return", _("退单"), WORKING, State.RETURNED, frozenset({Relation.HOLDER}),
         needs=("reason", "proposed"), puts=("grievances.returned",), clock="run"),
    Step("rule_return", _("裁定退单"), frozenset({State.RETURNED}), State.DISPATCHED, frozenset({Relation.SUPERIOR}),
         needs=("holder", "reason"), puts=("grievances.ruled",), clock="run"),
    Step("ask_reporter", _("请居民补充"), frozenset({State.HANDLING}), State.WAITING, _HOLDER,
         needs=("question",), puts=("grievances.asked",), clock="pause", when=has_reporter),
    Step("reporter_answers", _("居民补充了"), frozenset({State.WAITING}), State.HANDLING,
         frozenset({Relation.REPORTER, Relation.PROXY}), needs=("answer",), puts=("grievances.answered",),
         clock="go on"),
    Step("end_waiting", _("不再等补充"), frozenset({State.WAITING}), State.HANDLING, frozenset({*_HOLDER, SYSTEM}),
         puts=("grievances.waited",), clock="go on"),
    Step("ask_extension", _("申请延期"), frozenset({State.HANDLING}), SAME, _HOLDER,
         needs=("new", "reason"), puts=("grievances.extension_asked",), clock="run", when=asks_nothing),
    Step("decide_extension", _("批延期"), frozenset({State.HANDLING}), SAME, _SUPERIOR,
         needs=("granted", "reason"), puts=("grievances.extension_decided",), clock="new date, the old one kept",
         when=asks_extension),
    Step("ask_suspension", _("申请挂账"), frozenset({State.HANDLING}), SAME, _HOLDER,
         needs=("code", "until", "reason"), puts=("grievances.suspension_asked",), clock="run", when=asks_nothing),
    Step("suspend", _("同意挂账"), frozenset({State.HANDLING}), State.SUSPENDED, _SUPERIOR,
         needs=("code", "until"), puts=("grievances.suspended",), clock="pause", when=asks_suspension),
    Step("refuse_suspension", _("不同意挂账"), frozenset({State.HANDLING}), SAME, _SUPERIOR,
         needs=("reason",), puts=("grievances.suspension_refused",), clock="run", when=asks_suspension),
    Step("resume", _("恢复办理"), frozenset({State.SUSPENDED}), State.HANDLING,
         frozenset({*_HOLDER, *_SUPERIOR, SYSTEM}), puts=("grievances.resumed",), clock="go on"),
    Step("hand_over", _("移交"), IN_HANDS, SAME, frozenset({Relation.ADMINISTRATOR}),
         needs=("to", "reason"), puts=("grievances.handed_over",), clock="run"),
    Step("take_over", _("接班"), IN_HANDS, SAME, frozenset({Relation.TAKER}),
         needs=("to", "reason"), puts=("grievances.handed_over",), clock="run"),
    Step("result", _("办结"), frozenset({State.HANDLING}), State.FEEDBACK, frozenset({Relation.HOLDER}),
         needs=("result_text",), puts=("grievances.result",), clock="stop", when=needs_no_check),
    Step("result_to_check", _("办结，送核查"), frozenset({State.HANDLING}), State.CHECKING, _HOLDER,
         needs=("result_text",), puts=("grievances.to_check",), clock="stop", when=needs_check),
    Step("check_pass", _("核查通过"), frozenset({State.CHECKING}), State.FEEDBACK, frozenset({Relation.CHECKER}),
         puts=("grievances.result",), clock="stop"),
    Step("check_fail", _("核查不通过"), frozenset({State.CHECKING}), State.HANDLING, frozenset({Relation.CHECKER}),
         needs=("reason",), puts=("grievances.check_failed",), clock="run on"),
    Step("rate", _("评价"), frozenset({State.FEEDBACK, State.CLOSED}), State.CLOSED, ANSWERERS,
         needs=("contacted", "stars"), puts=("grievances.rated",), when=may_rate),
    Step("reopen", _("没解决，重新办理"), frozenset({State.FEEDBACK, State.CLOSED}), State.DISPATCHED, ANSWERERS,
         needs=("reason",), puts=("grievances.reopened",), clock="go on from the first report", when=may_reopen),
    Step("close_unrated", _("到期未评价，办结"), frozenset({State.FEEDBACK}), State.CLOSED, _CLOCK,
         puts=("grievances.closed_unrated",)),
    Step("propose_settlement", _("提出终结"), _SETTLED_FROM, SAME, frozenset({Relation.SETTLER}),
         needs=("reason", "door"), puts=("grievances.settlement_proposed",), clock="run", when=may_settle),
    Step("settle", _("终结"), _SETTLED_FROM, State.CLOSED, frozenset({Relation.SECOND_SETTLER}),
         puts=("grievances.settled",), clock="stop", when=asks_settlement),
    Step("drop_settlement", _("不终结"), _SETTLED_FROM, SAME, frozenset({Relation.SETTLER, Relation.SECOND_SETTLER}),
         needs=("reason",), puts=("grievances.settlement_dropped",), clock="run", when=asks_settlement),
    Step("merge", _("并入"), MERGEABLE, State.MERGED, frozenset({Relation.DISPATCHER}),
         needs=("main",), puts=("grievances.merged",), clock="the earlier one wins", pause=True),
    Step("unmerge", _("分开"), frozenset({State.MERGED}), BACK, frozenset({Relation.DISPATCHER, SYSTEM}),
         needs=("reason",), puts=("grievances.unmerged",), clock="go on"),
    Step("take_in", _("并进一件"), OPEN, SAME, frozenset({Relation.DISPATCHER}),
         needs=("merged",), puts=("grievances.took_in",), clock="the earlier one wins"),
    Step("let_out", _("分出一件"), OPEN, SAME, frozenset({Relation.DISPATCHER}),
         needs=("merged",), puts=("grievances.let_out",), clock="its own again"),
    Step("urge", _("督办"), OPEN - {State.FEEDBACK}, SAME, _SUPERIOR,
         needs=("words", "until"), puts=("grievances.urged",), clock="run", when=is_not_urged),
    Step("answer_urge", _("答复督办"), OPEN - {State.REPORTED, State.RETURNED}, SAME, _HOLDER,
         needs=("words",), puts=("grievances.urge_answered",), clock="run", when=is_urged),
    Step("comment", _("内部留言"), OPEN, SAME, frozenset({Relation.STAFF}),
         needs=("words",), puts=("grievances.commented",), clock="run"),
    Step("reject", _("不予受理"), frozenset({State.REPORTED}), State.REJECTED, frozenset({Relation.DISPATCHER}),
         needs=("code", "where_instead"), puts=("grievances.rejected",), clock="stop"),
    Step("withdraw", _("撤回"), OPEN, State.WITHDRAWN, frozenset({Relation.REPORTER, Relation.PROXY}),
         puts=("grievances.withdrawn",), clock="stop", when=may_withdraw),
    Step("leave", _("不再跟进"), OPEN, SAME, frozenset({Relation.REPORTER, Relation.PROXY}),
         puts=("grievances.left",), clock="run", when=may_leave),
    Step("add", _("补充"), OPEN, SAME, frozenset({Relation.REPORTER, Relation.PROXY}),
         puts=("grievances.added",), clock="run"),
    Step("wish", _("改谁能看到"), STANDING, SAME, frozenset({Relation.REPORTER, Relation.PROXY}),
         needs=("visibility",), puts=("grievances.wish_changed",), clock="run", when=may_choose_who_sees),
    Step("release", _("放上公开栏"), STANDING, SAME, _PUBLISHER,
         needs=("public_title", "public_text"), puts=("grievances.released",), clock="run", when=may_release),
    Step("unrelease", _("不在公开栏显示"), STANDING, SAME, _PUBLISHER,
         puts=("grievances.unreleased",), clock="run", when=may_take_down),
    Step("warn_ruling", _("退单还没裁定"), frozenset({State.RETURNED}), SAME, _CLOCK,
         puts=("grievances.ruling_late",), clock="run"),
    Step("warn_urge", _("督办还没答复"), OPEN, SAME, _CLOCK, puts=("grievances.urge_late",), clock="run",
         when=is_urged),
    Step("contact_soon", _("首次联系时限已过 75%"), RUNNING, SAME, _CLOCK,
         puts=("grievances.contact_soon",), clock="run", when=contact_is_ahead),
    Step("warn_contact", _("首次联系已超时"), RUNNING, SAME, _CLOCK, puts=("grievances.contact_late",), clock="run",
         when=nobody_called),
    Step("warn_due", _("时限已过 75%"), RUNNING, SAME, _CLOCK, puts=("grievances.due_soon",), clock="run",
         when=due_is_ahead),
    Step("mark_overdue", _("已超时"), RUNNING, SAME, _CLOCK, puts=("grievances.overdue",), clock="run"),
    Step("escalate", _("逐级上报"), RUNNING, SAME, _CLOCK, needs=("level",), puts=("grievances.escalated",),
         clock="run"),
    Step("alarm", _("紧急诉求没人接单"), UNTAKEN, SAME, _CLOCK, needs=("level",), puts=("grievances.alarmed",),
         clock="run", when=nobody_took_it),
    Step("recompute", _("重算时限"), RECKONED, SAME, _CLOCK, needs=("old", "new"), puts=("grievances.recomputed",),
         clock="set anew"),
)  # fmt: skip
