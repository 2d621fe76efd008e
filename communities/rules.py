"""What may be done to areas, roles and switches, and the sentences of what may not."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import FREE_CODE, OFFICIAL_DIGITS, OFFICIAL_KINDS, PARENTS, Area, Kind, Person, Role
from core.refusals import Refused
from core.registry import Registry
from core.saying import listed_words

ROLE_KINDS: dict[str, tuple[str, ...]] = {
    Role.GRID_WORKER: (Kind.GRID,),
    Role.DISPATCHER: (Kind.COMMUNITY, Kind.STREET),
    Role.COMMUNITY_STAFF: (Kind.COMMUNITY,),
    Role.COMMUNITY_HEAD: (Kind.COMMUNITY,),
    Role.STREET_OFFICIAL: (Kind.STREET,),
    Role.DISTRICT_OFFICIAL: (Kind.DISTRICT,),
    Role.CITY_ADMIN: (Kind.CITY,),
    Role.AREA_ADMIN: tuple(Kind),
    Role.CALL_BACK: tuple(Kind),
    Role.AUDITOR: tuple(Kind),
}
HEADS: dict[str, str] = {
    Kind.COMMUNITY: Role.COMMUNITY_HEAD,
    Kind.STREET: Role.STREET_OFFICIAL,
    Kind.DISTRICT: Role.DISTRICT_OFFICIAL,
    Kind.CITY: Role.CITY_ADMIN,
}
ADMINS = frozenset({Role.AREA_ADMIN.value, Role.CITY_ADMIN.value})
LOCKERS = ADMINS | {Role.DISTRICT_OFFICIAL.value}
VERIFIERS = frozenset({Role.COMMUNITY_STAFF.value, Role.COMMUNITY_HEAD.value})


VIEWING_LASTS = timedelta(minutes=30)
VIEWING_KEY = "viewing"

Named = Callable[[Person], list[str]]
named_work: Registry[Named] = Registry("work that names people")
"""What apps above keep in a person's name, each as words ("3 件在办"): a role is not ended over it."""


@dataclass(frozen=True)
class Running:
    """What a change of working time reaches: how much of it runs now, and how far the newest reckoning has come.

    ``count`` stops at ``most``; ``done`` of ``total`` are worked out anew, ``finished_at`` None while it goes on.
    """

    count: int
    most: int
    done: int = 0
    total: int = 0
    finished_at: datetime | None = None

    @property
    def is_many(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > self.most


reckoned: Registry[Callable[[Area | None], Running]] = Registry("work whose deadlines follow working time")
"""What apps above count in working time: asked with an area (None: the whole city) by the pages that change it."""


@dataclass(frozen=True)
class Shadow:
    """What somebody is while they only look at the portal as a role at a place: that role there, nothing else."""

    role: str
    area_id: int
    viewing_id: int
    until: datetime


def shadow_of(person: Person | None) -> Shadow | None:
    """The role as which this person only looks at the portal, or None for people as they are."""
    return getattr(person, "viewing_as", None)


class NotAllowed(Refused):
    """The person lacks the role for it at that place."""

    status = 403

    def __init__(self) -> None:
        super().__init__(gettext_lazy("您在这个辖区没有办理这件事的权限。"))


class WrongKind(Refused):
    """An area of this kind may not lie under one of that kind."""

    def __init__(self, kind: str, parent_kind: str) -> None:
        if parent_kind:
            words = _("%(kind)s不能放在%(parent)s下面。") % {
                "kind": Kind(kind).label, "parent": Kind(parent_kind).label
            }  # fmt: skip
        else:
            words = _("%(kind)s必须有上级辖区。") % {"kind": Kind(kind).label}
        super().__init__(words)


class IntoItself(Refused):
    """A move into the area's own subtree."""

    def __init__(self, area: Area) -> None:
        super().__init__(_("“%(name)s”不能移到自己或自己的下级里面。") % {"name": area.name})


class CodeTaken(Refused):
    """Another open area of the same kind has this code."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(_("编码 %(code)s 已经用于“%(name)s”。") % {"code": code, "name": name})


class BadCode(Refused):
    """The code does not follow the rule of its kind."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(_("编码“%(code)s”不合规则：%(words)s") % {"code": code, "words": words})


class NoName(Refused):
    """An area needs a name."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("请填写名称。"))


class AreaEnded(Refused):
    """The area was ended and takes nothing new."""

    def __init__(self, area: Area) -> None:
        super().__init__(_("“%(name)s”已经撤销，请选现在的辖区。") % {"name": area.name})


class StillOpenBelow(Refused):
    """An area with open areas below it cannot be ended."""

    def __init__(self, area: Area, count: int) -> None:
        super().__init__(
            _("“%(name)s”下面还有 %(count)s 个辖区，请先移走或撤销它们。") % {"name": area.name, "count": count}
        )


class WrongPlace(Refused):
    """The role is not granted at areas of this kind, or not at areas (or organisations) at all."""

    def __init__(self, role: str) -> None:
        super().__init__(_("“%(role)s”不能授予在这个层级。") % {"role": Role(role).label})


class AlreadyGranted(Refused):
    """The person has this role there in that time already."""

    def __init__(self, role: str) -> None:
        super().__init__(_("这位同志在这里已经是“%(role)s”。") % {"role": Role(role).label})


class AlreadyEnded(Refused):
    """The grant, residency or membership has ended already."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这一项已经结束了。"))


class AboveLevel(Refused):
    """The role stands above the one who would give it, or look at the portal as it."""

    status = 403

    def __init__(self, role: str) -> None:
        super().__init__(_("“%(role)s”高于您自己的级别，要由上一级来办。") % {"role": Role(role).label})


class NotYourStaff(Refused):
    """The person holds something at or above the level of the one who would end their sign-in."""

    status = 403

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这位同志的岗位不在您的级别之下，要由上一级来办。"))


class NoCause(Refused):
    """Ending somebody's sign-in needs a reason."""

    status = 422

    def __init__(self) -> None:
        super().__init__(gettext_lazy("请选为什么退出；选“其他”时请写一句，本人能看到。"))


class LastAdmin(Refused):
    """Nobody else is administrator of the city."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这是最后一位市级管理员，请先任命接任的人，再结束这个岗位。"))


class StillNamed(Refused):
    """The last role of somebody in whose name work or rules still stand; they are handed over first."""

    def __init__(self, name: str, words: list[str]) -> None:
        super().__init__(
            _("%(name)s名下还有%(what)s，请先交接给接手的人，再结束这个岗位。")
            % {"name": name, "what": listed_words(words)}
        )


class BadTerm(Refused):
    """A role would end before it begins, or before now."""

    status = 422

    def __init__(self) -> None:
        super().__init__(gettext_lazy("结束日期要晚于今天，也要晚于开始的日期。"))


class NotAPeer(Refused):
    """Only a colleague of the same community or unit stands in for somebody."""

    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不在同一个社区或单位，请选一起工作的同事代班。") % {"name": name})


class AlreadyAway(Refused):
    """Somebody stands in for this person in that time already."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这段时间已经有人代班了，要换人请先结束原来的代班。"))


class InACircle(Refused):
    """Two people cannot stand in for each other at one time."""

    def __init__(self, name: str) -> None:
        super().__init__(_("这段时间%(name)s自己也请假，而且由对方代班，请换一位同事。") % {"name": name})


class ModuleLocked(Refused):
    """An area above has locked the module's setting."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(_("“%(module)s”由%(where)s统一设置，这里不能改。") % {"module": name, "where": where})


class ModuleRequired(Refused):
    """The catalogue requires the module everywhere."""

    def __init__(self, name: str) -> None:
        super().__init__(_("“%(module)s”是必备模块，不能关闭。") % {"module": name})


class UnknownModule(Refused):
    """No module of that key is built."""

    status = 404

    def __init__(self) -> None:
        super().__init__(gettext_lazy("没有这个模块。"))


class SettingMoved(Refused):
    """Somebody else changed the setting after the form was drawn."""

    def __init__(self, who: str, at: datetime) -> None:
        words = _("这一项刚被%(who)s改过（%(at)s），您填的还没有保存。下面列出现在的值，您看过再保存就行。")
        super().__init__(words % {"who": who, "at": f"{timezone.localtime(at):%m-%d %H:%M}"})


class BadOptions(Refused):
    """A module's options did not pass its form; ``errors`` names the fields."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(word for words in errors.values() for word in words))
        self.errors = errors


class AlreadyResident(Refused):
    """The person has an open residency of that home."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("您已经登记过这处房屋，社区核实后会通知您。"))


class NotPending(Refused):
    """The residency is not waiting to be verified."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这条居住登记已经处理过了。"))


class ShareTooLarge(Refused):
    """The shares of a home would exceed the whole."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("这处房屋的份额合计超过了 100%，请核对。"))


def check_pair(kind: str, parent: Area | None) -> None:
    """Raise WrongKind unless an area of ``kind`` may lie under ``parent``; AreaEnded if that has ended."""
    parent_kind = parent.kind if parent is not None else ""
    if parent_kind not in PARENTS[kind]:
        raise WrongKind(kind, parent_kind)
    if parent is not None and not parent.is_open:
        raise AreaEnded(parent)


def full_code(kind: str, code: str) -> str:
    """An official code padded right with zeros to 12 digits; other codes without blanks at the ends."""
    code = code.strip()
    return code.ljust(OFFICIAL_DIGITS, "0") if kind in OFFICIAL_KINDS and code.isascii() and code.isdigit() else code


def check_code(kind: str, code: str, pattern: str = FREE_CODE, words: str = "") -> None:
    """Raise BadCode unless ``code`` fits: 12 digits for official kinds, else the city's ``pattern``."""
    if kind in OFFICIAL_KINDS:
        if not re.fullmatch(r"[0-9]{12}", code):
            raise BadCode(code, _("应为不超过 12 位的数字。"))
        return
    if not re.fullmatch(FREE_CODE, code) or not re.fullmatch(pattern, code):
        raise BadCode(code, words or _("最多 40 个字，只用汉字、字母、数字和 # _ . -。"))


def check_role_place(role: str, area: Area | None) -> None:
    """Raise WrongPlace unless ``role`` may be granted at ``area`` (None: at an organisation)."""
    if area is None:
        if role in ROLE_KINDS or role == Role.RESIDENT:
            raise WrongPlace(role)
    elif area.kind not in ROLE_KINDS.get(role, ()):
        raise WrongPlace(role)


def check_level(role: str, mine: Collection[str]) -> None:
    """Raise AboveLevel where only one who is ``role`` may give it: the administrator of the city."""
    if role == Role.CITY_ADMIN and Role.CITY_ADMIN not in mine:
        raise AboveLevel(role)


def roles_for(kind: str, mine: Collection[str]) -> list[str]:
    """The roles that fit an area of ``kind`` and that one with the roles ``mine`` there may give."""
    fitting = [str(role) for role, kinds in ROLE_KINDS.items() if kind in kinds]
    return [role for role in fitting if role != Role.CITY_ADMIN or Role.CITY_ADMIN in mine]


def may_administer(roles: Collection[str]) -> bool:
    """Whether these roles at a place let one change people, roles, modules and areas there."""
    return not ADMINS.isdisjoint(roles)


def may_lock(roles: Collection[str]) -> bool:
    """Whether these roles at a place let one lock a module for all below."""
    return not LOCKERS.isdisjoint(roles)


def may_verify_residency(roles: Collection[str]) -> bool:
    """Whether these roles at a compound let one verify who lives there."""
    return not VERIFIERS.isdisjoint(roles)


class ImportRefused(Refused):
    """A file of areas was not taken in; ``errors`` are (line, reason), nothing was changed."""

    status = 422

    def __init__(self, errors: list[tuple[int, str]]) -> None:
        first = "；".join(_("第 %(line)s 行：%(why)s") % {"line": line, "why": why} for line, why in errors[:3])
        words = _("文件没有导入，共 %(count)s 处要改。%(first)s") % {"count": len(errors), "first": first}
        super().__init__(words)
        self.errors = errors
