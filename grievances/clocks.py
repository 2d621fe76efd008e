"""The two clocks of a case: first contact and completion, in the working time of its place."""

from dataclasses import dataclass
from datetime import datetime

from communities.queries import calendar_for
from grievances.models import Area, Category

CONTACT_HOURS = 4
DONE_HOURS = 40
WARN_AT = 0.75


@dataclass(frozen=True)
class Clocks:
    """When first contact and completion are due, and when the yellow light goes on."""

    contact_due: datetime
    warn_at: datetime
    due_at: datetime


def clocks_for(area: Area, category: Category | None, start: datetime) -> Clocks:
    """The due moments of a case reported at ``start``: working hours of the category at that place."""
    calendar = calendar_for(area)
    contact = category.contact_hours if category is not None else CONTACT_HOURS
    done = category.done_hours if category is not None else DONE_HOURS
    return Clocks(
        contact_due=calendar.add(start, contact * 60),
        warn_at=calendar.add(start, int(done * 60 * WARN_AT)),
        due_at=calendar.add(start, done * 60),
    )
