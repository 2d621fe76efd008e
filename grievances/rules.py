"""May this person do this to that case? Small predicates over role and place."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from communities import roles
from communities.roles import Role
from communities.rules import ADMINS, shadow_of
from core.refusals import Refused
from core.saying import listed_words
from core.workflow import GUEST, Actor
from grievances.models import Area, Case, CaseHolder, Person, ShiftItem
from grievances.workflow import FARTHEST, Relation

SEES_CASES = frozenset(
    {
        Role.GRID_WORKER, Role.DISPATCHER, Role.COMMUNITY_STAFF, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL,
        Role.DISTRICT_OFFICIAL, Role.CITY_ADMIN, Role.AUDITOR,
    }
)  # fmt: skip
SEES_CONFIDENTIAL = frozenset({Role.DISPATCHER, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL})
SEES_REPORTER = SEES_CONFIDENTIAL | {Role.COMMUNITY_STAFF}
SETS_RULES = frozenset(
    {Role.AREA_ADMIN, Role.CITY_ADMIN, Role.DISTRICT_OFFICIAL, Role.STREET_OFFICIAL, Role.COMMUNITY_HEAD}
)
WORKS_HERE = SEES_CASES - {Role.AUDITOR}
CHECKS = frozenset({Role.DISPATCHER, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL})
SETTLES = frozenset({Role.STREET_OFFICIAL, Role.DISTRICT_OFFICIAL})
LEVEL_OF = {
    Role.GRID_WORKER: 0, Role.DISPATCHER: 1, Role.COMMUNITY_STAFF: 1, Role.COMMUNITY_HEAD: 1, Role.AREA_ADMIN: 1,
    Role.STREET_OFFICIAL: 2, Role.DISTRICT_OFFICIAL: 3, Role.CITY_ADMIN: 3,
}  # fmt: skip
DECIDES_AT = {
    Role.COMMUNITY_HEAD: 1, Role.STREET_OFFICIAL: 2, Role.DISTRICT_OFFICIAL: 3, Role.CITY_ADMIN: 4,
}  # fmt: skip
STAND_INS = frozenset({Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL, Role.DISTRICT_OFFICIAL, Role.CITY_ADMIN})


def is_holder(person: Person, case: Case) -> bool:
    """Whether the case is in this person's hands: theirs, their organisation's, or their role's.

    What is in the hands of somebody for whom the person stands in (代班) is in theirs too.
    """
    return holds(person, case) or any(holds(absent, case) for absent in roles.absent_for(person))


def holds(person: Person, case: Case) -> bool:
    """As `is_holder`, without what the person only stands in for."""
    if person.pk in (case.holder_person_id, case.handler_id):
        return True
    if case.holder_organisation_id is not None:
        return case.holder_organisation_id in roles.organisations_of(person)
    if case.holder_role and case.holder_area is not None:
        return case.holder_role in roles.granted_at(person, case.holder_area)
    return False


def is_dispatcher(person: Person, case: Case) -> bool:
    """Whether the person dispatches for the case's place, or stands in where nobody does."""
    return _dispatches(person, case, roles.granted_at(person, case.area))


def _dispatches(person: Person, case: Case, mine: frozenset[str]) -> bool:
    return Role.DISPATCHER in mine or (bool(mine & STAND_INS) and stands_in(person, case.area))


def may_publish(person: Person, case: Case) -> bool:
    """Whether the person may put the case on the public wall: who dispatches there, or the community's head."""
    mine = roles.granted_at(person, case.area)
    return Role.COMMUNITY_HEAD in mine or _dispatches(person, case, mine)


def stands_in(person: Person, area: Area) -> bool:
    """Whether nobody dispatches for the place and this is the nearest head or official above it."""
    if not roles.holders_of(Role.DISPATCHER, area).climbed:
        return False
    levels = (roles.holders_at(STAND_INS, place) for place in reversed(area.path()))
    nearest = next((people for people in levels if people), [])
    return person.pk in {found.pk for found in nearest}


def is_offered(case: Case, giver: Person, to: Person) -> bool:
    """Whether the giver has the case by name and offers it to ``to`` at the end of a shift."""
    waiting = ShiftItem.objects.filter(case=case, is_open=True, offer__giver=giver, offer__to=to)
    return giver.pk in (case.handler_id, case.holder_person_id) and waiting.exists()


def holder_level(case: Case) -> int:
    """How high the holder stands: 0 a grid, 1 a community or an organisation, 2 a street, 3 a district or above."""
    if case.holder_organisation_id is not None:
        return 1
    return LEVEL_OF.get(Role(case.holder_role), 0) if case.holder_role else 0


def deciding_roles(case: Case) -> frozenset[str]:
    """The roles of the levels above the holder: they rule on returns, grant time and urge."""
    level = holder_level(case)
    return frozenset(str(role) for role, rank in DECIDES_AT.items() if rank > level)


def _offices(person: Person, case: Case, mine: frozenset[str], holds: bool) -> set[Relation]:
    """What somebody's roles at the case's place make them to it, besides dispatching."""
    found = set()
    if holds or mine & WORKS_HERE:
        found.add(Relation.STAFF)
    if mine & deciding_roles(case) and not holds:
        found.add(Relation.SUPERIOR)
    if mine & CHECKS and not holds and case.handler_id != person.pk:
        found.add(Relation.CHECKER)
    if mine & SETTLES:
        found.add(Relation.SETTLER if case.asked_by_id in (None, person.pk) else Relation.SECOND_SETTLER)
    return found


def _hands(actor: Actor, case: Case, holds: bool) -> set[Relation]:
    """Whether the case is in the actor's hands, or offered to them by the one they act for."""
    found = {Relation.HOLDER} if holds else set()
    if actor.acted_for is not None and is_offered(case, actor.acted_for, actor.person):
        found.add(Relation.TAKER)
    return found


def relations(actor: Actor, case: Case, at: datetime) -> set[str]:
    """What the actor is to the case: the step table names these relations."""
    if actor.kind == GUEST:
        return {Relation.LINK_HOLDER}
    person, found = actor.person, set()
    if case.reporter_id == person.pk and not case.reporter_left:
        found.add(Relation.REPORTER)
    if case.proxy_id == person.pk and not case.reporter_left:
        found.add(Relation.PROXY)
    mine = roles.granted_at(person, case.area)
    if case._state.adding:
        if mine & WORKS_HERE:
            found |= {Relation.STAFF, Relation.FINDER}
        return {str(name) for name in found}
    if not ADMINS.isdisjoint(mine):
        found.add(Relation.ADMINISTRATOR)
    if _dispatches(person, case, mine):
        found |= {Relation.DISPATCHER, Relation.PUBLISHER}
    elif Role.COMMUNITY_HEAD in mine:
        found.add(Relation.PUBLISHER)
    holds = is_holder(person, case)
    found |= _hands(actor, case, holds)
    found |= _offices(person, case, mine, holds)
    return {str(name) for name in found}


def held_once(person: Person, case: Case) -> bool:
    """Whether the person, or an organisation of theirs, held the case at some time."""
    mine = CaseHolder.objects.filter(case=case)
    organisations = roles.organisations_of(person)
    return mine.filter(person=person).exists() or mine.filter(organisation_id__in=organisations).exists()


def may_see(person: Person, case: Case) -> bool:
    """Reporter, proxy, who holds or held it, and roles above its place; confidential cases: fewer."""
    if case.is_confidential and shadow_of(person) is not None:
        return False
    if person.pk in (case.reporter_id, case.proxy_id) or is_holder(person, case):
        return True
    allowed = SEES_CONFIDENTIAL if case.is_confidential else SEES_CASES
    if roles.granted_at(person, case.area) & allowed:
        return True
    return not case.is_confidential and held_once(person, case)


def may_see_reporter(person: Person, case: Case) -> bool:
    """Who reported is hidden from everybody but the reporter's side, dispatchers and heads where confidential."""
    if person.pk in (case.reporter_id, case.proxy_id):
        return True
    if shadow_of(person) is not None:
        return False
    if case.is_confidential:
        return bool(roles.granted_at(person, case.area) & SEES_CONFIDENTIAL)
    return is_holder(person, case) or bool(roles.granted_at(person, case.area) & SEES_REPORTER)


def may_open_reporter(opener: Person, person: Person, case_id: int) -> bool:
    """Whether ``opener`` may see the full number of ``person`` because of a case: its reporter or proxy only."""
    case = Case.objects.select_related("area", "category", "holder_area").filter(pk=case_id).first()
    if case is None or person.pk not in (case.reporter_id, case.proxy_id):
        return False
    return may_see(opener, case) and may_see_reporter(opener, case)


def number_id(text: str) -> int | None:
    """The id in a case number as people type it ("LF2611-004213", "4213"), or None."""
    plain = text.strip().upper().removeprefix(settings.CASE_NUMBER_PREFIX)
    digits = plain.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def may_set_rules(person: Person, area: Area) -> bool:
    """Whether the person sets dispatch rules at the place: its administrators, and the heads of it or above it."""
    return bool(roles.granted_at(person, area) & SETS_RULES)


def may_set_categories(person: Person) -> bool:
    """Whether the person sets the catalogue: the city's administrators."""
    return Role.CITY_ADMIN in roles.roles_anywhere(person)


class CatchAllStays(Refused):
    """The catch-all has no conditions and is never switched off: every case has to end with somebody."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("这是兜底规则，别的都合不上时靠它，不能停用，也不能加条件；可以换承办。"))


class DangerStays(Refused):
    """The numbers for danger to life are always shown."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("危急时要打的电话一直要看得到：不能停用，号码也不能空着。"))


class PointsBack(Refused):
    """A rule that skips the dispatcher and sends to the dispatcher points in a circle."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("“直接派出”是不经派单员，又派给派单员就转回来了。请去掉“直接派出”，或者换一个承办。"))


class TargetGone(Refused):
    """A rule may not name somebody who left, or an organisation that is closed."""

    status = 422

    def __init__(self, words: str) -> None:
        super().__init__(_("“%(who)s”现在接不了诉求，请换一个。") % {"who": words})


class NotForThem(Refused):
    """The writer has no consent to act for the person named."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("您还没有得到这位居民的代办同意，请先请对方在“我的”里同意。"))


class TextTooShort(Refused):
    """The result says too little."""

    status = 422

    def __init__(self, least: int) -> None:
        super().__init__(_("请把处理结果写清楚，至少 %(least)s 个字。") % {"least": least})


class PhotosMissing(Refused):
    """The category asks for photos of the scene."""

    status = 422

    def __init__(self, before: int, after: int) -> None:
        super().__init__(
            _("这类诉求要有处理前照片 %(before)s 张、处理后照片 %(after)s 张，请补上再提交。")
            % {"before": before, "after": after}
        )


class CannotTake(Refused):
    """The successor does not work for the place (or the organisation) of what is handed over."""

    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不在这个社区或单位任职，请先给岗位，再移交。") % {"name": name})


class NotInHands(Refused):
    """The case is not in the hands of the one who leaves (any more)."""

    def __init__(self) -> None:
        super().__init__(_("有一件已经不在他手上了，不用移交。"))


class ReportingOff(Refused):
    """The place takes no reports on the platform."""

    def __init__(self, place: str) -> None:
        super().__init__(
            _("%(place)s现在不在网上收诉求了。您写的都还在，可以打社区电话，或者换一个地点。") % {"place": place}
        )


class NothingThere(Refused):
    """The photos named belong to nobody who is here."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("照片没有找到，请重新选一次。"))


class NothingToAdd(Refused):
    """Neither words nor a photo were given."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写一句，或加一张照片，再发送。"))


class PhotosFull(Refused):
    """A case takes only so many photos of residents."""

    status = 422

    def __init__(self, most: int, left: int) -> None:
        super().__init__(
            _("一件事最多 %(most)s 张照片，这里还能加 %(left)s 张。请去掉几张再发送，写的都还在。")
            % {"most": most, "left": max(left, 0)}
        )


class StillNamed(Refused):
    """Words for the public wall still say who somebody is, or where they live."""

    status = 422

    def __init__(self, found: list[str]) -> None:
        super().__init__(_("里面还有：%(found)s。请改掉再放上公开栏。") % {"found": listed_words(found)})


class NoThirdTime(Refused):
    """A case that was reopened twice is not reopened again."""

    def __init__(self) -> None:
        super().__init__(
            _("这件事已经重新办理过两次，不能再退回。街道会当面给您一个说法；不服可以申请复核、到信访部门或法院。")
        )


class NotALaterDate(Refused):
    """A new date must lie ahead, and after the date that was promised."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("日期要在今天以后，并且比原来答应的时间晚。"))


class TooFar(Refused):
    """Nobody is promised a date that lies years ahead."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("日期太远了，请选两年以内的一天。"))


def judge_date(until: datetime, *, after: datetime, at: datetime) -> None:
    """A date that is asked for or promised lies after ``after``, and within two years. Raises NotALaterDate, TooFar."""
    if until <= after:
        raise NotALaterDate
    if until > at + FARTHEST:
        raise TooFar


class CannotMerge(Refused):
    """These two cases do not go together."""

    status = 422

    def __init__(self, why: str) -> None:
        super().__init__(why)


class CallerMissing(Refused):
    """A report taken in for somebody says who called, or that they want no name."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请写来电人的姓名和手机号；不愿留的，勾选“不留姓名”。"))
