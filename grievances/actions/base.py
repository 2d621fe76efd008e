"""The bound table of steps, and what several steps do in common."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rules import openings
from communities import roles
from core import outbox, timers
from core.history import History
from core.media import actions as media
from core.workflow import Actor, Workflow
from grievances import figures, routing, rules
from grievances.actions.timing import CLOCK_STEPS as CLOCK_STEPS
from grievances.actions.timing import LABEL
from grievances.actions.timing import set_clocks as set_clocks
from grievances.actions.timing import start_clocks as start_clocks
from grievances.models import Case, CaseHistory, CaseHolder, CasePhoto, Person, Rating, WallItem
from grievances.rules import NothingThere
from grievances.workflow import ANSWER_DAYS, STEPS, Asked, Wall

flow: Workflow[Case] = Workflow(Case, STEPS, history=CaseHistory, relations=rules.relations, facts=figures.facts)

MOST_PHOTOS = 9


def take(step: str, case_id: int, by: Person, at: datetime, **options: Any) -> Case:
    """Take a step as a person on whom it depends alone; ``options`` as of flow.take."""
    return flow.take(step, case_id, actor=Actor.of(by), at=at, **options)


def in_time(at: datetime, due: datetime | None) -> bool:
    """Whether ``at`` lies within the deadline, or there is none."""
    return due is None or at <= due


def count_as_contact(case: Case, at: datetime) -> None:
    """The resident hears from the holder; the first time stops the clock of the first contact."""
    if case.contacted_at is None:
        case.contacted_at, case.contact_in_time = at, in_time(at, case.contact_due)
        timers.withdraw(LABEL, case.pk, "contact_soon", "warn_contact")


def close(case: Case, outcome: str, at: datetime) -> None:
    """Write down how a case ended, and when."""
    case.outcome = outcome
    end(case, at)


def keep_rating(case: Case, row: History, actor: Actor, *, contacted: bool, solved: bool, stars: int | None) -> None:
    """Keep what the resident answered, in the moment of the history row."""
    Rating.objects.create(
        case=case, seq=row.seq, contacted=contacted, solved=solved, stars=stars, at=row.at, by_link=bool(actor.link)
    )


def hand_over(case: Case, holder: routing.Holder) -> None:
    """Make ``holder`` the holder; nobody has accepted yet."""
    case.holder_person, case.holder_organisation = holder.person, holder.organisation
    case.holder_role, case.holder_area = holder.role, holder.area
    case.handler = None
    if holder.person is not None:
        CaseHolder.objects.get_or_create(case=case, person=holder.person)
    if holder.organisation is not None:
        CaseHolder.objects.get_or_create(case=case, organisation=holder.organisation)


def pass_on(case: Case, at: datetime) -> None:
    """What comes back to somebody who left meanwhile goes to the level above, or is everybody's in the role again."""
    gone = roles.people_without([pk for pk in (case.handler_id, case.holder_person_id) if pk is not None], at)
    if case.holder_person_id in gone:
        hand_over(case, routing.level_above(case.area))
    elif case.handler_id in gone:
        case.handler = None


def take_off_wall(case: Case, stands: str) -> None:
    """Take the case off the public wall at once, with its photos; ``stands`` is how it stands to it from now on."""
    if case.wall != Wall.NEVER:
        WallItem.objects.filter(case=case).delete()
        CasePhoto.objects.filter(case=case, on_wall=True).update(on_wall=False)
    case.wall = stands


def told(case: Case, at: datetime) -> None:
    """The resident reads the result now and has seven days to answer it."""
    if case.wall == Wall.SHOWN:
        case.wall = Wall.NEWS
    timers.put(LABEL, case.pk, "close_unrated", at + ANSWER_DAYS)


def keep_ask(case: Case, row: History, what: str, by: Person) -> None:
    """Something waits for a decision: what, who asked, and the history row that says it."""
    case.asked, case.asked_by, case.asked_seq = what, by, row.seq


def clear_ask(case: Case) -> None:
    """Nothing waits for a decision any more."""
    case.asked, case.asked_by, case.asked_seq = Asked.NOTHING, None, 0


def end(case: Case, at: datetime) -> None:
    """The case is over: no clock runs, nothing waits for a decision or an answer."""
    case.closed_at = at
    case.urge_due = None
    clear_ask(case)
    timers.withdraw(LABEL, case.pk)


def attach(case: Case, row: History, photo_ids: Sequence[str], owner: str, slot: str, at: datetime) -> None:
    """Attach draft photos of ``owner`` to the case; raises NothingThere and the refusals of media.attach."""
    if not photo_ids:
        return
    if not owner:
        raise NothingThere
    photos = media.attach(photo_ids=photo_ids, owner=owner, to=f"{LABEL}:{case.pk}", at=at, limit=MOST_PHOTOS)
    CasePhoto.objects.bulk_create(CasePhoto(case=case, photo=photo, slot=slot, seq=row.seq) for photo in photos)


# Several steps may tell of the same thing; the first in the table names it.
for _kind, _label in {kind: step.label for step in reversed(STEPS) for kind in step.puts}.items():
    outbox.kinds.register(_kind, _label)
outbox.kinds.register("grievances.role_empty", _("岗位没有人"))
openings.register(LABEL, rules.may_open_reporter)
