"""The cast: a small Linfen and the people every action is tested with.

Ask for the fixture ``cast`` and name people by their key:

=======  ==================================================================
li       resident of 锦绣花园 in 滨河社区, the usual reporter
wang     resident of 府东小区 in 平阳社区: the outsider
liu      another resident of 锦绣花园: same place, not her case
zhao     grid worker of the first grid of 滨河社区
qian     grid worker of the second grid there
sun      community staff of 滨河社区, who dispatches
feng     community staff of 平阳社区: right role, next place
zhou     head of 滨河社区
han      official of the street
you      of 锦绣物业, which serves 锦绣花园
qin      city administrator
=======  ==================================================================
"""

from dataclasses import dataclass, field

from accounts import actions as accounts
from accounts.models import Person
from communities.models import Area, Organisation
from communities.roles import Role
from tests.communities import make


@dataclass
class Cast:
    """People by key (``cast["li"]``), areas by name (``cast.areas``), and one organisation."""

    areas: dict[str, Area]
    people: dict[str, Person] = field(default_factory=dict)
    property: Organisation | None = None

    def __getitem__(self, key: str) -> Person:
        return self.people[key]


def gather() -> Cast:
    """Make the places and the people, through the actions."""
    cast = Cast(make.small_linfen())
    place = cast.areas
    _person(cast, "li", "李晓梅")
    _person(cast, "wang", "王强")
    _person(cast, "liu", "刘玉兰")
    make.resident(place["锦绣花园"], cast["li"])
    make.resident(place["府东小区"], cast["wang"])
    make.resident(place["锦绣花园"], cast["liu"])
    _person(cast, "zhao", "赵建国", Role.GRID_WORKER, place["滨河社区第1网格"])
    _person(cast, "qian", "钱芳", Role.GRID_WORKER, place["滨河社区第2网格"])
    _person(cast, "sun", "孙丽", Role.COMMUNITY_STAFF, place["滨河社区"])
    _person(cast, "feng", "冯涛", Role.COMMUNITY_STAFF, place["平阳社区"])
    _person(cast, "zhou", "周敏", Role.COMMUNITY_HEAD, place["滨河社区"])
    _person(cast, "han", "韩磊", Role.STREET_OFFICIAL, place["鼓楼西街街道"])
    _person(cast, "qin", "秦岚", Role.CITY_ADMIN, place["临汾市"])
    cast.property = make.organisation(place["锦绣花园"], name="锦绣物业")
    _person(cast, "you", "尤伟", Role.ORG_LEAD, cast.property)
    return cast


def _person(cast: Cast, key: str, name: str, role: str = "", where: Area | Organisation | None = None) -> None:
    phone = f"139357{len(cast.people):05d}"
    who = accounts.make_demo_person(name=name, phone=phone, words=f"{name} · {key}", at=make.NOW)
    if role and where is not None:
        make.grant(who, role, where)
    cast.people[key] = who
