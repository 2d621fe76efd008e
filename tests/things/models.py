"""A subject with a history and a thing in a place, for the tests of the floors below the domain."""

from django.db import models

from accounts.models import Person
from communities.models import Placed
from core.history import HasHistory, History


class Thing(HasHistory):
    name = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)


class ThingHistory(History):
    subject = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="history")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    acted_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="thing_subject_seq")]


class Parcel(Placed):
    """Something that lies in an area, for the tests of moves."""

    name = models.CharField(max_length=40, blank=True)
