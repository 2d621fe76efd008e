"""A subject with a history, for the tests of core alone."""

from django.db import models

from accounts.models import Person
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
