"""Somebody closes their account: their offices must be handed over first, their homes and rolls end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from communities.actions.people import end_membership, end_residency
from communities.models import Membership, Person, Residency, RoleGrant
from core import leaving, outbox
from core.outbox import OutboxRow


def _offices(*, person: Any, at: datetime) -> Iterator[str]:
    """A sentence for each role that somebody else has to take over."""
    held = RoleGrant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), person=person)
    for grant in held.select_related("area", "organisation").order_by("pk"):
        facts = {"role": grant.get_role_display(), "place": grant.area or grant.organisation}
        yield _("您还担任%(place)s的%(role)s，请先让管理员交接。") % facts


@outbox.on("accounts.closed", "communities")
def end_belonging(row: OutboxRow) -> None:
    """End the homes and the rolls of somebody who closed their account; doing it again changes nothing."""
    person = Person.objects.get(pk=row.about_id)
    for residency in Residency.objects.filter(person=person).exclude(state=Residency.State.ENDED).order_by("pk"):
        end_residency(residency_id=residency.pk, by=person, at=row.at)
    for member in Membership.objects.filter(person=person, valid_until=None).order_by("pk"):
        end_membership(membership_id=member.pk, by=None, at=row.at)


leaving.hindrances.register("communities", _offices)
