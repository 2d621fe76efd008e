"""What every page's frame needs: place, tabs, sections, preferences. Worked out only where a page asks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.queries import preferences
from communities.modules import of_request
from communities.queries import chosen_community, path_words, years_to_warn
from communities.roles import Role, roles_of_request
from core import jobs, once
from grievances.queries import UrgentBar, to_dispatch_count, urgent_for
from grievances.queries.board_places import BOARD_ROLES
from grievances.rules import SETS_RULES, STAND_INS
from notifications.queries import unread_count

WORKERS = frozenset({Role.GRID_WORKER.value, Role.ORG_STAFF.value, Role.ORG_LEAD.value})
DESK = frozenset({Role.DISPATCHER.value, Role.COMMUNITY_STAFF.value})
ON_DUTY = WORKERS | DESK | STAND_INS
ADMINS = frozenset({Role.CITY_ADMIN.value, Role.AREA_ADMIN.value})


@dataclass(frozen=True)
class Entry:
    """One entry of a menu."""

    url: str
    label: str | Promise
    icon: str
    current: bool = False
    count: int = 0


class Nav:
    """The frame of one request; every fact is read once, and only when the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._person = user.person if user is not None and user.is_authenticated else None

    @cached_property
    def _roles(self) -> frozenset[str]:
        return roles_of_request(self._request).anywhere

    @cached_property
    def is_worker(self) -> bool:
        """Whether work may be in this person's hands."""
        return bool(self._roles & WORKERS)

    @cached_property
    def is_staff(self) -> bool:
        """Whether this person holds any role besides living somewhere."""
        return bool(self._roles - {Role.RESIDENT.value})

    @cached_property
    def is_grid_worker(self) -> bool:
        """Whether this person works in a grid, and so finds things on the way."""
        return Role.GRID_WORKER.value in self._roles

    @cached_property
    def is_admin(self) -> bool:
        """Whether this person administers a place."""
        return bool(self._roles & ADMINS)

    @cached_property
    def is_dispatcher(self) -> bool:
        """Whether this person dispatches somewhere."""
        return bool(self._roles & DESK)

    @cached_property
    def on_duty(self) -> bool:
        """Whether urgent work may be this person's: to accept or to dispatch. Looking as a role is no duty."""
        return bool(self._roles & ON_DUTY) and getattr(self._request, "viewing", None) is None

    @cached_property
    def urgent(self) -> UrgentBar | None:
        """What the bar of urgent cases says; None where nothing waits."""
        return urgent_for(self._person) if self._person is not None else None

    @property
    def here(self) -> str:
        """The id of the case whose page this is, or nothing."""
        match = self._request.resolver_match
        named = match is not None and match.url_name in ("case", "case_step")
        return str(match.kwargs["pk"]) if match is not None and named else ""

    @property
    def once(self) -> str:
        """A fresh key for a form of the frame."""
        return once.fresh_key()

    @cached_property
    def sees_board(self) -> bool:
        """Whether this person has a place whose board they see."""
        return bool(self._roles & BOARD_ROLES)

    @cached_property
    def frame(self) -> str:
        """The frame for the person's work: "desk" for those who dispatch or see a board, else "phone"."""
        return "desk" if self.is_dispatcher or self.sees_board else "phone"

    @cached_property
    def _area(self) -> Any:
        return chosen_community(self._request)

    @cached_property
    def community(self) -> str | None:
        """The chosen community's name."""
        return self._area.name if self._area is not None else None

    @cached_property
    def area_path(self) -> list[str]:
        """The names of the places above the community."""
        return path_words(self._area)[:-1] if self._area is not None else []

    @property
    def switch_url(self) -> str:
        """Where the community is changed, and back to this page where it is one to come back to."""
        back = self._request.path if self._request.method in ("GET", "HEAD") else reverse("home")
        return f"{reverse('choose_community')}?{urlencode({'next': back})}"

    @cached_property
    def inbox_count(self) -> int:
        """How many messages wait."""
        return unread_count(self._person) if self._person is not None else 0

    @cached_property
    def _preferences(self) -> Any:
        return preferences(self._request)

    @property
    def theme(self) -> str:
        """auto, light or dark."""
        return self._preferences.theme

    @property
    def elder(self) -> bool:
        """Whether elder mode (长辈模式) is on."""
        return self._preferences.elder

    @property
    def demo(self) -> bool:
        """Whether everything shown is demo data."""
        return settings.DEMO

    @cached_property
    def demo_progress(self) -> jobs.Progress | None:
        """How far the demo's cases have come; None outside a demo."""
        return jobs.progress("demo.") if settings.DEMO else None

    @cached_property
    def tabs(self) -> list[Entry]:
        """The bottom tabs of a phone: for grid workers their queue comes first."""
        modules = [module for module in of_request(self._request).all_on() if module.tab]
        first = (
            self._entry("queue", _("待办"), icon="list-task")
            if self.is_worker
            else self._entry("home", _("首页"), icon="house-door")
        )
        middle = [self._entry(module.entry, module.tab, module.icon) for module in modules[:2]]
        desk = [self._entry("desk", _("派单"), icon="send")] if self.is_dispatcher else []
        if self.sees_board:
            desk.append(self._entry("board", _("看板"), icon="bar-chart"))
        inbox = self._entry("inbox", _("消息"), icon="bell", count=self.inbox_count)
        return [first, *middle, *desk, inbox, self._entry("me", _("我的"), icon="person")]

    @cached_property
    def sections(self) -> list[tuple[str, list[Entry]]]:
        """The left navigation of a desk, by section."""
        work = [self._entry("board", _("看板"), icon="bar-chart")] if self.sees_board else []
        if self.is_dispatcher:
            work += self._desk_entries()
            work.append(self._entry("wall_waiting", _("等待上墙"), icon="megaphone"))
        if self.is_dispatcher or self._roles & BOARD_ROLES - {Role.AUDITOR.value}:
            work += [
                self._entry("approvals", _("等我批"), icon="check-circle"),
                self._entry("resting", _("挂账"), icon="clock"),
            ]
        if self.is_worker or self.is_dispatcher:
            work.append(self._entry("queue", _("我的待办"), icon="list-task"))
        if self.is_dispatcher:
            work.append(self._entry("intake", _("代居民录入"), icon="telephone"))
        if self.is_dispatcher:
            work.append(self._entry("posters", _("扫码海报"), icon="qr-code"))
        if Role.COMMUNITY_HEAD.value in self._roles:
            work.append(self._entry("crew_log", _("大家的工作日志"), icon="card-checklist"))
            work.append(self._entry("staff_devices", _("手机丢了"), icon="phone"))
        if self.report_on:
            work.append(self._entry("report", _("上报"), icon="plus-circle"))
        found = [(_("治理"), work)]
        if self._roles & ADMINS:
            found.append(
                (
                    _("运行"),
                    [*self._people(), self._entry("deliveries", _("短信发送"), icon="chat-dots"), *self._doctor()],
                )
            )
        if settings_of := self._settings():
            found.append((_("设置"), settings_of))
        mine = [
            self._entry("home", _("社区首页"), icon="house-door"),
            self._entry("inbox", _("消息"), icon="bell", count=self.inbox_count),
            self._entry("me", _("我的"), icon="person"),
        ]
        return [*found, (_("个人"), mine)]

    def _doctor(self) -> list[Entry]:
        mine = Role.CITY_ADMIN.value in self._roles
        return [self._entry("doctor", _("运行检查"), icon="heart-pulse")] if mine else []

    def _people(self) -> list[Entry]:
        """Who holds which role, and looking at the portal as one of them."""
        people = self._entry("people", _("人员与岗位"), icon="people")
        return [people, self._entry("view_as", _("以岗位身份查看"), icon="eye")]

    def _settings(self) -> list[Entry]:
        """Settings of places: all of them for administrators, dispatch rules for heads too."""
        rules = self._entry("rules", _("派单规则"), icon="signpost-split")
        texts = self._entry("texts", _("常用语"), icon="chat-square-text")
        if not self._roles & ADMINS:
            return [rules, texts] if self._roles & SETS_RULES else []
        return [
            self._entry("categories", _("类别"), icon="tags"),
            rules,
            texts,
            self._entry("modules", _("模块"), icon="grid"),
            self._entry("duty", _("值班时间"), icon="clock"),
            self._entry("calendar", _("日历"), icon="calendar3"),
        ]

    @cached_property
    def report_on(self) -> bool:
        """Whether reports are taken in the chosen community."""
        return of_request(self._request).is_on("grievances")

    @cached_property
    def calendar_unknown(self) -> list[int]:
        """The years whose holidays an administrator should list now; nothing for others."""
        return years_to_warn(timezone.localdate()) if self._roles & ADMINS else []

    def _desk_entries(self) -> list[Entry]:
        """The dispatcher's desk by state; only what waits for dispatch is counted, it stays small."""
        match, desk = self._request.resolver_match, reverse("desk")
        here = self._request.GET.get("state", "") if match is not None and match.url_name == "desk" else None
        named = [("", _("待派单"), "send"), ("doing", _("在办"), "clock"), ("late", _("超时"), "exclamation-triangle")]
        waiting = to_dispatch_count(self._person) if self._person is not None else 0
        return [
            Entry(f"{desk}?state={state}" if state else desk, label, icon, here == state, 0 if state else waiting)
            for state, label, icon in named
        ]

    def _entry(self, name: str, label: str | Promise, icon: str, *, count: int = 0) -> Entry:
        match = self._request.resolver_match
        current = match is not None and match.url_name == name
        return Entry(reverse(name), label, icon, current, count)


def nav(request: HttpRequest) -> dict[str, Nav]:
    """The context processor: ``nav`` in every template."""
    return {"nav": Nav(request)}
