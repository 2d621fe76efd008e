"""Cases (诉求), their categories and rules, and what residents answered."""

from accounts.models import Person
from communities.models import Area, Organisation
from grievances.models.cases import (
    STATE_WORDS,
    Case,
    CaseHistory,
    CaseHolder,
    CasePause,
    CasePhoto,
    Kind,
    Source,
    Urgency,
    Visibility,
)
from grievances.models.catalogue import Category, DispatchRule, RoundTheClock, Tier
from grievances.models.desk import DeskClaim, StandardText
from grievances.models.ratings import Rating
from grievances.models.wall import Follow, WallItem

__all__ = [
    "STATE_WORDS",
    "Area",
    "Case",
    "CaseHistory",
    "CaseHolder",
    "CasePause",
    "CasePhoto",
    "Category",
    "DeskClaim",
    "DispatchRule",
    "Follow",
    "Kind",
    "Organisation",
    "Person",
    "Rating",
    "RoundTheClock",
    "Source",
    "StandardText",
    "Tier",
    "Urgency",
    "Visibility",
    "WallItem",
]  # fmt: skip
