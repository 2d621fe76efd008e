"""A worker's day (工作日志), put together from the steps they took."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities import roles
from communities.roles import Role
from grievances.models import Area, CaseHistory, Person
from grievances.workflow import How, Reached

MOST = 300
OWN_STEPS: dict[str, str | Promise] = {
    "accept": _("签收"), "contact": _("联系居民"), "result": _("办结"), "result_to_check": _("办结，送核查"),
    "return": _("退单"), "report": _("上报"), "report_for": _("代录"), "patrol_done": _("即采即办"),
    "ask_reporter": _("请居民补充"), "dispatch": _("派单"), "answer_directly": _("直接答复"),
    "hand_over": _("移交"), "take_over": _("接班"), "transfer": _("改派"), "answer_urge": _("答复督办"),
}  # fmt: skip
VISIT: str | Promise = _("上门走访")


@dataclass(frozen=True)
class Entry:
    """One line of the log: when, what, which case, where."""

    row: CaseHistory

    @property
    def what(self) -> str:
        """What was done, in plain words."""
        given = self.row.given
        if self.row.step == "contact" and given.get("how") == How.VISIT:
            return str(VISIT)
        words = str(OWN_STEPS[self.row.step])
        missed = given.get("reached", "")
        return f"{words}（{Reached(missed).label}）" if missed in Reached and missed != Reached.YES else words

    @property
    def title(self) -> str:
        """The case's title; of confidential ones nothing is told on paper."""
        return str(_("一件保密诉求")) if self.row.subject.is_confidential else self.row.subject.title

    @property
    def place(self) -> str:
        """Where it was."""
        case = self.row.subject
        return case.area.name if case.is_confidential else case.place_words


def day_span(day: date) -> tuple[datetime, datetime]:
    """The moments between which a day lies."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def day_of(person: Person, day: date, within: Collection[Area] | None = None) -> list[Entry]:
    """What somebody did on a day, in the order of the day, at most 300 steps: one range of an index.

    ``within`` keeps to cases of these communities (for whoever reads another one's day).
    """
    rows = _rows([person.pk], day).select_related("subject__area", "subject__community", "subject__compound")
    if within is not None:
        rows = rows.filter(subject__community__in=within)
    return [Entry(row) for row in rows.order_by("at", "id")[:MOST]]


def totals(entries: Collection[Entry]) -> list[tuple[str, int]]:
    """How often each thing was done, in the order of the first."""
    return list(Counter(entry.what for entry in entries).items())


def crew_of(head: Person, at: datetime | None = None) -> tuple[list[Area], dict[int, Person]]:
    """The communities of which somebody is head, and who works there, by id in the order of names."""
    communities = roles.areas_where(head, [Role.COMMUNITY_HEAD], at)
    grants = [grant for area in communities for grant in roles.staff_inside(area, at)]
    people = sorted({grant.person_id: grant.person for grant in grants}.items(), key=lambda pair: pair[1].name)
    return communities, dict(people)


def day_counts(people: Collection[int], day: date, within: Collection[Area]) -> dict[int, int]:
    """How many steps each of the people took on a day in these communities, by id; one query."""
    rows = _rows(people, day).filter(subject__community__in=within).order_by()
    return dict(rows.values_list("actor").annotate(n=Count("pk")).values_list("actor", "n"))


def _rows(people: Collection[int], day: date) -> QuerySet[CaseHistory]:
    since, until = day_span(day)
    return CaseHistory.objects.filter(actor__in=people, at__gte=since, at__lt=until, step__in=list(OWN_STEPS)).exclude(
        role__in=["reporter", "proxy"]
    )
