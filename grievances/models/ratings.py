"""What residents answered to a result."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from grievances.models.cases import Case


class Rating(models.Model):
    """What the resident answered to a result: contacted, solved, stars from 1 to 5 (words: history)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    seq = models.PositiveIntegerField()
    contacted = models.BooleanField()
    solved = models.BooleanField()
    stars = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    at = models.DateTimeField()
    by_link = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="rating_case_seq"),
            models.CheckConstraint(condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="rating_stars"),
        ]
