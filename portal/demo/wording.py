"""The demo's sentences: read from the lists of phrases and filled with buildings, times and numbers."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

LISTS = tuple(Path(__file__).with_name(f"phrases_{name}.txt") for name in ("home", "life", "city"))
WHENS = ("昨天", "前天", "昨天晚上", "今天一早", "上周五", "这个周末", "三天前", "前几天", "前天夜里", "上个月")
UNITS = ("一单元", "二单元")
FLOORS = ("二", "三", "四", "五", "六")
ASKS = {
    "question": ("请告诉一声该怎么办。", "想问清楚，谢谢。", "麻烦给个说法。", "方便的话回个电话。", ""),
    "praise": ("请替我转达。", "谢谢你们。", ""),
    "proposal": ("请考虑一下。", "盼采纳。", "大家都这么想。", ""),
    "": ("麻烦派人来看看。", "请尽快处理，谢谢。", "希望有人管一管。", "盼回复。", "拜托了。", "大家都等着。", "", ""),
}  # fmt: skip
CLOSING = (
    "", "", "", "已请反映人到场看过。", "过三天我们再来看一次。", "有反复请随时再报。", "已把情况贴在楼道口。",
    "照片已留存。",
)  # fmt: skip
SHORT = 12
GLAD = (
    "处理得很快，谢谢。", "说到做到，点赞。", "来了两趟，很负责。", "比想的快。", "态度好，活也细。", "终于解决了，谢谢大家。",
    "网格员很热心。", "电话里讲得清楚。", "满意。", "修好后还来回访，没想到。",
)  # fmt: skip
SO_SO = ("解决了，就是等得久了点。", "还行，希望以后早点发现。", "修好了，声音还有一点。", "能用了，再观察观察。")
UNHAPPY = ("拖得太久了。", "催了好几次才有人来。", "是弄好了，可没人提前说一声。")
AGAIN = (
    "过了两天又和以前一样。", "只弄了一半，另一半还是老样子。", "当天好了，晚上又坏了。", "照片上的地方不是我说的那处。",
    "没有人来过，不知道怎么就办结了。",
)  # fmt: skip
ONCE_MORE = (
    "又去看了一遍，找到原因后重新做了，当面试过没有问题。", "换了一家施工，重新处理，约好一周后再看。",
    "和反映人一起到现场，把剩下的部分做完了。",
)  # fmt: skip
CONTACTS = (
    "电话约好当天上门看", "电话问清了位置，下午到场", "打了电话，反映人在家，马上过去", "上门看过，先拍了照片", "电话说明了安排，约在明天上午",
)  # fmt: skip
GIVEN_BACK = (
    "这处设施由物业养护，网格员没有工具", "到现场看过，要动管线，得请物业工程人员", "属于小区公共设施维修，应由物业安排",
)  # fmt: skip
QUESTIONS = (
    "请问是几楼几户门口？方便的话拍一张照片。", "这种情况一般在几点出现？", "您什么时候在家，我们上门看看？",
)  # fmt: skip
LATER = ("配件要从厂家调货，五天后到。", "要等施工队排期，这周排不上。", "天冷胶不干，要等气温上来。")
RESTING = ("已经申请维修资金，批下来就动工。", "列入下月的改造计划，等资金到位。", "业主正在表决，过了就动工。")
ELSEWHERE = {
    "not_ours": (
        "这件事由市场监管部门受理，请拨打 12315，或在全国 12315 平台上反映。",
        "工资和合同的纠纷由劳动监察受理，请拨打 12333，或到人社窗口登记。",
        "涉及钱款的案件请向公安机关报案，拨打 110 或到就近派出所。",
    ),
    "repeat": ("同一件事前几天已经办结，新的情况请在那一件里选“没解决”，会接着办。",),
    "unclear": ("没有说清地点和情况，打电话也没有联系上。请带上位置或照片再报一次，也可以到社区一楼窗口说。",),
    "court": ("这件事法院已经受理，请按法院的通知办理，也可以拨打 12368 咨询。",),
}  # fmt: skip


@dataclass(frozen=True)
class Phrases:
    """What can be said about one sub category, and how often it comes (``weight``)."""

    name: str
    weight: int
    scene: str
    kind: str
    heads: tuple[str, ...]
    details: tuple[str, ...]
    results: tuple[str, ...]


@cache
def phrases() -> tuple[Phrases, ...]:
    """All of the lists, in their order."""
    found = []
    for file in LISTS:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                name, weight, scene, kind, heads, details, results = line.split("|")
                parts = (tuple(part.split("/")) for part in (heads, details, results))
                found.append(Phrases(name, int(weight), scene, kind, *parts))
    return tuple(found)


class Filler:
    """Fills sentences about one place with one draw of building, entrance, time and numbers."""

    def __init__(self, rng: Random, building: str) -> None:
        self._rng = rng
        self._facts = {
            "b": building, "u": f"{building}{rng.choice(UNITS)}", "w": rng.choice(WHENS), "f": rng.choice(FLOORS),
            "n": rng.randint(2, 9), "t": rng.randint(19, 22),
        }  # fmt: skip

    def report(self, said: Phrases) -> str:
        """What a resident writes: what is wrong, more of it, and what they ask for."""
        ask = self._rng.choice(ASKS.get(said.kind, ASKS[""]))
        break_ = self._rng.choice(("。", "。", "，", "\n"))
        return f"{self._fill(said.heads)}{break_}{self._fill(said.details)}。{ask}"

    def result(self, said: Phrases) -> str:
        """What the worker answers."""
        done, closing = self._fill(said.results), self._rng.choice(CLOSING)
        return f"{done}。{closing or (CLOSING[-1] if len(done) < SHORT else '')}"

    def _fill(self, choices: tuple[str, ...]) -> str:
        return self._rng.choice(choices).format(**self._facts)


def praise(rng: Random, stars: int) -> str:
    """A resident's words with so many stars; often none."""
    if rng.random() < 0.5:
        return ""
    return rng.choice(GLAD if stars > 3 else SO_SO if stars == 3 else UNHAPPY)
