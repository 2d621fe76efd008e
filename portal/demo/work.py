"""Making the demo's cases in pieces: each case in one transaction with the count of what is made.

The plan's numbers are dealt to two lanes, each a job of core/jobs.py; a lane's next number follows from how
many it has made. Work that is killed therefore goes on where it stopped, in whatever process.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.utils import timezone

from communities.queries import area_by_code, calendar_for
from core import doctor, jobs, outbox
from core.media.actions import make_missing_versions, make_versions
from grievances.actions import LABEL
from grievances.queries import for_notice
from notifications.actions import write_as_delivered
from portal.demo import city
from portal.demo.cases import REQUESTS
from portal.demo.people import CITY
from portal.demo.plan import TOTAL, Planned, Planner
from portal.demo.stories import Teller

log = logging.getLogger(__name__)

JOBS = "demo.cases."
LANES = (1, 2)
INBOX_REACHES = timedelta(days=60)
COPIES_AT_ONCE = 25


def progress() -> jobs.Progress | None:
    """How many cases are made of how many; None where the city was not built."""
    return jobs.progress(JOBS)


def stands() -> bool:
    """Whether the city was built."""
    return progress() is not None


def lay(*, started: datetime, total: int = TOTAL) -> None:
    """Build the city and begin the lanes, all or nothing. Raises what the actions raise; nothing where it stands."""
    with transaction.atomic():
        if stands():
            return
        city.build(started)
        for lane in LANES:
            jobs.begin(name=_name(lane), total=len(range(lane - 1, total, len(LANES))), at=started)


def make(
    *, lane: int, until: int | None = None, seconds: float = float("inf"), said: Callable[[int], None] | None = None
) -> int:
    """Make a lane's next cases, until so many numbers of the whole plan are reached or the time is over.

    ``said`` hears after each how many were made. Returns how many: 0 where the lane is finished or another
    process is at it.
    """
    limit = None if until is None else len(range(lane - 1, until, len(LANES)))
    made = 0
    with jobs.hold(_name(lane)) as held:
        if not held:
            return 0
        maker = Maker(_started())
        end = monotonic() + seconds
        while monotonic() < end and maker.make_next(lane, limit):
            made += 1
            if said is not None:
                said(made)
    return made


def go_on(*, seconds: float) -> int:
    """Make cases for so long, in the lane that is behind, then some shown copies of pictures.

    Returns how many cases were made: 0 where all are made, or where each lane has a process at work already.
    """
    now = progress()
    if now is None or now.finished:
        return 0
    made = 0
    for lane in sorted(LANES, key=_share_made):
        made = made or make(lane=lane, seconds=seconds)
    make_missing_versions(limit=COPIES_AT_ONCE)
    return made


def look_over(*, at: datetime) -> bool:
    """Let the doctor look once at a city whose cases are all made; returns whether it did."""
    now = progress()
    if now is None or not now.finished or doctor.was_here():
        return False
    doctor.keep(doctor.examine(doctor.Look(at=at, full=False), slow=True))
    return True


class Maker:
    """Makes planned cases in this process."""

    def __init__(self, started: datetime) -> None:
        self.teller: Teller = city.find(started)
        self.planner = Planner(started, calendar_for(area_by_code(CITY)), self.teller.categories)

    def make_next(self, lane: int, limit: int | None) -> bool:
        """Make the lane's next case and count it, in one transaction; False where there is none left."""
        with transaction.atomic():
            job = jobs.lock(_name(lane))
            if job.done >= (job.total if limit is None else min(limit, job.total)):
                return False
            planned = self.planner.planned(lane - 1 + job.done * len(LANES))
            self.tell(planned)
            jobs.advance(job, at=timezone.now())
        if planned.number < len(REQUESTS):
            for photo_id in self.teller.taken:
                make_versions(photo_id=photo_id)
        return True

    def tell(self, planned: Planned) -> int:
        """Play one case in the running transaction, its notices written as delivered; returns its id."""
        self.teller.taken.clear()
        before = len(connection.run_on_commit)
        with connection.cursor() as cursor:
            # The case with all it refers to is a dozen joins: planning their order costs ten times reading them.
            cursor.execute("SET LOCAL join_collapse_limit = 1")
            # A case and its count are lost together where the power fails: no need to wait for the disk.
            cursor.execute("SET LOCAL synchronous_commit = off")
        case_id = self.teller.tell(planned)
        about = f"{LABEL}:{case_id}"
        outbox.set_aside(about=about, before=self.teller.started - INBOX_REACHES, at=self.teller.started)
        subject = None
        for row in outbox.waiting_rows(about=about):
            subject = subject or for_notice(row)
            write_as_delivered(row=row, at=row.at, subject=subject)
        # Nobody is to be woken: what happened in the past is written as delivered, and the pictures come after.
        del connection.run_on_commit[before:]
        return case_id


def _started() -> datetime:
    now = progress()
    if now is None:
        raise LookupError("the demo city is not built yet")
    return now.started_at


def _share_made(lane: int) -> int:
    found = jobs.progress(_name(lane))
    return found.percent if found is not None else 100


def _name(lane: int) -> str:
    return f"{JOBS}{lane}"
