"""What cases count for on boards, and the words of those figures."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.figures import EVERYWHERE, STOCK_DAY, Fact, Figure, Source, figures, sources
from grievances.models import Case
from grievances.queries.board import STORED, key_of
from grievances.workflow import Outcome


def facts(case: Case) -> Iterator[Fact]:
    """What a case counts for as it stands: a pure function of its own fields.

    It came in on a day, ended on a day (until it is reopened), has a result of a day (in time or not), or
    is open. What a patrol put right on the spot is counted apart. Everywhere, and in its district and street: in smaller places the cases are counted themselves.
    """
    has_result = case.result_in_time is not None
    by_patrol = case.outcome == Outcome.SELF_HANDLED
    moments: dict[str, datetime | None] = {
        "in": None if by_patrol else case.reported_at,
        "out": None if by_patrol else case.closed_at,
        "patrol": case.closed_at if by_patrol else None,
        "done": case.result_at if has_result else None,
        "on_time": case.result_at if case.result_in_time else None,
    }
    places = (EVERYWHERE, *(pk for pk in (case.district_id, case.street_id) if pk is not None))
    dimension = str(case.category_id or "")
    for name, moment in moments.items():
        if moment is not None:
            yield Fact(key_of(name), timezone.localdate(moment), places, dimension)
    if case.closed_at is None:
        yield Fact(key_of("open"), STOCK_DAY, places, dimension)


FIELDS = (
    "district_id", "street_id", "community_id", "compound_id", "category_id", "reported_at", "closed_at",
    "result_at", "result_in_time", "outcome",
)  # fmt: skip
sources.register("grievances.case", Source(Case, facts, FIELDS, tuple(key_of(name) for name in STORED)))

for _figure in (
    Figure(key_of("in"), _("新收"), _("这段时间里上报的，按上报那天算")),
    Figure(key_of("out"), _("办结"), _("这段时间里结束的：已办结、不予受理、已撤回、已并入；重新办理的不再算"), 1),
    Figure(key_of("open"), _("在办"), _("现在还没有结束的，等评价的也算"), -1),
    Figure(key_of("patrol"), _("即采即办"), _("这段时间里巡查时当场办好的，单独算，不进任何比率"), 1),
    Figure(key_of("suspended"), _("挂账"), _("现在经同意先放一放的，时限停着，不算超时"), -1),
    Figure(key_of("overdue"), _("超时在办"), _("现在过了办结时限、还没有结果的；挂账和等居民补充的不算"), -1),
    Figure(key_of("due_soon"), _("24 小时内到期"), _("现在还没有结果、24 小时内到办结时限的"), -1),
    Figure(key_of("done"), _("有结果"), _("这段时间里办出结果的，按最后一次结果那天算"), 1),
    Figure(key_of("on_time"), _("按时有结果"), _("这段时间里办出结果的，其中没有超过办结时限的"), 1),
    Figure(key_of("hand"), _("手上的事"), _("现在已经派给他、还没有结果的"), -1),
    Figure(key_of("hand_late"), _("手上超时的"), _("现在派给他、过了办结时限还没有结果的"), -1),
    Figure(key_of("decide"), _("等我决定"), _("等着派单，而那里没有派单员，由您代办的"), -1),
    Figure(key_of("climbed"), _("升级到我这里"), _("下级岗位没有人，或第二次重新办理，转到您手上的"), -1),
):
    figures.register(_figure.key, _figure)
