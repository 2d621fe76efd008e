"""The turns a case can take (诉求): report → dispatch → handle → feedback → rating."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.workflow import SAME, SYSTEM, Step


class State(TextChoices):
    """Where a case stands; ``feedback`` means that the result has been told to the resident."""

    REPORTED = "reported", _("待派单")
    DISPATCHED = "dispatched", _("待签收")
    HANDLING = "handling", _("处理中")
    RETURNED = "returned", _("退单待裁")
    FEEDBACK = "feedback", _("待评价")
    CLOSED = "closed", _("已办结")
    REJECTED = "rejected", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")


class Outcome(TextChoices):
    """How a closed case ended."""

    SOLVED = "solved", _("已解决")
    NOT_RATED = "not_rated", _("未评价")


class Relation(TextChoices):
    """What somebody is to a case; the step table names these."""

    REPORTER = "reporter", _("反映人")
    PROXY = "proxy", _("代办人")
    LINK_HOLDER = "link_holder", _("评价链接持有人")
    DISPATCHER = "dispatcher", _("派单员")
    HOLDER = "holder", _("承办人")
    PUBLISHER = "publisher", _("公开审核人")
    ADMINISTRATOR = "administrator", _("辖区管理员")


class How(TextChoices):
    """How somebody reached the resident."""

    PHONE = "phone", _("打电话")
    VISIT = "visit", _("上门")
    MESSAGE = "message", _("发消息")


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


ANSWER_DAYS = timedelta(days=7)
LATE_ANSWER = timedelta(days=14)
MOST_REOPENED = 2


def may_rate(case: Any, at: datetime) -> bool:
    """A result can be rated while it waits for it; a late answer within 14 days replaces "not rated"."""
    if case.state == State.CLOSED:
        return case.outcome == Outcome.NOT_RATED and at <= case.result_at + LATE_ANSWER
    return True


def may_reopen(case: Any, at: datetime) -> bool:
    """Within 14 days after the result, and twice at most: the first holder again, then one level up."""
    return case.reopened < MOST_REOPENED and at <= case.result_at + LATE_ANSWER


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


OPEN = frozenset({State.REPORTED, State.DISPATCHED, State.HANDLING, State.RETURNED, State.FEEDBACK})
WORKING = frozenset({State.DISPATCHED, State.HANDLING})
WAITING_FOR_DISPATCH = frozenset({State.REPORTED, State.RETURNED})
STANDING = OPEN | {State.CLOSED}
ON_WALL = frozenset({Wall.SHOWN, Wall.NEWS})
WAITING_FOR_WALL = frozenset({Wall.WAITS, Wall.NEWS})
_ANSWERER = frozenset({Relation.REPORTER, Relation.PROXY, Relation.LINK_HOLDER})
_CLOCK = frozenset({SYSTEM})
_PUBLISHER = frozenset({Relation.PUBLISHER})

STEPS = (
    Step("report", _("上报"), frozenset({None}), State.REPORTED, frozenset({Relation.REPORTER, Relation.PROXY}),
         needs=("text",), puts=("grievances.reported",), clock="start"),
    Step("dispatch", _("派单"), WAITING_FOR_DISPATCH, State.DISPATCHED, frozenset({Relation.DISPATCHER, SYSTEM}),
         needs=("holder", "why"), puts=("grievances.dispatched",), clock="run"),
    Step("accept", _("签收"), frozenset({State.DISPATCHED}), State.HANDLING, frozenset({Relation.HOLDER}),
         puts=("grievances.accepted",), clock="run"),
    Step("contact", _("首次联系"), WORKING, SAME, frozenset({Relation.HOLDER}),
         needs=("how", "line"), puts=("grievances.contacted",), clock="stop first response"),
    Step("return", _("退单"), WORKING, State.RETURNED, frozenset({Relation.HOLDER}),
         needs=("reason", "proposed"), puts=("grievances.returned",), clock="run"),
    Step("hand_over", _("移交"), WORKING, SAME, frozenset({Relation.ADMINISTRATOR}),
         needs=("to", "reason"), puts=("grievances.handed_over",), clock="run"),
    Step("result", _("办结"), frozenset({State.HANDLING}), State.FEEDBACK, frozenset({Relation.HOLDER}),
         needs=("result_text",), puts=("grievances.result",), clock="stop"),
    Step("rate", _("评价"), frozenset({State.FEEDBACK, State.CLOSED}), State.CLOSED, _ANSWERER,
         needs=("contacted", "stars"), puts=("grievances.rated",), when=may_rate),
    Step("reopen", _("没解决，重新办理"), frozenset({State.FEEDBACK, State.CLOSED}), State.DISPATCHED, _ANSWERER,
         needs=("reason",), puts=("grievances.reopened",), clock="go on from the first report", when=may_reopen),
    Step("close_unrated", _("到期未评价，办结"), frozenset({State.FEEDBACK}), State.CLOSED, _CLOCK,
         puts=("grievances.closed_unrated",)),
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
    Step("warn_contact", _("首次联系将到期"), WORKING, SAME, _CLOCK, puts=("grievances.contact_late",), clock="run"),
    Step("warn_due", _("时限已过 75%"), WORKING, SAME, _CLOCK, puts=("grievances.due_soon",), clock="run"),
    Step("mark_overdue", _("已超时"), frozenset({State.REPORTED, State.RETURNED, *WORKING}), SAME, _CLOCK,
         puts=("grievances.overdue",), clock="run"),
)  # fmt: skip
