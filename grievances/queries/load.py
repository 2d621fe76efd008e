"""How much a holder has in hand, and whether they are on duty: read before somebody is chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities import roles
from communities.queries import calendar_for
from grievances import routing
from grievances.models import Area, Case
from grievances.workflow import WORKING

KEYS = ("holder_person", "holder_organisation", "holder_role", "holder_area")


@dataclass(frozen=True)
class Load:
    """Cases in hand now, how many of them past their deadline, whether the duty hours run, and who is away."""

    open: int = 0
    late: int = 0
    on_duty: bool = True
    absence: roles.Absence | None = None

    @property
    def words(self) -> str:
        """手上 5 件，1 件超时 · 值班."""
        held = (
            ngettext("手上 %(n)d 件", "手上 %(n)d 件", self.open) % {"n": self.open} if self.open else _("手上没有事")
        )
        if self.late:
            held += ngettext("，%(n)d 件超时", "，%(n)d 件超时", self.late) % {"n": self.late}
        duty = _("值班") if self.on_duty else _("不在值班时间")
        return f"{held} · {self._away_words() or duty}"

    def _away_words(self) -> str:
        if self.absence is None:
            return ""
        return _("%(who)s不在岗，到 %(day)s，%(other)s代班") % {
            "who": self.absence.person.name, "other": self.absence.stand_in.name,
            "day": f"{timezone.localtime(self.absence.until):%m-%d}",
        }  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """A holder in a list of choices: the name, and below it the load."""

    name: str
    load: str

    def __str__(self) -> str:
        return f"{self.name} · {self.load}" if self.load else self.name


def load_of(codes: Collection[str], area: Area, at: datetime) -> dict[str, Load]:
    """The load of each holder at a place, by their codes (Holder.code): one query, one for who is away, two for the duty hours."""
    on_duty = calendar_for(area).is_open(at)
    away = _absences(codes, at)
    found = {code: Load(on_duty=on_duty, absence=away.get(code)) for code in codes}
    parts = [_counted(part, at) for part in _held(codes)]
    if not parts:
        return found
    for person, body, role, place, held, late in parts[0].union(*parts[1:], all=True):
        code = _code(person, body, role, place)
        if code in found:
            found[code] = Load(held, late, on_duty, away.get(code))
    return found


def holder_choices(
    area: Area, at: datetime, proposal: routing.Proposal | None = None
) -> list[tuple[str, list[tuple[str, Offered]]]]:
    """Whom a form offers for a place, in groups, each with the load; ``proposal`` as of routing.holder_choices."""
    groups = routing.holder_choices(area, proposal)
    loads = load_of([code for _title, choices in groups for code, _words in choices], area, at)
    return [
        (title, [(code, Offered(words, loads[code].words)) for code, words in choices]) for title, choices in groups
    ]


def _absences(codes: Collection[str], at: datetime) -> dict[str, roles.Absence]:
    people = {int(code.split(":")[1]): code for code in codes if code.startswith("person:")}
    posts = {
        (part[1], int(part[2])): ":".join(part) for part in (code.split(":") for code in codes) if part[0] == "role"
    }
    found = roles.absences(list(people), list(posts), at)
    named: dict[Any, str] = {**people, **posts}
    return {named[key]: absence for key, absence in found.items() if key in named}


def _held(codes: Collection[str]) -> list[QuerySet[Case]]:
    """Work in the hands of these holders: one index range for each sort of holder."""
    parts = [code.split(":") for code in codes]
    people = [int(part[1]) for part in parts if part[0] == "person"]
    bodies = [int(part[1]) for part in parts if part[0] == "organisation"]
    places = [int(part[2]) for part in parts if part[0] == "role"]
    named = {part[1] for part in parts if part[0] == "role"}
    work = Case.objects.filter(state__in=WORKING)
    sorts = [
        (people, work.filter(holder_person__in=people)),
        (bodies, work.filter(holder_organisation__in=bodies)),
        (places, work.filter(holder_area__in=places, holder_role__in=named)),
    ]
    return [cases for ids, cases in sorts if ids]


def _counted(
    cases: QuerySet[Case], at: datetime
) -> QuerySet[Case, tuple[int | None, int | None, str, int | None, int, int]]:
    late = Count("pk", filter=Q(due_at__lt=at))
    return cases.order_by().values_list(*KEYS).annotate(held=Count("pk"), over=late)


def _code(person: int | None, body: int | None, role: str, place: int | None) -> str:
    if person is not None:
        return f"person:{person}"
    return f"organisation:{body}" if body is not None else f"role:{role}:{place}"
