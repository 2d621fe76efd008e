"""The words of every notice about a case, by kind and by the role in which somebody hears of it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.notices import Channel
from grievances.workflow import Relation

INBOX: tuple[Channel, ...] = ("inbox",)
BOTH: tuple[Channel, ...] = ("inbox", "sms")


@dataclass(frozen=True)
class Words:
    """The texts of one notice for one role; ``sms`` empty means inbox only."""

    title: str | Promise
    sms: str | Promise = ""


REPORTER, HOLDER, DISPATCHER = str(Relation.REPORTER), str(Relation.HOLDER), str(Relation.DISPATCHER)
FOLLOWER, JOINED, SUPERIOR, CHECKER, SETTLER, FORMER = "follower", "joined", "superior", "checker", "settler", "former"
URGENT = {HOLDER: "urgent_holder", DISPATCHER: "urgent_dispatcher"}
_NOW_YOURS = Words(
    _("紧急：“%(title)s”派给您，请马上签收"), _("【邻里】紧急诉求（%(number)s）派给您，请马上登录签收。")
)
_NOW_TO_SEND = Words(
    _("紧急：“%(title)s”还没派出去，请马上派单"), _("【邻里】紧急诉求（%(number)s）等您派单，请马上登录。")
)
WORDS: dict[str, dict[str, Words]] = {
    "grievances.reported": {
        REPORTER: Words(
            _("您反映的“%(title)s”已收到，%(contact)s会有人联系您"),
            _("【邻里】您反映的事（%(number)s）已收到，%(contact)s会有人联系您。"),
        ),
        DISPATCHER: Words(_("新诉求：“%(title)s”，等您派单")),
        URGENT[DISPATCHER]: _NOW_TO_SEND,
    },
    "grievances.dispatched": {
        REPORTER: Words(_("“%(title)s”已派给%(holder)s")),
        HOLDER: Words(
            _("派给您一件：“%(title)s”，%(due)s办结"),
            _("【邻里】派给您一件诉求（%(number)s），%(due)s办结，请登录查看。"),
        ),
        URGENT[HOLDER]: _NOW_YOURS,
    },
    "grievances.accepted": {REPORTER: Words(_("%(holder)s已接下“%(title)s”"))},
    "grievances.contacted": {REPORTER: Words(_("%(holder)s记录了与您的联系：“%(title)s”"))},
    "grievances.returned": {
        DISPATCHER: Words(_("%(holder)s退回了“%(title)s”，等您重新派单")),
        SUPERIOR: Words(_("%(holder)s退回了“%(title)s”，已退多次，请您裁定由谁办")),
        URGENT[DISPATCHER]: _NOW_TO_SEND,
    },
    "grievances.ruled": {
        HOLDER: Words(
            _("上级裁定：“%(title)s”由您办，%(due)s办结"),
            _("【邻里】退单已裁定，%(number)s 由您办，%(due)s办结，请登录查看。"),
        ),
        FORMER: Words(_("您退回的“%(title)s”已裁定，由%(holder)s办")),
        DISPATCHER: Words(_("“%(title)s”的退单已裁定，由%(holder)s办")),
        REPORTER: Words(_("“%(title)s”定下由%(holder)s办，答应您的时间不变")),
    },
    "grievances.ruling_late": {
        SUPERIOR: Words(_("“%(title)s”退回 4 个工作小时还没有裁定，请尽快定下由谁办")),
        DISPATCHER: Words(_("“%(title)s”退回 4 个工作小时还没有重新派出")),
    },
    "grievances.transferred": {
        HOLDER: Words(
            _("改派给您一件：“%(title)s”，%(due)s办结"),
            _("【邻里】改派给您一件诉求（%(number)s），%(due)s办结，请登录查看。"),
        ),
        FORMER: Words(_("“%(title)s”改派给%(holder)s了，您不用再办")),
        REPORTER: Words(_("“%(title)s”改由%(holder)s办，答应您的时间不变")),
    },
    "grievances.triaged": {
        REPORTER: Words(_("“%(title)s”重新分了类，%(due)s办好")),
        HOLDER: Words(_("“%(title)s”改了类别或紧急程度，%(due)s办结")),
        URGENT[HOLDER]: Words(
            _("“%(title)s”改为紧急，请马上处理，%(due)s办结"), _("【邻里】%(number)s 改为紧急，请马上登录处理。")
        ),
        URGENT[DISPATCHER]: _NOW_TO_SEND,
    },
    "grievances.patrolled": {DISPATCHER: Words(_("%(holder)s巡查时当场办好了一件：“%(title)s”"))},
    "grievances.asked": {
        REPORTER: Words(
            _("办理“%(title)s”的人想再问您一句，请补充"),
            _("【邻里】办理 %(number)s 的人想再问您一句，请登录补充，五个工作日没有回音就按现有情况办。"),
        )
    },
    "grievances.answered": {HOLDER: Words(_("居民补充了“%(title)s”，请接着办，%(due)s办结"))},
    "grievances.waited": {
        HOLDER: Words(_("“%(title)s”不再等补充，请接着办，%(due)s办结")),
        REPORTER: Words(_("“%(title)s”没有等到您的补充，先按现有情况接着办，您随时可以再补充")),
    },
    "grievances.extension_asked": {SUPERIOR: Words(_("%(holder)s申请把“%(title)s”延期，请您批"))},
    "grievances.extension_decided": {
        HOLDER: Words(_("“%(title)s”的延期有了答复，%(due)s办结")),
        REPORTER: Words(
            _("“%(title)s”办好的时间改到%(due)s，原因写在经过里"),
            _("【邻里】%(number)s 办好的时间改到%(due)s，原因请登录查看。"),
        ),
    },
    "grievances.suspension_asked": {SUPERIOR: Words(_("%(holder)s申请把“%(title)s”挂账，请您批"))},
    "grievances.suspended": {
        HOLDER: Words(_("“%(title)s”同意挂账，到期自动恢复")),
        REPORTER: Words(
            _("“%(title)s”要先等一等，原因和时间写在经过里"),
            _("【邻里】%(number)s 要先等一等，原因和恢复的时间请登录查看。"),
        ),
    },
    "grievances.suspension_refused": {HOLDER: Words(_("“%(title)s”不同意挂账，请接着办，%(due)s办结"))},
    "grievances.resumed": {
        HOLDER: Words(_("“%(title)s”恢复办理，%(due)s办结")),
        REPORTER: Words(_("“%(title)s”接着办了，%(due)s办好")),
    },
    "grievances.to_check": {
        CHECKER: Words(_("%(holder)s办完了“%(title)s”，请您核查")),
        REPORTER: Words(_("“%(title)s”办好了，正在核查，通过后告诉您结果")),
    },
    "grievances.check_failed": {
        HOLDER: Words(
            _("“%(title)s”核查没有通过，请接着办，%(due)s办结"), _("【邻里】%(number)s 核查没有通过，请登录接着办。")
        ),
        REPORTER: Words(_("“%(title)s”核查没有通过，退回接着办")),
    },
    "grievances.settlement_proposed": {SETTLER: Words(_("有人提出终结“%(title)s”，请您复核"))},
    "grievances.settled": {
        REPORTER: Words(
            _("“%(title)s”街道给了说法，也写了还可以去哪里"),
            _("【邻里】%(number)s 街道给了说法，也写了还可以去哪里，请登录查看。"),
        ),
        HOLDER: Words(_("“%(title)s”由街道终结，不用再办")),
        JOINED: Words(_("和您反映的是一件事：“%(title)s”街道给了说法")),
        FOLLOWER: Words(_("您关注的“%(title)s”已办结")),
    },
    "grievances.settlement_dropped": {
        SETTLER: Words(_("“%(title)s”不终结，继续办理")),
        HOLDER: Words(_("“%(title)s”不终结，请继续办理")),
    },
    "grievances.merged": {
        REPORTER: Words(
            _("“%(title)s”和邻居反映的是一件事，合在一起办，结果也会告诉您"),
            _("【邻里】您反映的事（%(number)s）和邻居反映的合在一起办，结果也会告诉您。"),
        ),
        HOLDER: Words(_("“%(title)s”并入了另一件，不用单独办")),
    },
    "grievances.unmerged": {
        REPORTER: Words(_("“%(title)s”重新单独办理，%(due)s办好")),
        HOLDER: Words(_("“%(title)s”重新单独办理，%(due)s办结")),
    },
    "grievances.took_in": {
        REPORTER: Words(_("有邻居也反映了“%(title)s”，合在一起办")),
        HOLDER: Words(_("又有人反映“%(title)s”，已并进来，%(due)s办结")),
    },
    "grievances.let_out": {
        REPORTER: Words(_("和“%(title)s”合办的一件分开办了，您这件%(due)s办好")),
        HOLDER: Words(_("并进“%(title)s”的一件分开办了，这件%(due)s办结")),
    },
    "grievances.urged": {
        HOLDER: Words(_("上级督办“%(title)s”，请按时答复"), _("【邻里】上级督办 %(number)s，请登录查看并按时答复。")),
        DISPATCHER: Words(_("上级督办“%(title)s”，在%(holder)s手里")),
    },
    "grievances.urge_answered": {SUPERIOR: Words(_("%(holder)s答复了“%(title)s”的督办"))},
    "grievances.urge_late": {
        HOLDER: Words(_("“%(title)s”的督办过了答复时间，请马上答复")),
        SUPERIOR: Words(_("“%(title)s”的督办过了时间还没有答复，在%(holder)s手里")),
    },
    "grievances.commented": {
        HOLDER: Words(_("有人在“%(title)s”里留了言")),
        DISPATCHER: Words(_("有人在“%(title)s”里留了言")),
    },
    "grievances.handed_over": {
        REPORTER: Words(_("“%(title)s”换%(holder)s接着办，答应您的时间不变")),
        HOLDER: Words(
            _("“%(title)s”移交给您接着办，%(due)s办结"),
            _("【邻里】一件诉求（%(number)s）移交给您接着办，%(due)s办结，请登录查看。"),
        ),
    },
    "grievances.result": {
        REPORTER: Words(
            _("“%(title)s”已办好，请您评价"),
            _("【邻里】您反映的事（%(number)s）已办好，请评价：%(link)s 没解决也请告诉我们。"),
        ),
        JOINED: Words(_("和您反映的是一件事：“%(title)s”已办好，请看结果")),
    },
    "grievances.rated": {
        HOLDER: Words(_("居民评价了“%(title)s”")),
        FOLLOWER: Words(_("您关注的“%(title)s”，反映人说解决了")),
    },
    "grievances.reopened": {
        HOLDER: Words(
            _("居民说“%(title)s”还没解决，请重新办理"), _("【邻里】居民反映 %(number)s 还没解决，请登录重新办理。")
        ),
        DISPATCHER: Words(_("“%(title)s”没解决，已退回%(holder)s重新办理")),
        FOLLOWER: Words(_("您关注的“%(title)s”还没解决，正在重新办理")),
    },
    "grievances.closed_unrated": {
        REPORTER: Words(_("“%(title)s”已按未评价办结，14 天内仍可补评价")),
        FOLLOWER: Words(_("您关注的“%(title)s”已办结")),
    },
    "grievances.rejected": {
        REPORTER: Words(
            _("“%(title)s”不由本平台受理，请看该去哪里办"),
            _("【邻里】您反映的事（%(number)s）不由本平台受理，该去哪里办请登录查看。"),
        )
    },
    "grievances.withdrawn": {
        HOLDER: Words(_("居民撤回了“%(title)s”，不用再办")),
        DISPATCHER: Words(_("居民撤回了“%(title)s”")),
    },
    "grievances.left": {HOLDER: Words(_("反映人不再跟进“%(title)s”，安全问题请继续办完"))},
    "grievances.added": {
        HOLDER: Words(_("居民给“%(title)s”补充了情况")),
        DISPATCHER: Words(_("居民给“%(title)s”补充了情况，这件事还等您派单")),
    },
    "grievances.wish_changed": {DISPATCHER: Words(_("居民改了谁能看到“%(title)s”"))},
    "grievances.released": {
        REPORTER: Words(_("您反映的“%(title)s”在公开栏上了，没有您的名字和住处")),
        FOLLOWER: Words(_("您关注的“%(title)s”有结果了")),
    },
    "grievances.unreleased": {REPORTER: Words(_("您反映的“%(title)s”不在公开栏显示"))},
    "grievances.contact_soon": {
        HOLDER: Words(_("“%(title)s”请尽快联系居民，%(contact)s要联系上")),
        DISPATCHER: Words(_("“%(title)s”还没有派出，%(contact)s要有人联系居民")),
        SUPERIOR: Words(_("“%(title)s”首次联系时限已过 75%%，还没有人联系居民")),
    },
    "grievances.contact_late": {
        HOLDER: Words(_("“%(title)s”到了首次联系的时限，请马上联系居民")),
        DISPATCHER: Words(_("“%(title)s”到了首次联系的时限，还没有派出，请马上派单")),
        SUPERIOR: Words(_("“%(title)s”过了首次联系的时限，还没有人联系居民")),
    },
    "grievances.due_soon": {
        HOLDER: Words(_("“%(title)s”时限已过 75%%，%(due)s办结")),
        DISPATCHER: Words(_("“%(title)s”时限已过 75%%，还没有派出，%(due)s办结")),
        SUPERIOR: Words(_("“%(title)s”时限已过 75%%，还在%(holder)s手里，%(due)s办结")),
    },
    "grievances.overdue": {
        HOLDER: Words(_("“%(title)s”已超过承诺时间"), _("【邻里】%(number)s 已超过承诺时间，请尽快办理。")),
        DISPATCHER: Words(_("“%(title)s”超时了，现在在%(holder)s手里")),
        SUPERIOR: Words(_("“%(title)s”超时了，请过问：现在在%(holder)s手里")),
    },
    "grievances.escalated": {
        HOLDER: Words(_("“%(title)s”超时后还没有办好，已报给%(level)s")),
        SUPERIOR: Words(
            _("“%(title)s”超时后还没有办好，报到%(level)s了，请过问：现在在%(holder)s手里"),
            _("【邻里】%(number)s 超时后还没有办好，报到%(level)s了，请登录过问。"),
        ),
    },
    "grievances.alarmed": {
        HOLDER: Words(
            _("紧急：“%(title)s”十分钟没有人接，请马上签收"),
            _("【邻里】紧急诉求（%(number)s）十分钟没有人接，请马上登录签收。"),
        ),
        DISPATCHER: Words(
            _("紧急：“%(title)s”十分钟没有派出去，请马上派单"),
            _("【邻里】紧急诉求（%(number)s）十分钟没有派出去，请马上登录派单。"),
        ),
        SUPERIOR: Words(
            _("紧急：“%(title)s”还没有人接，报到%(level)s了，请马上过问：现在在%(holder)s手里"),
            _("【邻里】紧急诉求（%(number)s）还没有人接，报到%(level)s了，请马上登录过问。"),
        ),
    },
    "grievances.recomputed": {
        REPORTER: Words(_("放假安排或上班时间变了，“%(title)s”改为%(due)s办好")),
        HOLDER: Words(_("放假安排或上班时间变了，“%(title)s”改为%(due)s办结")),
        DISPATCHER: Words(_("放假安排或上班时间变了，“%(title)s”改为%(due)s办结，还没有派出")),
    },
    "grievances.role_empty": {DISPATCHER: Words(_("“%(title)s”该派的岗位没有人，已先交给%(holder)s"))},
}
OF_THE_CLOCK = frozenset(
    {
        "grievances.contact_soon", "grievances.contact_late", "grievances.due_soon", "grievances.overdue",
        "grievances.escalated", "grievances.recomputed", "grievances.alarmed",
    }
)  # fmt: skip
SAMPLE = {
    "title": "3 号楼楼道口漏水", "number": "LF2611-004213", "holder": "第 2 网格", "due": "明天 18:00 前",
    "contact": "今天 18:00 前", "level": "鼓楼西街街道", "link": "https://…/r/…/",
}  # fmt: skip
